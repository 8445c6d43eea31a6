"""The audit trail's pages: who may read what, how it is told, filtered, verified and taken away."""

import csv
import io

import pytest
from django.core import mail
from django.urls import reverse
from django.utils.translation import override

from readerstudy.auditing.exports import document_html
from readerstudy.auditing.models import TrailCheck
from readerstudy.auditing.selectors import PAGE_SIZE, Wanted, page_of
from readerstudy.auditing.sentences import known_verbs, sentence_of
from readerstudy.auditing.services import LOST_AFTER, request_check
from readerstudy.core.audit import record_event
from readerstudy.core.models import AuditEvent
from readerstudy.core.verifying import verify_trail
from readerstudy.reading.services import commit_readings
from readerstudy.studies.choices import StudyRole
from readerstudy.studies.models import StudyMember
from readerstudy.studies.services import close_study, unblind_study
from tests.conftest import make_user
from tests.reading.factories import begin, ids, item, open_study
from tests.signed_in import just_signed_in
from tests.unguarded import overwrite


@pytest.fixture
def study(admin, coordinator, reader_user, now):
    """A study in reading with one answer."""
    study = open_study(admin=admin, coordinator=coordinator, now=now, cases=4)
    enrolment = begin(study, reader_user, now=now)
    commit_readings(actor=reader_user, answers=[item(ids(enrolment)[0])], now=now)
    return study


@pytest.fixture
def auditor(study):
    user = make_user("coordinator", "auditor@example.org", "Otto Auditor")
    StudyMember.objects.create(study=study, user=user, role=StudyRole.AUDITOR)
    return user


def of_study(study, name="study-trail", *more):
    return reverse(f"auditing:{name}", args=[study.slug, *more])


def text_of(client, address, **query):
    response = client.get(address, query)
    assert response.status_code == 200
    return response.content.decode()


def exported(client, address, **query):
    response = client.get(address, query)
    assert response.status_code == 200
    content = b"".join(response) if response.streaming else response.content
    assert "attachment" in response.headers["Content-Disposition"]
    return content


# --- Who ---------------------------------------------------------------------------------------------------


def test_each_page_is_open_to_those_it_is_for(client, study, auditor, admin, coordinator, reader_user):  # fmt: skip # noqa: PLR0917
    stranger = make_user("coordinator", "stranger@example.org", "Stranger")
    keeper = make_user("coordinator", "keeper@example.org", "Keeper")
    StudyMember.objects.create(study=study, user=keeper, role=StudyRole.TRUTH_KEEPER)
    may = {admin: (200, 200), coordinator: (404, 200), auditor: (404, 200)}
    for user in (admin, coordinator, auditor, keeper, stranger, reader_user):
        just_signed_in(client, user)
        for site, own in (("trail", "study-trail"), ("export", "study-export")):
            more = ["csv"] if site == "export" else []
            addresses = (reverse(f"auditing:{site}", args=more), of_study(study, own, *more))
            answers = [client.get(address) for address in addresses]
            for one in answers:
                assert not one.streaming or b"".join(one)
            assert tuple(one.status_code for one in answers) == may.get(user, (404, 404)), user
        asked = client.post(of_study(study, "study-verify")).status_code
        assert asked == (302 if user in may else 404)
    client.logout()
    assert client.get(of_study(study)).status_code == 302
    just_signed_in(client, admin)
    assert client.get(of_study(study, "study-export", "xml")).status_code == 404


def test_readers_go_by_their_codes_in_a_study_and_by_name_on_the_site(client, study, coordinator, admin):  # fmt: skip
    code = study.enrolments.get().code
    just_signed_in(client, coordinator)
    page = text_of(client, of_study(study))
    assert f"The reader {code} answered." in page
    assert "Rhea Reader" not in page
    assert "reader@example.org" not in page
    assert "No event fits" in text_of(client, of_study(study), person="Rhea")
    assert f"The reader {code} answered." in text_of(client, of_study(study), person=code)
    just_signed_in(client, admin)
    assert "Rhea Reader agreed to take part." in text_of(client, reverse("auditing:trail"))


# --- What --------------------------------------------------------------------------------------------------


def test_every_event_is_a_sentence_in_both_languages(study, coordinator):
    event = AuditEvent.objects.get(verb="study.locked")
    [one] = [row for row in page_of(study, Wanted()).events if row.event == event]
    assert one.sentence == f"Cora Coordinator locked the study {study.title}."
    with override("de"):
        [one] = [row for row in page_of(study, Wanted()).events if row.event == event]
    assert one.sentence == f"Cora Coordinator hat die Studie {study.title} festgeschrieben."
    untold = set(AuditEvent.objects.values_list("verb", flat=True)) - known_verbs()
    assert untold == set()


def test_a_verb_of_a_later_room_is_told_all_the_same():
    assert sentence_of("new.thing", actor="Ada", subject="x") == "Ada: new.thing (x)."


def test_before_unblinding_what_is_not_known_to_be_harmless_stays_closed(client, study, coordinator, admin, now):  # fmt: skip
    record_event(actor=admin, verb="truth.kept", subject=study, now=now, study_id=study.public_id, data={"reason": "SECRET-WORD", "recorded": 3, "sensitivity": 0.123456})  # fmt: skip
    just_signed_in(client, coordinator)
    page = text_of(client, of_study(study))
    assert "Closed until unblinding" in page
    assert "reason, sensitivity" in page
    formats = ("csv", "html")
    taken = [exported(client, of_study(study, "study-export", one)).decode() for one in formats]
    for content in (page, *taken):
        assert "SECRET-WORD" not in content
        assert "0.123456" not in content
    # A search must not tell either what is not shown.
    assert "No event fits" in text_of(client, of_study(study), text="SECRET")
    close_study(actor=coordinator, study=study, now=now)
    unblind_study(actor=coordinator, study=study, reason="Done.", now=now)
    assert "0.123456" in text_of(client, of_study(study))


def test_the_filter_finds_by_group_day_thing_and_text(client, study, admin, now):
    just_signed_in(client, admin)
    site = reverse("auditing:trail")
    found = text_of(client, site, group="reading")
    assert " answered." in found
    assert "locked the study" not in found
    assert "No event fits" in text_of(client, site, since="2027-01-01")
    assert " answered." in text_of(client, site, since="2026-01-15", until="2026-01-15")
    enrolment = study.enrolments.get().public_id
    assert "began the study" in text_of(client, site, thing=enrolment)
    assert "made the study" not in text_of(client, site, thing=enrolment)
    assert "locked the study" in text_of(client, site, text="study.locked")
    response = client.get(site, {"since": "2026-02-01", "until": "2026-01-01"})
    assert response.status_code == 400
    assert "The last day lies before the first one." in response.content.decode()


def test_pages_lead_from_the_newest_to_the_oldest_and_back(coordinator, now):
    for number in range(2 * PAGE_SIZE + 5):
        record_event(actor=coordinator, verb=f"x.{number}", subject=coordinator, now=now)
    first = page_of(None, Wanted())
    second = page_of(None, Wanted(), before=first.older)
    third = page_of(None, Wanted(), before=second.older)
    places = [one.event.sequence for page in (first, second, third) for one in page.events]
    assert places == list(range(2 * PAGE_SIZE + 5, 0, -1))
    assert (first.newer, third.older) == (None, None)
    back = page_of(None, Wanted(), after=third.newer)
    assert [one.event.sequence for one in back.events] == [one.event.sequence for one in second.events]  # fmt: skip
    assert page_of(None, Wanted(), after=back.newer).newer is None


def test_a_page_takes_few_queries(client, study, admin, django_assert_max_num_queries):
    just_signed_in(client, admin)
    text_of(client, reverse("auditing:trail"))
    with django_assert_max_num_queries(30):
        text_of(client, reverse("auditing:trail"))


# --- Taken away --------------------------------------------------------------------------------------------


def test_the_csv_file_is_safe_for_spreadsheets_and_has_every_event(client, study, admin, now):
    admin.name = "=HYPERLINK(1)"
    admin.save()
    just_signed_in(client, admin)
    content = exported(client, reverse("auditing:export", args=["csv"])).decode()
    rows = list(csv.DictReader(io.StringIO(content, newline="")))
    assert [int(row["sequence"]) for row in rows] == list(range(1, AuditEvent.objects.count() + 1))
    assert {row["actor"][0] for row in rows if "HYPERLINK" in row["actor"]} == {"'"}
    assert [row["hash"] for row in rows][:3] == [one.hash for one in AuditEvent.objects.all()[:3]]
    own = AuditEvent.objects.get(verb="audit.exported")
    assert own.data == {"format": "csv", "filter": {}}


def test_the_readable_files_hold_the_same_events(client, study, coordinator):
    just_signed_in(client, coordinator)
    html = exported(client, of_study(study, "study-export", "html"), group="studies").decode()
    assert f"Cora Coordinator locked the study {study.title}." in html
    assert "<script" not in html
    assert exported(client, of_study(study, "study-export", "pdf"), group="studies").startswith(b"%PDF")  # fmt: skip


def test_a_document_that_nobody_could_read_is_refused(client, study, coordinator, monkeypatch):
    monkeypatch.setitem(document_html.__kwdefaults__, "most", 3)
    just_signed_in(client, coordinator)
    response = client.get(of_study(study, "study-export", "html"))
    assert response.status_code == 400
    assert "More than 3 events fit" in response.content.decode()
    assert not AuditEvent.objects.filter(verb="audit.exported").exists()


def test_looking_at_the_trail_stands_in_the_trail(client, study, auditor):
    just_signed_in(client, auditor)
    text_of(client, of_study(study), group="reading")
    text_of(client, of_study(study), before=3)
    [event] = AuditEvent.objects.filter(verb="audit.viewed")
    assert (event.actor, event.study_id) == (auditor, study.public_id)
    assert event.data == {"filter": {"group": "reading"}}


# --- Verified ----------------------------------------------------------------------------------------------


def test_verify_now_is_done_by_the_worker_and_told(client, study, auditor, admin, django_capture_on_commit_callbacks):  # fmt: skip
    just_signed_in(client, auditor)
    assert "It was not verified here yet." in text_of(client, of_study(study))
    with django_capture_on_commit_callbacks(execute=True):
        client.post(of_study(study, "study-verify"))
    assert TrailCheck.objects.get().is_whole
    assert "every checkpoint were as they had been written" in text_of(client, of_study(study))
    overwrite(
        "UPDATE core_auditevent SET study_id = 'x' WHERE verb = 'study.closed' OR sequence = 2"
    )
    with django_capture_on_commit_callbacks(execute=True):
        client.post(of_study(study, "study-verify"))
    page = text_of(client, of_study(study))
    # Faults may tell of other studies.
    assert "found 1 fault." in page
    assert "The admins are told which." in page
    assert "does not fit its hash" not in page
    assert [(one.to, "does not fit its hash" in one.body) for one in mail.outbox] == [([admin.email], True)]  # fmt: skip
    just_signed_in(client, admin)
    assert "Event 2 (" in text_of(client, reverse("auditing:trail"))


def test_one_check_is_waited_for_at_a_time(study, admin, now):
    first = request_check(actor=admin, now=now)
    assert request_check(actor=None, now=now) == first
    assert request_check(actor=None, now=now + 2 * LOST_AFTER) != first


def test_a_locked_study_that_was_tampered_with_breaks_the_trail(study):
    assert verify_trail().faults == ()
    overwrite("UPDATE studies_position SET number = 99 WHERE number = 2")
    assert "is not the derived one from place 2 on" in " ".join(verify_trail().faults)
