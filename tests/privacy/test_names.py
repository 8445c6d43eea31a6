"""Retention dates: a reminder, then no name stands beside a code, and no answer is touched."""

from datetime import timedelta
from io import StringIO

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core import mail
from django.core.management import call_command

from readerstudy.accounts.models import Consent, User
from readerstudy.auditing.exports import csv_lines
from readerstudy.auditing.selectors import Wanted, page_of
from readerstudy.core.errors import Conflict, InvalidInput, NotAllowed
from readerstudy.core.models import AuditEvent
from readerstudy.core.verifying import verify_trail
from readerstudy.privacy import names
from readerstudy.privacy.emptying import is_erased
from readerstudy.privacy.exporting import person_document
from readerstudy.privacy.names import erase_due_names, erase_names, remind_coordinators
from readerstudy.privacy.rules import declare_rule, privacy_of, set_retention
from readerstudy.reading.messaging import write_to_coordinators
from readerstudy.reading.models import Reading
from readerstudy.reading.services import commit_readings
from readerstudy.studies.copying import copy_study
from readerstudy.studies.models import Study
from readerstudy.studies.services import close_study
from readerstudy.studies.verifying import faults_of
from tests.privacy.everywhere import tables_with
from tests.reading.factories import begin, ids, item, open_study
from tests.studies.factories import make_study

NAME, MAIL = "Rhea Reader", "reader@example.org"


def link(enrolment):
    return "https://example.org/"


DAY = timedelta(days=1)


@pytest.fixture
def read(admin, coordinator, reader_user, now):
    """A study in reading with answers, kept until a day; two readers."""
    study = open_study(
        admin=admin, coordinator=coordinator, now=now, emails=(MAIL, "second@example.org")
    )
    enrolment = begin(study, reader_user, now=now)
    commit_readings(actor=reader_user, answers=[item(one) for one in ids(enrolment)[:4]], now=now)
    write_to_coordinators(
        actor=reader_user, enrolment=enrolment, text="Rhea here.", link=link, now=now
    )
    day = (now + 40 * DAY).date()
    set_retention(actor=coordinator, study=study, names_until=day, now=now)
    return enrolment


def answers():
    return list(Reading.objects.order_by("pk").values())


def test_names_are_erased_once_the_day_has_passed_and_the_study_is_closed(read, coordinator, now):
    before = answers()
    assert erase_due_names(now=now + 41 * DAY) == []  # still being read
    close_study(actor=coordinator, study=read.study, now=now)
    assert erase_due_names(now=now + 40 * DAY) == []  # the last day
    assert erase_due_names(now=now + 41 * DAY) == [read.study]
    assert tables_with(NAME, MAIL, "rhea", "second@example.org") == set()
    assert answers() == before
    assert read.study.enrolments.get(code=read.code).user_id == read.user_id
    assert verify_trail().faults == ()
    assert erase_due_names(now=now + 42 * DAY) == []
    # Nor by a second machine that has listed the study before the first one was through with it.
    assert erase_names(study=read.study, now=now + 42 * DAY) == 0
    assert AuditEvent.objects.filter(verb="study.names_erased").count() == 1
    with pytest.raises(Conflict, match="erased already"):
        set_retention(actor=coordinator, study=read.study, names_until=None, now=now)


def test_who_is_needed_elsewhere_keeps_the_account_and_loses_the_code(
    read, admin, coordinator, reader_user, now
):
    other = open_study(admin=admin, coordinator=coordinator, now=now, emails=(MAIL,), title="Other")
    begin(other, reader_user, now=now)
    close_study(actor=coordinator, study=read.study, now=now)
    before = answers()
    erase_due_names(now=now + 41 * DAY)
    reader_user.refresh_from_db()
    assert reader_user.name == NAME
    taken = read.study.enrolments.get(code=read.code)
    assert is_erased(taken.user)
    assert taken.user_id != reader_user.pk
    assert other.enrolments.get().user_id == reader_user.pk
    assert answers() == before
    assert Consent.objects.get(scope=read.study.public_id).user_id == taken.user_id
    assert Consent.objects.get(scope=other.public_id).user_id == reader_user.pk
    assert tables_with("Rhea here") == set()
    assert not reader_user.enrolments.filter(study=read.study).exists()
    assert verify_trail().faults == ()
    read.study.refresh_from_db()
    assert faults_of(read.study, with_files=False) == []


def test_the_trail_calls_nobody_by_the_name_that_was_cut_off(
    read, admin, coordinator, reader_user, now
):
    other = open_study(admin=admin, coordinator=coordinator, now=now, emails=(MAIL,), title="Other")
    begin(other, reader_user, now=now)
    close_study(actor=coordinator, study=read.study, now=now)
    erase_due_names(now=now + 41 * DAY)
    lines = list(csv_lines(read.study, Wanted()))
    assert not any(NAME in one for one in lines)
    assert any("A reader whose name is erased" in one and read.code in one for one in lines)
    assert any(coordinator.name in one for one in lines)
    assert page_of(read.study, Wanted(person="Rhea")).events == []
    # On the trail of the site the same person goes by name where that is still kept.
    told = [one for one in csv_lines(None, Wanted()) if NAME in one]
    assert told
    assert not any(read.study.public_id in one for one in told)
    # Nor does a copy of their data put it beside the code.
    copied = person_document(reader_user, now=now)["audit_trail"]
    assert {one["study_id"] for one in copied} == {other.public_id}


def test_coordinators_are_reminded_once_a_month_before(
    read, coordinator, now, django_capture_on_commit_callbacks
):
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert remind_coordinators(now=now) == 0
        assert remind_coordinators(now=now + 10 * DAY) == 1
        assert remind_coordinators(now=now + 11 * DAY) == 0
    assert [one.to for one in mail.outbox] == [[coordinator.email]]
    assert "Feb. 24, 2026" in mail.outbox[0].body
    # A new day, a new reminder.
    day = (now + 60 * DAY).date()
    set_retention(actor=coordinator, study=read.study, names_until=day, now=now)
    assert remind_coordinators(now=now + 31 * DAY) == 1


def test_the_command_does_both(read, coordinator, now):
    close_study(actor=coordinator, study=read.study, now=now)
    privacy = privacy_of(read.study)
    privacy.names_until = (now - DAY).date()
    privacy.save()
    told = StringIO()
    call_command("erase_due_names", stdout=told)
    assert told.getvalue() == f"reminded of 1 studies\nnames erased: {read.study.slug}\n"
    assert not User.objects.filter(email=MAIL).exists()
    assert AuditEvent.objects.filter(verb="study.names_erased").count() == 1


def test_the_rule_is_of_the_draft_and_the_day_in_the_future(read, admin, coordinator, now):
    with pytest.raises(Conflict, match="no longer changes"):
        declare_rule(actor=coordinator, study=read.study, at_withdrawal="remove", now=now)
    with pytest.raises(InvalidInput, match="in the future"):
        set_retention(actor=coordinator, study=read.study, names_until=now.date(), now=now)
    with pytest.raises(NotAllowed):
        set_retention(actor=admin, study=read.study, names_until=None, now=now)
    draft = make_study(admin=admin, coordinator=coordinator, now=now, title="Draft")
    with pytest.raises(InvalidInput):
        declare_rule(actor=coordinator, study=draft, at_withdrawal="burn", now=now)
    declare_rule(actor=coordinator, study=draft, at_withdrawal="remove", now=now)
    copy = copy_study(actor=coordinator, source=draft, title="Copy", now=now)
    assert privacy_of(copy).at_withdrawal == "remove"


def test_a_server_that_stops_on_the_way_goes_on_where_it_stopped(
    read, coordinator, now, monkeypatch
):
    close_study(actor=coordinator, study=read.study, now=now)
    cut, seen = names._cut, []

    def stopping(enrolment, moment):
        seen.append(enrolment.pk)
        if len(seen) == 2:
            raise SoftTimeLimitExceeded
        cut(enrolment, moment)

    monkeypatch.setattr(names, "_cut", stopping)
    with pytest.raises(SoftTimeLimitExceeded):
        erase_due_names(now=now + 41 * DAY)
    first, second = read.study.enrolments.order_by("pk").select_related("user")
    assert (is_erased(first.user), is_erased(second.user)) == (True, False)
    assert privacy_of(read.study).names_erased_at is None
    assert erase_due_names(now=now + 42 * DAY) == [read.study]
    assert seen == [first.pk, second.pk, second.pk]
    assert privacy_of(Study.objects.get(pk=read.study_id)).names_erased_at == now + 42 * DAY
    assert tables_with(NAME, MAIL) == set()
    assert verify_trail().faults == ()
