"""What is a reader's own: their data, the way out, the certificate."""

import pytest

from readerstudy.accounts.reauthentication import Confirmation
from readerstudy.core.errors import Conflict, NotFound
from readerstudy.reading.selectors import current_readings
from readerstudy.reading.services import commit_readings
from readerstudy.reading.signing import sign_readings
from readerstudy.studies.choices import EnrolmentState
from readerstudy.studies.leaving import leave_study
from readerstudy.studies.services import close_study
from tests.conftest import PASSWORD
from tests.reading.factories import ids, item
from tests.signed_in import just_signed_in


def page(enrolment, name):
    return f"/reading/{enrolment.public_id}/{name}"


def other_of(enrolment):
    return enrolment.study.enrolments.exclude(pk=enrolment.pk).get()


def read(enrolment, now, stop=None):
    answers = [item(position) for position in ids(enrolment)[:stop]]
    commit_readings(actor=enrolment.user, answers=answers, now=now)


@pytest.fixture
def begun(enrolment, client):
    just_signed_in(client, enrolment.user)
    return enrolment


def test_ones_own_data_holds_every_answer_and_the_consent(client, begun, now):
    read(begun, now)
    arguments = {"given": Confirmation(password=PASSWORD), "language": "en", "now": now}
    sign_readings(actor=begun.user, enrolment=begun, **arguments)
    response = client.get(page(begun, "my-data.json"))
    assert f"{begun.code}.json" in response.headers["Content-Disposition"]
    body = response.json()
    assert body["account"]["email"] == begun.user.email
    assert body["consents"][0]["text"] == begun.study.protocol.consent_en
    assert [one["position"] for one in body["readings"]] == ids(begun)
    assert {one["confidence"] for one in body["readings"]} == {3}
    assert body["attestation"][0]["printed_name"] == "Rhea Reader"


def test_nobody_gets_anothers_data_certificate_or_way_out(client, begun, coordinator, admin):
    for user in (other_of(begun).user, coordinator, admin):
        just_signed_in(client, user)
        for name in ("my-data.json", "certificate/", "leave/"):
            assert client.get(page(begun, name)).status_code == 404


def test_a_reader_leaves_and_is_left_out_of_every_result(client, begun, now):
    read(begun, now, 3)
    assert "left out of every result" in client.get(page(begun, "leave/")).content.decode()
    assert client.post(page(begun, "leave/")).headers["Location"] == "/reading/"
    begun.refresh_from_db()
    assert begun.state == EnrolmentState.WITHDRAWN
    assert not current_readings(begun.study).exists()
    assert "leave/" not in client.get("/reading/").content.decode()
    assert client.get(page(begun, "my-data.json")).json()["readings"]


def test_nobody_leaves_twice_for_another_or_after_the_close(begun, coordinator, now):
    other = other_of(begun)
    with pytest.raises(NotFound):
        leave_study(actor=begun.user, enrolment=other, reason="", now=now)
    leave_study(actor=begun.user, enrolment=begun, reason="", now=now)
    with pytest.raises(Conflict):
        leave_study(actor=begun.user, enrolment=begun, reason="", now=now)
    close_study(actor=coordinator, study=begun.study, now=now)
    with pytest.raises(Conflict) as refused:
        leave_study(actor=other.user, enrolment=other, reason="", now=now)
    assert refused.value.code == "study_closed"


def test_the_certificate_is_there_after_the_close_for_who_has_finished(
    client, begun, coordinator, now
):
    read(begun, now)
    assert client.get(page(begun, "certificate/")).status_code == 404
    close_study(actor=coordinator, study=begun.study, now=now)
    assert page(begun, "certificate/") in client.get("/reading/").content.decode()
    text = client.get(page(begun, "certificate/")).content.decode()
    for part in (
        "Rhea Reader",
        begun.study.title,
        "all 12 cases",
        "Jan. 15, 2026",
        "save it as a PDF",
    ):
        assert part in text
    assert begun.study.versions.get().sha256 in text
    assert "melanoma" not in text.replace(begun.study.title, "").lower()


def test_who_has_not_finished_has_no_certificate(client, begun, coordinator, now):
    read(begun, now, 11)
    close_study(actor=coordinator, study=begun.study, now=now)
    assert client.get(page(begun, "certificate/")).status_code == 404
    assert "certificate/" not in client.get("/reading/").content.decode()
