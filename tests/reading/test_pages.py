"""The reader's pages and the staff's progress page, as a browser without scripts sees them."""

import re
import uuid
from pathlib import Path

import pytest
from django.conf import settings

from readerstudy.accounts.models import Consent
from readerstudy.core.models import AuditEvent
from readerstudy.reading.models import Reading
from readerstudy.reading.services import commit_readings
from readerstudy.studies.choices import EnrolmentState
from readerstudy.studies.services import close_study, withdraw_reader
from tests.reading.factories import BIOPSY, NONE, ids, item, open_study


def address(enrolment, page="read"):
    return f"/reading/{enrolment.public_id}/{page}/"


def page_of(client, enrolment, page="read", query=""):
    response = client.get(address(enrolment, page) + query)
    assert response.status_code == 200
    return response.content.decode()


def post(client, enrolment, position, *, query="", **fields):
    body = {
        "position": position,
        "attempt": uuid.uuid4(),
        "decision": BIOPSY,
        "confidence": 4,
        **fields,
    }
    return client.post(address(enrolment) + query, body)


@pytest.fixture
def invited(study, reader_user, client):
    client.force_login(reader_user)
    return study.enrolments.get(user=reader_user)


@pytest.fixture
def begun(enrolment, client):
    client.force_login(enrolment.user)
    return enrolment


def test_reading_begins_with_the_consent(client, invited):
    for page in ("read", "instructions"):
        response = client.get(address(invited, page))
        assert response.headers["Location"] == address(invited, "consent")
    response = client.post(address(invited, "consent"), {"agree": "on"})
    assert response.headers["Location"] == address(invited, "instructions")
    invited.refresh_from_db()
    assert invited.state == EnrolmentState.ACTIVE
    assert Consent.objects.get(user=invited.user).scope == invited.study.public_id


def test_without_the_tick_there_is_no_consent(client, invited):
    response = client.post(address(invited, "consent"), {})
    assert "Please tick the box if you agree." in response.content.decode()
    invited.refresh_from_db()
    assert invited.state == EnrolmentState.INVITED
    assert not Consent.objects.exists()


def test_consenting_twice_is_one_consent(client, invited):
    for _ in range(2):
        client.post(address(invited, "consent"), {"agree": "on"})
    assert Consent.objects.count() == 1


def test_a_consent_that_begins_nothing_is_not_kept(client, study, invited, coordinator, now):
    page = address(invited, "consent")
    withdraw_reader(actor=coordinator, enrolment=invited, now=now)
    assert client.post(page, {"agree": "on"}).status_code == 409
    assert not Consent.objects.exists()
    assert not AuditEvent.objects.filter(verb="consent.given").exists()


def test_the_consent_is_given_in_the_readers_language(client, invited):
    client.post(address(invited, "consent"), {"agree": "on"}, headers={"Accept-Language": "de"})
    consent = Consent.objects.get()
    assert (consent.language, consent.text) == ("de", invited.study.protocol.consent_de)


def test_an_answer_without_scripts_is_stored_and_the_next_case_follows(client, begun):
    order = ids(begun)
    assert f'value="{order[0]}"' in page_of(client, begun)
    assert post(client, begun, order[0]).headers["Location"] == address(begun)
    reading = Reading.objects.get()
    assert (reading.decision, reading.confidence) == (BIOPSY, 4)
    assert f'value="{order[1]}"' in page_of(client, begun)


def test_a_form_sent_twice_is_stored_once(client, begun):
    attempt, position = uuid.uuid4(), ids(begun)[0]
    for _ in range(2):
        assert post(client, begun, position, attempt=attempt).status_code == 302
    assert Reading.objects.count() == 1


def test_an_incomplete_form_says_what_is_missing(client, begun):
    response = post(client, begun, ids(begun)[0], decision="", confidence="")
    text = response.content.decode()
    assert "Please choose one of the two decisions." in text
    assert "Please say how sure you are." in text
    assert not Reading.objects.exists()


def test_a_form_out_of_order_is_409_and_shows_the_right_case(client, begun):
    order = ids(begun)
    response = post(client, begun, order[5])
    assert response.status_code == 409
    assert "not the next one" in response.content.decode()
    assert f'value="{order[0]}"' in response.content.decode()
    assert not Reading.objects.exists()


def test_a_form_with_anothers_position_is_404(client, study, begun):
    other = study.enrolments.exclude(pk=begun.pk).get()
    assert post(client, begun, ids(other)[0]).status_code == 404
    assert not Reading.objects.exists()


def test_the_last_answer_can_be_changed_without_scripts(client, begun):
    first = ids(begun)[0]
    post(client, begun, first)
    assert 'name="revise"' in page_of(client, begun, query="?change=last")
    post(client, begun, first, decision=NONE, revise="on", query="?change=last")
    assert list(Reading.objects.values_list("version", "decision")) == [(1, BIOPSY), (2, NONE)]


def test_there_is_nothing_to_change_before_the_first_answer(client, begun):
    page = page_of(client, begun, query="?change=last")
    assert 'name="revise"' not in page
    assert "Case 1 of 12" in page


def test_the_home_page_continues_where_the_reader_stopped(client, begun, now):
    batch = [item(position) for position in ids(begun)[:5]]
    commit_readings(actor=begun.user, answers=batch, now=now)
    home = client.get("/reading/").content.decode()
    assert "Continue with case 6 of 12" in home
    assert "5 / 12" in home


def test_after_the_last_case_there_are_thanks_and_one_way_back(client, begun, now):
    batch = [item(position) for position in ids(begun)]
    commit_readings(actor=begun.user, answers=batch, now=now)
    done = page_of(client, begun)
    assert "You have graded all 12 cases" in done
    assert f'{address(begun)}?change=last"' in done
    assert "You have graded every case" in client.get("/reading/").content.decode()


def test_a_closed_study_says_how_many_answers_are_saved(client, study, begun, coordinator, now):
    commit_readings(actor=begun.user, answers=[item(ids(begun)[0])], now=now)
    close_study(actor=coordinator, study=study, now=now)
    page = page_of(client, begun)
    assert "1 answer is saved" in page
    assert "?change=last" not in page


def test_a_withdrawn_reader_is_told_so(client, begun, coordinator, now):
    withdraw_reader(actor=coordinator, enrolment=begun, now=now)
    assert "You have been withdrawn" in page_of(client, begun)


def test_the_german_page_asks_in_german(client, begun):
    response = client.get(address(begun), headers={"Accept-Language": "de"})
    assert begun.study.protocol.positive_label_de in response.content.decode()


def test_the_reading_page_and_the_home_page_take_few_queries(
    client, begun, django_assert_max_num_queries
):
    for url, most in ((address(begun), 10), ("/reading/", 7)):
        with django_assert_max_num_queries(most):
            assert client.get(url).status_code == 200


def test_the_staff_see_completeness_and_nothing_else(client, study, begun, coordinator, now):
    commit_readings(actor=begun.user, answers=[item(p) for p in ids(begun)[:3]], now=now)
    client.force_login(coordinator)
    page = client.get(f"/reading/progress/{study.slug}/").content.decode()
    assert begun.code in page
    assert "3 / 12" in page
    assert not re.search(r"accura|sensitiv|specific|AUC|malignan|biopsy", page, re.IGNORECASE)


def test_the_progress_page_takes_as_many_queries_for_thirty_readers_as_for_two(
    client, admin, coordinator, now, django_assert_max_num_queries
):
    emails = [f"reader{number}@example.org" for number in range(30)]
    study = open_study(admin=admin, coordinator=coordinator, now=now, cases=3, emails=emails)
    client.force_login(coordinator)
    with django_assert_max_num_queries(13):
        assert client.get(f"/reading/progress/{study.slug}/").status_code == 200


def test_readers_have_no_progress_page(client, study, begun):
    assert client.get(f"/reading/progress/{study.slug}/").status_code == 404


def test_the_help_names_every_command_of_the_keys_and_no_key_has_two_meanings():
    script = Path(settings.BASE_DIR, "static/js/reading/keys.js").read_text(encoding="utf-8")
    table = script[script.index("STANDARD") : script.index("WRITTEN")]
    rows = re.findall(r"^  (\w+): \[(.+)\],$", table, re.MULTILINE)
    help_text = Path(settings.BASE_DIR, "templates/reading/_keys.html").read_text(encoding="utf-8")
    assert {command for command, _ in rows} == set(re.findall(r'data-keys-of="(\w+)"', help_text))
    keys = [key for _, row in rows for key in row.split(", ")]
    assert len(keys) == len(set(keys)) > 12
