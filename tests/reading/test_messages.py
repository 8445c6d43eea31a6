"""Messages between readers and coordinators: who may write and see what, and where the text never goes."""

import json
from datetime import timedelta

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.db import IntegrityError, transaction

from readerstudy.accounts.models import User
from readerstudy.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from readerstudy.core.models import AppendOnlyError, AuditEvent
from readerstudy.reading.messaging import (
    MOST_A_DAY,
    mark_seen,
    reply,
    send_to_readers,
    write_to_coordinators,
)
from readerstudy.reading.models import Message, MessageSeen
from readerstudy.reading.own_data import own_data
from readerstudy.reading.threads import (
    reachable_readers,
    thread_of,
    threads_of,
    unread_by_reader,
    unread_in_study,
)
from readerstudy.studies.choices import StudyRole, StudyState
from readerstudy.studies.models import Study, StudyMember
from readerstudy.studies.services import close_study, withdraw_reader
from tests.conftest import PASSWORD, make_user

TEXT = "SECRETWORDS: may I go on tomorrow?"


@pytest.fixture
def second(study):
    """The other reader's enrolment; they have a password."""
    other = study.enrolments.get(user__email="second@example.org")
    other.user.set_password(PASSWORD)
    other.user.save()
    return other


def link(enrolment):
    return f"https://example.org/{enrolment.public_id}"


def write(enrolment, now, text=TEXT, actor=None):
    return write_to_coordinators(
        actor=actor or enrolment.user, enrolment=enrolment, text=text, link=link, now=now
    )


def answer(actor, enrolment, now, text=TEXT):
    return reply(actor=actor, enrolment=enrolment, text=text, link=link, now=now)


def send(actor, study, codes, now, text=TEXT):
    return send_to_readers(actor=actor, study=study, codes=codes, text=text, link=link, now=now)


def archive(study):
    Study.objects.filter(pk=study.pk).update(state=StudyState.ARCHIVED)


def texts(lines):
    return [line.message.text for line in lines]


def test_a_reader_writes_and_a_coordinator_answers_in_one_thread(enrolment, coordinator, now):
    write(enrolment, now, "A question.\r\nOn two lines. ")
    answer(coordinator, enrolment, now + timedelta(minutes=1), "An answer.")
    lines = thread_of(enrolment, user=enrolment.user, is_reader=True)
    assert texts(lines) == ["A question.\nOn two lines.", "An answer."]
    assert [(line.is_own, line.is_new) for line in lines] == [(True, False), (False, True)]
    for_staff = thread_of(enrolment, user=coordinator, is_reader=False)
    assert [(line.is_own, line.is_new) for line in for_staff] == [(False, True), (True, False)]


def test_nobody_writes_for_another_and_admins_and_strangers_do_not_answer(
    enrolment, second, coordinator, admin, now
):
    study = enrolment.study
    for actor in (second.user, coordinator, admin):
        with pytest.raises(NotFound):
            write(enrolment, now, actor=actor)
    for actor in (admin, enrolment.user, make_user("coordinator", "x@example.org", "X")):
        with pytest.raises(NotAllowed):
            answer(actor, enrolment, now)
        with pytest.raises(NotAllowed):
            send(actor, study, [enrolment.code], now)
    assert not Message.objects.exists()
    assert not mail.outbox


@pytest.mark.parametrize("text", ["", " \r\n ", "x" * 4001])
def test_a_message_has_1_to_4000_characters(study, enrolment, coordinator, now, text):
    for call in (
        lambda: write(enrolment, now, text),
        lambda: answer(coordinator, enrolment, now, text),
        lambda: send(coordinator, study, [enrolment.code], now, text),
    ):
        with pytest.raises(InvalidInput, match="1 to 4000 characters") as refused:
            call()
        assert refused.value.field == "text"
    assert write(enrolment, now, "\r\n".join("x" * 2000)).text.count("\n") == 1999


def test_the_database_refuses_empty_and_endless_messages_and_changes(enrolment, now):
    for text in ("", "x" * 4001):
        with pytest.raises(IntegrityError), transaction.atomic():
            Message.objects.create(
                enrolment=enrolment,
                is_from_reader=True,
                sender=enrolment.user,
                text=text,
                sent_at=now,
            )
    message = write(enrolment, now)
    message.text = "Another."
    with pytest.raises(AppendOnlyError):
        message.save()
    with pytest.raises(AppendOnlyError):
        Message.objects.all().delete()


def test_a_reader_writes_at_most_twenty_messages_a_day(enrolment, coordinator, now):
    for _ in range(MOST_A_DAY):
        write(enrolment, now)
        answer(coordinator, enrolment, now)
    late = now.replace(hour=23, minute=59)
    with pytest.raises(Conflict, match="written 20 messages today; the next one") as refused:
        write(enrolment, late)
    assert refused.value.field == "text"
    assert write(enrolment, late + timedelta(minutes=1)).pk
    assert answer(coordinator, enrolment, late).pk


def test_withdrawn_readers_write_too_and_after_the_close_as_well(
    study, enrolment, coordinator, now
):
    withdraw_reader(actor=coordinator, enrolment=enrolment, now=now)
    close_study(actor=coordinator, study=study, now=now)
    enrolment.refresh_from_db()
    write(enrolment, now)
    answer(coordinator, enrolment, now)
    assert Message.objects.count() == 2
    with pytest.raises(Conflict, match=f"{enrolment.code} cannot be written to"):
        send(coordinator, study, [enrolment.code], now)


@pytest.mark.parametrize("state", [StudyState.DRAFT, StudyState.ARCHIVED])
def test_nobody_writes_in_a_draft_or_an_archived_study(study, enrolment, coordinator, now, state):
    Study.objects.filter(pk=study.pk).update(state=state)
    for call in (
        lambda: write(enrolment, now),
        lambda: answer(coordinator, enrolment, now),
        lambda: send(coordinator, study, [enrolment.code], now),
    ):
        with pytest.raises(Conflict, match=f"The study is {state}"):
            call()


def test_several_readers_get_the_same_each_in_their_own_thread(
    study, enrolment, second, coordinator, now
):
    send(coordinator, study, [second.code, enrolment.code, second.code], now)
    for one in (enrolment, second):
        assert texts(thread_of(one, user=one.user, is_reader=True)) == [TEXT]
    with pytest.raises(InvalidInput, match="No reader is chosen"):
        send(coordinator, study, [], now)


def test_nothing_is_sent_where_one_of_them_cannot_be_reached(study, enrolment, coordinator, now):
    other = study.enrolments.exclude(pk=enrolment.pk).get()
    for code in (other.code, "R-NONE"):
        with pytest.raises(Conflict, match="or have not come in yet") as refused:
            send(coordinator, study, [enrolment.code, code], now)
        assert refused.value.field == "codes"
    assert not Message.objects.exists()


@pytest.fixture
def sent(django_capture_on_commit_callbacks):
    """Does it, lets the mails go, and returns them by address."""

    def commit(action):
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            action()
        assert all(len(message.to) == 1 for message in mail.outbox)
        return {message.to[0]: message for message in mail.outbox}

    return commit


def test_whom_the_hospital_signs_in_is_written_to_without_a_password(study, coordinator, now):
    other = study.enrolments.select_related("user").get(user__email="second@example.org")
    assert not other.user.has_usable_password()
    SocialAccount.objects.create(user=other.user, provider="hospital", uid="2")
    assert other in reachable_readers(study)
    send(coordinator, study, [other.code], now)
    assert Message.objects.get().enrolment == other
    User.objects.filter(pk=other.user_id).update(is_active=False)
    assert other not in reachable_readers(study)


def test_every_coordinator_is_told_by_mail_in_their_language_and_never_the_text(
    enrolment, coordinator, admin, now, sent
):
    study = enrolment.study
    german = make_user("coordinator", "de@example.org", "Dora Deutsch")
    gone = make_user("coordinator", "gone@example.org", "Gone")
    german.language, gone.is_active = "de", False
    for user in (german, gone):
        user.save()
        StudyMember.objects.create(study=study, user=user, role=StudyRole.COORDINATOR)
    mails = sent(lambda: write(enrolment, now))
    assert set(mails) == {coordinator.email, german.email}
    assert "There is a new message for you." in mails[coordinator.email].body
    assert mails[german.email].subject == "Eine neue Nachricht in einer Befundungsstudie"
    for one in mails.values():
        assert link(enrolment) in one.body
        told = f"{one.subject} {one.body}"
        for hidden in ("SECRETWORDS", study.title, enrolment.code, enrolment.user.name):
            assert hidden not in told


def test_readers_are_told_by_mail_in_their_language_and_never_the_text(
    enrolment, second, coordinator, now, sent
):
    codes = [enrolment.code, second.code]
    second.user.language = "de"
    second.user.save()
    mails = sent(lambda: send(coordinator, second.study, codes, now))
    assert set(mails) == {enrolment.user.email, second.user.email}
    assert "eine neue Nachricht" in mails[second.user.email].body
    assert link(second) in mails[second.user.email].body
    assert not any("SECRETWORDS" in one.body + one.subject for one in mails.values())
    assert set(sent(lambda: answer(coordinator, enrolment, now))) == {enrolment.user.email}


def test_a_message_that_is_refused_sends_no_mail(enrolment, now, sent):
    def refused():
        with pytest.raises(InvalidInput):
            write(enrolment, now, "")

    assert sent(refused) == {}


def test_the_audit_trail_tells_that_there_was_a_message_and_not_what_it_said(
    study, enrolment, coordinator, now
):
    write(enrolment, now)
    answer(coordinator, enrolment, now)
    send(coordinator, study, [enrolment.code], now)
    events = AuditEvent.objects.filter(verb__startswith="message.").order_by("sequence")
    assert [(one.verb, one.actor) for one in events] == [
        ("message.written", enrolment.user),
        ("message.sent", coordinator),
        ("message.sent", coordinator),
    ]
    assert {one.study_id for one in events} == {study.public_id}
    every = json.dumps(list(AuditEvent.objects.values("verb", "subject_id", "data")))
    assert "SECRETWORDS" not in every


def test_what_is_new_is_counted_for_each_person_until_they_open_the_thread(
    enrolment, second, coordinator, admin, now
):
    study = enrolment.study
    write(enrolment, now)
    write(enrolment, now)
    write(second, now + timedelta(hours=1))
    answer(coordinator, second, now + timedelta(hours=2))
    assert unread_in_study(study, user=coordinator) == 3
    mark_seen(actor=admin, enrolment=enrolment, is_reader=False, now=now)
    assert unread_in_study(study, user=coordinator) == 3
    for _ in range(2):
        mark_seen(actor=coordinator, enrolment=second, is_reader=False, now=now)
    listed = threads_of(study, user=coordinator)
    assert [(one.enrolment, one.count, one.unread, one.is_answered) for one in listed] == [
        (enrolment, 2, 2, False),
        (second, 2, 0, True),
    ]
    assert (unread_by_reader(second), unread_by_reader(enrolment)) == (1, 0)
    mark_seen(actor=second.user, enrolment=second, is_reader=True, now=now)
    assert unread_by_reader(second) == 0
    assert MessageSeen.objects.count() == 4


def test_nobody_sees_for_another(enrolment, second, coordinator, now):
    write(enrolment, now)
    with pytest.raises(NotFound):
        mark_seen(actor=second.user, enrolment=enrolment, is_reader=True, now=now)
    with pytest.raises(NotAllowed):
        mark_seen(actor=second.user, enrolment=enrolment, is_reader=False, now=now)


def test_ones_own_data_has_the_thread_and_when_the_answer_was_seen(
    enrolment, second, coordinator, now
):
    write(enrolment, now, "A question.")
    answer(coordinator, enrolment, now + timedelta(minutes=1), "An answer.")
    write(second, now, "Not yours.")
    mark_seen(actor=coordinator, enrolment=enrolment, is_reader=False, now=now)
    seen_at = now + timedelta(hours=1)
    mark_seen(actor=enrolment.user, enrolment=enrolment, is_reader=True, now=seen_at)
    rows = own_data(enrolment)["messages"]
    assert [(one["text"], one["is_from_reader"], one["seen_at"]) for one in rows] == [
        ("A question.", True, None),
        ("An answer.", False, seen_at),
    ]
