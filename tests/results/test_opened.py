"""Whoever looks at results is written down, with a page or by a program: results show the truth."""

from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from readerstudy.accounts.api_tokens import make_api_token
from readerstudy.auditing import downloads
from readerstudy.core.clock import now as current_time
from readerstudy.core.models import AuditEvent
from tests.results.factories import fuller_table


def opened():
    return list(AuditEvent.objects.filter(verb="results.opened").order_by("sequence"))


def test_who_opens_a_page_of_results_is_told_once_in_a_while(client, coordinator, analysed):
    study, _analysis = analysed(fuller_table())
    client.force_login(coordinator)
    pages = [reverse(f"results:{name}", args=[study.slug]) for name in ("dashboard", "readers")]
    for address in pages * 2:
        assert client.get(address).status_code == 200
    assert [(one.actor, one.study_id) for one in opened()] == [(coordinator, study.public_id)] * 2
    assert [one.data["path"] for one in opened()] == pages


def test_who_has_a_program_read_them_is_told_as_well(client, coordinator, analysed):
    study, analysis = analysed(fuller_table())
    made = {"actor": coordinator, "name": "x", "days": 1, "now": current_time()}
    _token, secret = make_api_token(scopes=["results:read"], **made)
    headers = {"Authorization": f"Bearer {secret}"}
    address = reverse("api:analysis-detail", args=[analysis.public_id])
    client.get(reverse("api:analysis-list"), headers=headers)
    assert opened() == []
    for _ in range(2):
        assert client.get(address, headers=headers).json()["document"]["readers"]
    [event] = opened()
    assert (event.actor, event.study_id) == (coordinator, study.public_id)
    assert event.data == {"page": "analysis-detail", "path": address}


def test_who_is_refused_has_opened_nothing(client, reader_user, analysed):
    _study, analysis = analysed(fuller_table())
    client.force_login(reader_user)
    refused = client.get(reverse("api:analysis-detail", args=[analysis.public_id]))
    assert (refused.status_code, opened()) == (404, [])


def test_what_could_not_be_written_down_is_written_down_the_next_time(coordinator, analysed, monkeypatch):  # fmt: skip
    study, _analysis = analysed(fuller_table())
    client = Client(raise_request_exception=False)
    client.force_login(coordinator)
    address = reverse("results:dashboard", args=[study.slug])

    def gone(**_event):
        raise OperationalError("the connection is closed")

    with monkeypatch.context() as patch:
        patch.setattr(downloads, "record_event", gone)
        assert client.get(address).status_code == 503
    assert (client.get(address).status_code, len(opened())) == (200, 1)
