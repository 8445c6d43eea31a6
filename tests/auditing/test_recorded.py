"""What else stands in the trail: sign-ins and sign-outs, downloads, pages of results, and the command line."""

import logging
from datetime import timedelta

from django.core.management import call_command
from django.db.models import F
from django.test import Client
from django.urls import reverse

from readerstudy.accounts import recording
from readerstudy.accounts.limits import begin
from readerstudy.auditing.models import TrailCheck
from readerstudy.auditing.tasks import checkpoint_task, daily_check_task
from readerstudy.core import operator
from readerstudy.core.clock import now as clock_now
from readerstudy.core.models import AuditEvent
from tests.accounts.factors import give_app
from tests.conftest import PASSWORD
from tests.reading.factories import open_study
from tests.unguarded import overwrite


def verbs(prefix=""):
    return list(AuditEvent.objects.filter(verb__startswith=prefix).values_list("verb", flat=True))


def sign_in(client, email, password=PASSWORD):
    return client.post(reverse("accounts:sign-in"), {"username": email, "password": password})


def test_signing_in_and_out_is_recorded_once(client, coordinator):
    sign_in(client, coordinator.email)
    client.post(reverse("accounts:sign-out"))
    assert verbs() == ["account.signed_in", "account.signed_out"]
    assert {event.actor for event in AuditEvent.objects.all()} == {coordinator}


def test_a_failed_sign_in_names_the_account_or_hashes_the_address(client, coordinator):
    sign_in(client, coordinator.email, "wrong")
    sign_in(client, "Nobody@Example.org", "wrong")
    sign_in(client, "nobody@example.org", "wrong")
    known, *unknown = AuditEvent.objects.all()
    assert (known.verb, known.actor) == ("account.sign_in_failed", None)
    assert known.subject_id == coordinator.public_id
    assert known.data == {}
    assert {one.subject_id for one in unknown} == {""}
    [hashed] = {one.data["address_hash"] for one in unknown}
    assert len(hashed) == 16
    assert "wrong" not in str([one.data for one in AuditEvent.objects.all()])


def test_guessing_does_not_fill_the_trail(coordinator, now, monkeypatch):
    monkeypatch.setattr(recording, "MOST_OF_AN_ADDRESS", 3)
    for _ in range(6):
        recording.record_failed_sign_in(credentials={"email": "x@example.org"}, now=now)
    events = list(AuditEvent.objects.all())
    assert [one.data.get("more_are_not_recorded", False) for one in events] == [False, False, True]
    monkeypatch.setattr(recording, "MOST_IN_ALL", 4)
    for number in range(6):
        recording.record_failed_sign_in(credentials={"login": f"{number}@example.org"}, now=now)
    assert AuditEvent.objects.count() == 3


def test_a_session_that_lasted_too_long_is_told(client, coordinator):
    client.force_login(coordinator)
    session = client.session
    begin(session, now=clock_now() - timedelta(hours=5))
    session.save()
    assert client.get(reverse("accounts:settings")).status_code == 302
    assert verbs("account.") == ["account.session_ended"]


def test_a_session_of_the_program_itself_is_no_sign_in(coordinator):
    Client().force_login(coordinator)
    assert verbs() == []


def test_every_download_is_recorded(client, admin, coordinator, now):
    study = open_study(admin=admin, coordinator=coordinator, now=now, cases=2)
    client.force_login(coordinator)
    response = client.get(reverse("studies:manifest", args=[study.slug]))
    assert response.status_code == 200
    events = AuditEvent.objects.filter(verb="file.downloaded")
    assert "attachment" in response.headers["Content-Disposition"]
    assert [(one.actor, one.study_id, one.data["path"]) for one in events] == [(coordinator, study.public_id, response.request["PATH_INFO"])]  # fmt: skip


def test_what_is_done_at_the_command_line_tells_by_whom(db, monkeypatch):
    monkeypatch.setenv("SUDO_USER", "olga")
    monkeypatch.setenv("NEW_ACCOUNT_PASSWORD", "a long sentence to sign in with")
    token = operator._command.set(None)
    try:
        operator.begin_command("create_account")
        call_command("create_account", "ada@example.org", "Ada", "--role", "admin")
        operator.begin_command("serve")
        assert operator.command_in_hand() is None
    finally:
        operator._command.reset(token)
    event = AuditEvent.objects.get(verb="account.created")
    assert event.data["command"] == {"name": "create_account", "operator": "olga"}


def test_every_day_there_is_a_checkpoint_and_a_verification(
    admin, now, caplog, settings, django_capture_on_commit_callbacks
):
    recording.record_failed_sign_in(credentials={"username": admin.email}, now=now)
    checkpoint_task()
    assert len(settings.AUDIT_CHECKPOINTS.read_text().splitlines()) == 1
    with django_capture_on_commit_callbacks(execute=True):
        daily_check_task()
        daily_check_task()
    with django_capture_on_commit_callbacks(execute=True):
        daily_check_task()
    # Of two `beat` processes the second may ask when the first look is over already.
    assert verbs("audit.") == ["audit.verified"]
    TrailCheck.objects.update(requested_at=F("requested_at") - timedelta(hours=2))
    overwrite("UPDATE core_auditevent SET verb = 'x' WHERE sequence = 1")
    with django_capture_on_commit_callbacks(execute=True), caplog.at_level(logging.ERROR):
        daily_check_task()
    assert "Event 1 (x" in caplog.text
    assert verbs("audit.")[-1] == "audit.found_broken"
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {checkpoint_task.name, daily_check_task.name} <= scheduled


def test_wrong_codes_are_told_at_the_door_and_within(client, coordinator):
    give_app(coordinator)
    sign_in(client, coordinator.email)
    client.post("/account/second-factor/code/", {"code": "000000"})
    client.post("/account/session/", {"code": "000000"})
    inside = Client()
    inside.force_login(coordinator)
    inside.post("/account/confirm/code/", {"code": "000000"})
    given = {"name": "x", "scopes": ["studies:read"], "days": 7, "code": "000000"}
    inside.post(reverse("accounts:tokens"), given)
    events = list(AuditEvent.objects.all())
    assert [one.verb for one in events] == ["account.code_refused"] * 4
    assert {(one.actor, one.subject_id) for one in events} == {(None, coordinator.public_id)}
    assert "000000" not in str([one.data for one in events])


def test_wrong_passwords_of_an_open_session_are_told(client, coordinator, now, monkeypatch):
    client.force_login(coordinator)
    given = {"old_password": "wrong", "new_password": "x" * 20, "repeated": "x" * 20}
    client.post(reverse("accounts:password"), given)
    client.post("/account/confirm/", {"password": "wrong"})
    client.post(reverse("accounts:tokens"), {"name": "x", "scopes": ["studies:read"], "days": 7, "password": "wrong"})  # fmt: skip
    assert verbs() == ["account.password_refused"] * 3
    monkeypatch.setattr(recording, "MOST_OF_AN_ADDRESS", 4)
    for _ in range(4):
        recording.record_refusal(user=coordinator, what=recording.PASSWORD, now=now)
    assert [one.data for one in AuditEvent.objects.all()][-1] == {"more_are_not_recorded": True}
    assert len(verbs()) == 4
