"""The pages of a study's design, and what of them is shown to whom."""

import csv
import io

import pytest

from readerstudy.studies.models import Design, SessionOpening
from readerstudy.studies.services import update_design
from tests.studies.factories import activate, advance, make_person
from tests.studies.pages import page, text

FIELDS = {
    "kind": "unaided",
    "aided_percent": 50,
    "batch_size": 10,
    "blocks": 2,
    "repeat_percent": 0,
    "repeat_when": "later_session",
    "washout_days": 28,
}


def test_a_draft_has_a_form_and_the_picture(signed_in, study_with_readers):
    content = text(signed_in.get(page("design", study_with_readers)))
    assert 'name="kind"' in content
    assert "<svg" in content
    assert "4 cases unaided" in content
    assert "style=" not in content.split("<svg")[1].split("</svg>")[0]


def test_a_saved_design_is_stored_and_drawn(signed_in, study_with_readers):
    given = {**FIELDS, "kind": "crossover", "washout_days": 42}
    response = signed_in.post(page("design", study_with_readers), given, follow=True)
    content = text(response)
    assert "The design is saved." in content
    assert "≥ 42 days" in content
    assert "Nothing is chosen yet; the study cannot be locked before." in content
    assert Design.objects.get(study=study_with_readers).kind == "crossover"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"washout_days": 0}, "The washout is a whole number of days from 1 to 365."),
        ({"repeat_percent": 60, "repeat_when": "same_session"}, "at most 50 percent"),
        ({"kind": "random"}, "random is not one of the available choices"),
        ({"blocks": ""}, "This field is required"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_saved(signed_in, study_with_readers, given, sentence):
    response = signed_in.post(
        page("design", study_with_readers), {**FIELDS, "batch_size": 5, **given}
    )
    assert response.status_code == 400
    assert sentence in text(response)
    assert Design.objects.get(study=study_with_readers).batch_size == 10


def test_after_the_lock_there_is_no_form_and_the_stored_order_can_be_downloaded(
    signed_in, coordinator, study_with_readers, now
):
    assert signed_in.get(page("order", study_with_readers)).status_code == 404
    study = advance(study_with_readers, "locked", coordinator=coordinator, now=now)
    content = text(signed_in.get(page("design", study)))
    assert 'name="kind"' not in content
    assert "stored at the lock" in content
    response = signed_in.get(page("order", study))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    header, *rows = csv.reader(io.StringIO(response.getvalue().decode()))
    assert header[:5] == ["reader", "session", "place", "case", "arm"]
    assert len(rows) == 3 * 4
    assert {row[0] for row in rows} == set(study.enrolments.values_list("code", flat=True))
    assert signed_in.post(page("design", study), FIELDS).status_code == 409


def test_admins_see_the_design_and_change_nothing(client, admin, study_with_readers):
    client.force_login(admin)
    assert 'name="kind"' not in text(client.get(page("design", study_with_readers)))
    given = {**FIELDS, "blocks": 3}
    assert client.post(page("design", study_with_readers), given).status_code == 404
    assert Design.objects.get(study=study_with_readers).blocks == 2


@pytest.fixture
def reading(coordinator, study_with_readers, now):
    """A study in reading with a second session, and one of its readers, active."""
    update_design(actor=coordinator, study=study_with_readers, repeat_percent=50, now=now)
    study = advance(study_with_readers, "reading", coordinator=coordinator, now=now)
    return activate(study.enrolments.first(), now=now)


def test_a_session_is_opened_early_from_the_readers_page(signed_in, reading):
    address = page("open-session", reading.study, reading.public_id)
    assert address in text(signed_in.get(page("readers", reading.study)))
    assert "washout of 28 days" in text(signed_in.get(address))
    refused = signed_in.post(address, {"session": 2, "reason": ""})
    assert refused.status_code == 400
    assert not SessionOpening.objects.exists()
    done = signed_in.post(address, {"session": 2, "reason": "Leave."}, follow=True)
    assert f"Session 2 is open to {reading.code}." in text(done)
    assert SessionOpening.objects.get().enrolment == reading
    again = signed_in.post(address, {"session": 2, "reason": "Leave."})
    assert again.status_code == 409
    assert "open to" in text(again)


def test_where_there_is_one_session_none_can_be_opened(
    signed_in, coordinator, study_with_readers, now
):
    study = advance(study_with_readers, "reading", coordinator=coordinator, now=now)
    reader = activate(study.enrolments.first(), now=now)
    assert "Open a session early" not in text(signed_in.get(page("readers", study)))
    assert signed_in.get(page("open-session", study, reader.public_id)).status_code == 404


def test_the_page_of_a_large_study_takes_as_many_queries_as_that_of_a_small_one(
    signed_in, coordinator, study_with_readers, now, django_assert_max_num_queries
):
    study = advance(study_with_readers, "locked", coordinator=coordinator, now=now)
    with django_assert_max_num_queries(10):
        assert signed_in.get(page("design", study)).status_code == 200


@pytest.mark.parametrize("role", ["admin", "coordinator"])
def test_only_the_studys_coordinators_open_a_session(client, admin, reading, role):
    other = admin if role == "admin" else make_person("stranger@example.org", role)
    for user in (other, reading.user):
        client.force_login(user)
        address = page("open-session", reading.study, reading.public_id)
        assert client.get(address).status_code == 404
        assert client.post(address, {"session": 2, "reason": "Leave."}).status_code == 404
    assert not SessionOpening.objects.exists()
