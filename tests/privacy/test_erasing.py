"""After an erasure nothing in the database tells of the person, and the audit trail still verifies."""

from io import StringIO

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import IntegrityError, OperationalError, ProgrammingError, connection
from django.test import override_settings
from psycopg import errors

from readerstudy.accounts.models import Invitation, User
from readerstudy.accounts.reauthentication import Confirmation
from readerstudy.core.errors import Conflict, InvalidInput, NotAllowed
from readerstudy.core.models import AuditEvent
from readerstudy.core.verifying import verify_trail
from readerstudy.privacy.emptying import is_erased
from readerstudy.privacy.erasing import ask_for_erasure, erase_person, take_back_request
from readerstudy.privacy.models import ErasureRequest
from readerstudy.privacy.rules import declare_rule
from readerstudy.reading.messaging import write_to_coordinators
from readerstudy.reading.models import Attestation, Reading
from readerstudy.reading.services import commit_readings
from readerstudy.reading.signing import sign_readings
from readerstudy.studies.services import close_study, leave_study, withdraw_reader
from tests.conftest import PASSWORD, make_user
from tests.privacy.everywhere import tables_with
from tests.reading.factories import begin, ids, item
from tests.reading.factories import open_study as open_for_reading
from tests.studies.factories import invite, make_study

NAME, MAIL = "Rhea Reader", "reader@example.org"


def link(enrolment):
    return "https://example.org/"


def erase(user, actor, now, **changed):
    given = {"typed": user.name, "reason": "request", **changed}
    return erase_person(actor=actor, user=user, now=now, **given)


def assert_forgotten():
    assert tables_with(NAME, MAIL, "rhea") == set()
    assert verify_trail().faults == ()


@pytest.fixture
def full(admin, coordinator, reader_user, now):
    """A reader who has left traces everywhere: answers, a signature, messages, reminders, a session."""
    emails = (MAIL, "second@example.org")
    study = open_for_reading(admin=admin, coordinator=coordinator, now=now, emails=emails)
    enrolment = begin(study, reader_user, now=now)
    commit_readings(actor=reader_user, answers=[item(one) for one in ids(enrolment)], now=now)
    given = Confirmation(password=PASSWORD)
    sign_readings(actor=reader_user, enrolment=enrolment, given=given, language="en", now=now)
    write_to_coordinators(
        actor=reader_user,
        enrolment=enrolment,
        text="It is Rhea. My number is 0199 88.",
        link=link,
        now=now,
    )
    return enrolment


def test_nothing_in_the_database_tells_of_an_erased_person(full, admin, coordinator, client, now):
    client.force_login(full.user)
    client.get("/reading/")
    close_study(actor=coordinator, study=full.study, now=now)
    before = list(Reading.objects.order_by("pk").values())
    assert tables_with(NAME, MAIL) >= {
        "accounts_user.name",
        "accounts_user.email",
        "reading_attestation.printed_name",
    }
    counts = erase(full.user, admin, now)
    assert_forgotten()
    assert tables_with("0199 88") == set()
    assert counts["reading.Message"] == 1
    assert list(Reading.objects.order_by("pk").values()) == before
    assert Attestation.objects.get().readings_sha256
    assert not Session.objects.exists()
    assert not Invitation.objects.filter(user=full.user).exists()
    user = User.objects.get(pk=full.user_id)
    assert (user.name, user.is_active, user.has_usable_password()) == ("", False, False)
    assert is_erased(user)
    assert client.get("/reading/").status_code == 302
    assert not client.login(username=MAIL, password=PASSWORD)
    full.study.refresh_from_db()
    assert full.study.enrolments.get(code=full.code).state == "active"


def test_an_open_study_is_left_by_its_rule(full, admin, now):
    erase(full.user, admin, now)
    full.refresh_from_db()
    assert full.state == "withdrawn"
    assert Reading.objects.filter(position__enrolment=full).count() == 12
    assert_forgotten()


def removing_study(admin, coordinator, now):
    def declare(study):
        declare_rule(actor=coordinator, study=study, at_withdrawal="remove", now=now)

    emails = (MAIL, "second@example.org")
    return open_for_reading(
        admin=admin, coordinator=coordinator, now=now, emails=emails, before_lock=declare
    )


def test_where_the_protocol_says_so_answers_go_with_the_reader(
    admin, coordinator, reader_user, now
):
    study = removing_study(admin, coordinator, now)
    assert study.versions.get().manifest["sections"]["privacy"] == {"at_withdrawal": "remove"}
    enrolment = begin(study, reader_user, now=now)
    commit_readings(actor=reader_user, answers=[item(one) for one in ids(enrolment)[:4]], now=now)
    withdraw_reader(actor=coordinator, enrolment=enrolment, reason="Dr. Rhea is ill", now=now)
    assert not Reading.objects.exists()
    event = AuditEvent.objects.get(verb="readings.removed")
    assert event.data == {"code": enrolment.code, "readings": 4, "practice": 0}
    assert verify_trail().faults == ()
    assert tables_with("is ill") == {"studies_enrolment.withdrawal_reason"}
    erase(reader_user, admin, now)
    assert tables_with("is ill") == set()
    assert_forgotten()


def test_who_leaves_is_told_where_this_web_server_may_not_delete(
    admin, coordinator, reader_user, now
):
    enrolment = begin(removing_study(admin, coordinator, now), reader_user, now=now)

    def refusing(execute, sql, params, many, context):
        if sql.startswith('INSERT INTO "core_erasuregate"'):
            raise ProgrammingError from errors.InsufficientPrivilege()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refusing), pytest.raises(Conflict, match="on the server"):
        leave_study(actor=reader_user, enrolment=enrolment, reason="", now=now)
    enrolment.refresh_from_db()
    assert enrolment.state == "active"


def test_a_draft_forgets_the_reader_as_a_whole(admin, coordinator, reader_user, now):
    study = make_study(admin=admin, coordinator=coordinator, now=now)
    invite(study, coordinator=coordinator, now=now, email=MAIL)
    erase(reader_user, admin, now)
    assert not study.enrolments.exists()
    assert_forgotten()


def test_only_admins_erase_with_the_right_name_and_a_reason(full, admin, coordinator, now):
    with pytest.raises(NotAllowed):
        erase(full.user, coordinator, now)
    with pytest.raises(NotAllowed):
        erase(full.user, full.user, now)
    with pytest.raises(InvalidInput, match="not the name"):
        erase(full.user, admin, now, typed="Rhea")
    with pytest.raises(InvalidInput, match="reason"):
        erase(full.user, admin, now, reason="because")
    erase(full.user, admin, now, typed=" rhea  READER ")
    full.user.refresh_from_db()
    with pytest.raises(Conflict, match="erased already"):
        erase_person(actor=admin, user=full.user, typed=full.user.email, reason="law", now=now)


def test_the_last_admin_and_the_only_coordinator_stay(full, admin, coordinator, now):
    with pytest.raises(Conflict, match="last admin"):
        erase(admin, None, now)
    with pytest.raises(Conflict, match="only coordinator of Melanoma or nevus"):
        erase(coordinator, admin, now)
    make_user("admin", "second@admins.example", "Second")
    erase(admin, None, now)
    assert is_erased(User.objects.get(pk=admin.pk))


def test_the_trail_holds_no_name_no_mail_address_and_no_password(full, admin, now):
    assert tables_with(NAME, MAIL, "second@example.org") & {"core_auditevent.data"} == set()


def test_a_request_waits_until_it_is_done_and_the_person_is_told(
    full, admin, now, django_capture_on_commit_callbacks
):
    ask_for_erasure(actor=full.user, now=now)
    ask_for_erasure(actor=full.user, now=now)
    take_back_request(actor=full.user, now=now)
    with pytest.raises(Conflict):
        take_back_request(actor=full.user, now=now)
    ask_for_erasure(actor=full.user, now=now)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        erase(full.user, admin, now)
    assert ErasureRequest.objects.get().done_at == now
    assert [one.to for one in mail.outbox] == [[MAIL]]
    assert "erased" in mail.outbox[0].subject


def test_the_operator_erases_at_the_command_line(full, now):
    told = StringIO()
    arguments = ["erase_person", MAIL, "--reason", "law"]
    with pytest.raises(CommandError, match="not the name"):
        call_command(*arguments, "--name", "Nobody")
    call_command(*arguments, "--name", NAME, stdout=told)
    assert f"erased: account {full.user.public_id}" in told.getvalue()
    assert_forgotten()
    with pytest.raises(CommandError, match="no account with this mail address"):
        call_command(*arguments, "--name", NAME)


def test_a_mail_server_that_fails_puts_no_address_into_the_log(
    full, admin, now, caplog, django_capture_on_commit_callbacks
):
    with (
        override_settings(EMAIL_BACKEND="tests.privacy.refusing.EmailBackend"),
        django_capture_on_commit_callbacks(execute=True),
    ):
        erase(full.user, admin, now)
    assert "A mail was not sent: SMTPRecipientsRefused" in caplog.text
    assert MAIL not in caplog.text
    assert "Traceback" not in caplog.text


# --- What the database says -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "cause", "told"),
    [
        (ProgrammingError, errors.InsufficientPrivilege, Conflict),
        (IntegrityError, errors.RestrictViolation, Conflict),
        (OperationalError, errors.DeadlockDetected, OperationalError),
        (OperationalError, errors.LockNotAvailable, OperationalError),
        (OperationalError, errors.SerializationFailure, OperationalError),
        (IntegrityError, errors.UniqueViolation, IntegrityError),
        (IntegrityError, errors.ForeignKeyViolation, IntegrityError),
    ],
)
def test_what_may_pass_is_not_told_as_a_missing_right(full, admin, now, kind, cause, told):  # noqa: PLR0917 (fixtures)
    """As Django tells what PostgreSQL refuses at the gate of evidence."""

    def refusing(execute, sql, params, many, context):
        if sql.startswith('INSERT INTO "core_erasuregate"'):
            raise kind from cause()
        return execute(sql, params, many, context)

    events = AuditEvent.objects.count()
    with connection.execute_wrapper(refusing), pytest.raises(told) as refused:
        erase(full.user, admin, now)
    assert getattr(refused.value, "code", "") == ("operator_only" if told is Conflict else "")
    full.user.refresh_from_db()
    assert (full.user.name, AuditEvent.objects.count()) == (NAME, events)


def test_what_a_trigger_refuses_is_told_as_such(full, admin, now):
    """As the web server meets it whose gate stays shut, whatever it has written there."""

    def shutting(execute, sql, params, many, context):
        connection.connection.execute("DELETE FROM core_erasuregate")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(shutting), pytest.raises(Conflict, match="on the server"):
        erase(full.user, admin, now)
    full.user.refresh_from_db()
    assert full.user.name == NAME
