from datetime import timedelta

import pytest
from django.db import connection

from readerstudy.core.audit import GENESIS, first_broken_event, hash_of, record_event
from readerstudy.core.models import AppendOnlyError, AuditEvent, AuditHead


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


def overwrite(sql, *values):
    """What somebody with access to the database could do behind the application's back."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


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
