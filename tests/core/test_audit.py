import hashlib
from datetime import timedelta
from importlib import import_module

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from readerstudy.core.audit import GENESIS, first_broken_event, first_fault, hash_of, record_event
from readerstudy.core.checkpoints import checkpoint_faults, write_checkpoint
from readerstudy.core.models import AppendOnlyError, AuditEvent, AuditHead
from tests.unguarded import overwrite, unguarded


@pytest.fixture
def chain(coordinator, now):
    """Five events."""
    return [
        record_event(
            actor=coordinator,
            verb=f"thing.{number}",
            subject=coordinator,
            now=now + timedelta(seconds=number, microseconds=number),
            study_id="s",
            data={"number": number, "text": "Läsion"},
        )
        for number in range(1, 6)
    ]


def test_events_are_numbered_and_each_carries_the_hash_of_the_one_before(chain):
    assert [event.sequence for event in chain] == [1, 2, 3, 4, 5]
    assert [event.previous_hash for event in chain] == [GENESIS, *(one.hash for one in chain[:-1])]


def test_an_untouched_chain_is_whole_after_reading_it_back(chain):
    assert [hash_of(event) for event in AuditEvent.objects.all()] == [one.hash for one in chain]
    assert first_broken_event() is None


def test_an_empty_chain_is_whole(db):
    assert first_broken_event() is None


def test_an_event_tells_who_what_and_when_and_no_mail_address(chain, coordinator, now):
    event = AuditEvent.objects.first()
    assert event.actor == coordinator
    assert event.subject_type == "accounts.User"
    assert event.subject_id == coordinator.public_id
    assert event.at == now + timedelta(seconds=1, microseconds=1)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("verb", "x"),
        ("actor_id", None),
        ("at", "2020-01-01 00:00:00"),
        ("subject_id", "x"),
        ("subject_type", "x"),
        ("study_id", "x"),
        ("data", '{"number": 4}'),
        ("evidence", '[["x.Y", 1, "0"]]'),
        ("hash", "0" * 64),
        ("previous_hash", "0" * 64),
    ],
)
def test_an_event_that_was_changed_is_found(chain, column, value):
    overwrite(f"UPDATE core_auditevent SET {column} = %s WHERE sequence = 3", value)  # noqa: S608 (our own)
    assert first_broken_event() == 3


def test_an_event_that_was_removed_is_found_in_the_middle_and_at_the_end(chain):
    overwrite("DELETE FROM core_auditevent WHERE sequence = %s", 5)
    assert first_broken_event() == 5
    overwrite("DELETE FROM core_auditevent WHERE sequence = %s", 2)
    assert first_broken_event() == 3


def test_a_chain_without_its_head_is_broken(chain):
    overwrite("DELETE FROM core_audithead WHERE id = %s", AuditHead.objects.get().pk)
    assert first_broken_event() == 6


def test_events_are_never_changed_or_deleted(chain):
    with pytest.raises(AppendOnlyError):
        chain[0].save()
    with pytest.raises(AppendOnlyError):
        chain[0].delete()
    with pytest.raises(AppendOnlyError):
        AuditEvent.objects.filter(sequence=1).update(verb="x")
    with pytest.raises(AppendOnlyError):
        AuditEvent.objects.all().delete()


def test_an_event_goes_with_a_change_that_is_undone(chain, coordinator, now):
    from django.db import transaction

    def fail():
        with transaction.atomic():
            record_event(actor=coordinator, verb="x", subject=coordinator, now=now)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert AuditEvent.objects.count() == 5
    assert first_broken_event() is None


# --- The key and the checkpoints --------------------------------------------------------------------------


def rewritten(key, settings, changed=3):
    """The whole chain written anew with one event changed, as somebody could who has the database and this key."""
    settings.AUDIT_KEY = key
    previous = GENESIS
    for event in AuditEvent.objects.order_by("sequence"):
        event.verb = "thing.other" if event.sequence == changed else event.verb
        event.previous_hash = previous
        event.hash = previous = hash_of(event)
        overwrite(
            "UPDATE core_auditevent SET verb = %s, previous_hash = %s, hash = %s WHERE id = %s",
            event.verb, event.previous_hash, event.hash, event.pk,
        )  # fmt: skip
    overwrite("UPDATE core_audithead SET hash = %s", previous)


def test_an_event_that_comes_while_the_chain_is_read_is_no_fault(chain, coordinator, now):
    seen = []

    def look(event):
        seen.append(event.sequence)
        if event.sequence == len(chain):
            record_event(actor=coordinator, verb="x", subject=coordinator, now=now)

    assert first_fault(on_event=look) is None
    assert seen == [*range(1, len(chain) + 2)]


def test_a_chain_written_anew_without_the_key_is_found(chain, settings):
    own = settings.AUDIT_KEY
    rewritten("another key", settings)
    settings.AUDIT_KEY = own
    assert first_broken_event() == 1


def test_a_chain_written_anew_with_the_key_does_not_lead_through_the_checkpoints(
    chain, settings, now
):
    assert write_checkpoint(now=now)
    rewritten(settings.AUDIT_KEY, settings)
    assert first_broken_event() is None
    assert list(checkpoint_faults()) == [f"Event 5 is another one than at the checkpoint of {now.isoformat()}."]  # fmt: skip
    with pytest.raises(CommandError, match="Event 5 is another one"):
        call_command("verify_audit")


def test_a_tail_cut_off_together_with_the_head_is_found(chain, now):
    write_checkpoint(now=now)
    overwrite("DELETE FROM core_auditevent WHERE sequence > %s", 3)
    overwrite("UPDATE core_audithead SET sequence = 3, hash = %s", chain[2].hash)
    assert first_broken_event() is None
    assert "Event 5 is gone" in next(checkpoint_faults())


def test_events_put_in_another_order_are_found(chain):
    overwrite("UPDATE core_auditevent SET sequence = 99 WHERE sequence = %s", 2)
    overwrite("UPDATE core_auditevent SET sequence = 2 WHERE sequence = %s", 3)
    overwrite("UPDATE core_auditevent SET sequence = 3 WHERE sequence = %s", 99)
    assert first_broken_event() == 2


def test_an_event_appended_behind_the_applications_back_is_found(chain, coordinator, now):
    last = AuditEvent.objects.last()
    AuditEvent.objects.bulk_create(
        [AuditEvent(sequence=6, at=now, verb="x", previous_hash=last.hash, hash="1" * 64)]
    )
    assert first_broken_event() == 6


@pytest.mark.parametrize(
    ("old", "new"), [('"sequence": 5', '"sequence": 4'), ('"signature"', '"signed"'), ("}\n", "")]
)
def test_a_checkpoint_that_was_changed_is_found(chain, settings, now, old, new):
    write_checkpoint(now=now)
    text = settings.AUDIT_CHECKPOINTS.read_text()
    assert old in text
    settings.AUDIT_CHECKPOINTS.write_text(text.replace(old, new))
    assert list(checkpoint_faults())


def test_a_checkpoint_that_was_taken_out_is_found(chain, coordinator, settings, now):
    write_checkpoint(now=now)
    record_event(actor=coordinator, verb="x", subject=coordinator, now=now)
    write_checkpoint(now=now)
    assert not list(checkpoint_faults())
    second = settings.AUDIT_CHECKPOINTS.read_text().splitlines()[1]
    settings.AUDIT_CHECKPOINTS.write_text(f"{second}\n")
    assert list(checkpoint_faults())


def test_nothing_is_written_where_nothing_happened(chain, settings, now):
    assert [write_checkpoint(now=now), write_checkpoint(now=now)] == [True, False]
    assert len(settings.AUDIT_CHECKPOINTS.read_text().splitlines()) == 1


def test_the_commands_say_what_they_found(chain, capsys):
    with pytest.raises(CommandError, match="There is no checkpoint"):
        call_command("verify_audit", "--need-checkpoints")
    call_command("checkpoint_audit")
    call_command("verify_audit", "--need-checkpoints")
    assert "verified: yes" in capsys.readouterr().out
    overwrite("UPDATE core_auditevent SET verb = %s WHERE sequence = 2", "x")
    with pytest.raises(CommandError, match=r"Event 2 \(x, .* does not fit its hash"):
        call_command("verify_audit")


def test_a_chain_from_before_there_was_a_key_is_given_one(chain):
    migration = import_module("readerstudy.core.migrations.0002_keyed_chain")
    previous = GENESIS
    for event in AuditEvent.objects.order_by("sequence"):
        event.previous_hash = previous
        previous = hashlib.sha256(migration.content(event)).hexdigest()
        overwrite(
            "UPDATE core_auditevent SET previous_hash = %s, hash = %s WHERE id = %s",
            event.previous_hash, previous, event.pk,
        )  # fmt: skip
    overwrite("UPDATE core_audithead SET hash = %s", previous)
    assert first_broken_event() == 1
    state = MigrationExecutor(connection).loader.project_state(("core", "0001_initial"))
    with unguarded():  # as during `migrate`
        migration.give_the_key(state.apps, None)
    assert first_broken_event() is None
    overwrite("UPDATE core_auditevent SET verb = %s WHERE sequence = 2", "x")
    with pytest.raises(RuntimeError, match="broken at event 1"):
        migration.give_the_key(state.apps, None)
