"""The service that writes the audit trail, and the functions that check it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction

from readerstudy.core.binding import bound_entries
from readerstudy.core.keyed import keyed_hash
from readerstudy.core.models import AppendOnlyModel, AuditEvent, AuditHead
from readerstudy.core.operator import COMMAND, command_in_hand

GENESIS = "0" * 64
_AT_ONCE = 2_000
_waiting: ContextVar[list[AuditEvent] | None] = ContextVar("waiting", default=None)


def record_event(
    *,
    actor: Any,
    verb: str,
    subject: models.Model,
    now: datetime,
    study_id: str = "",
    data: dict[str, Any] | None = None,
    evidence: Iterable[models.Model] = (),
) -> AuditEvent:
    """Appends one event to the chain. Call it inside the transaction of the change it tells of, and as late as can be.

    `evidence` are the stored rows that the event ties to the chain; a subject that is evidence itself is one of them.
    """
    # All that takes time is done before the head is held, for which the whole site takes turns.
    event = AuditEvent(
        at=now,
        actor=actor,
        verb=verb,
        subject_type=subject._meta.label,
        subject_id=str(getattr(subject, "public_id", subject.pk)),
        study_id=study_id,
        data=_data(data or {}),
        evidence=_bound(subject, evidence),
    )
    waiting = _waiting.get()
    if waiting is None:
        _append([event])
    else:
        waiting.append(event)
    return event


@contextmanager
def events_together() -> Iterator[None]:
    """What is recorded inside is appended at the end, in its order: of many events the head is held once, and shortly.

    Call it inside the transaction of the changes. An error has to leave it: nothing inside may catch one of the database
    and go on. Inside another one it changes nothing.
    """
    if _waiting.get() is not None:
        yield
        return
    events: list[AuditEvent] = []
    token = _waiting.set(events)
    try:
        yield
    finally:
        _waiting.reset(token)
    _append(events)


def _append(events: Sequence[AuditEvent]) -> None:
    if not events:
        return
    # Without a savepoint: a change whose event cannot be written must not be kept either.
    with transaction.atomic(savepoint=False):
        head = _held_head()
        for event in events:
            event.sequence, event.previous_hash = head.sequence + 1, head.hash
            event.hash = hash_of(event)
            head.sequence, head.hash = event.sequence, event.hash
        AuditEvent.objects.bulk_create(events, batch_size=_AT_ONCE)
        AuditHead.objects.filter(pk=1).update(sequence=head.sequence, hash=head.hash)


def _held_head() -> AuditHead:
    head = AuditHead.objects.select_for_update().filter(pk=1).first()
    if head is None:
        AuditHead.objects.get_or_create(pk=1)
        head = AuditHead.objects.select_for_update().get(pk=1)
    return head


def _data(data: dict[str, Any]) -> dict[str, Any]:
    command = command_in_hand()
    return {**data, COMMAND: command} if command else data


def _bound(subject: models.Model, evidence: Iterable[models.Model]) -> list[list[Any]]:
    rows = list(evidence)
    if isinstance(subject, AppendOnlyModel) and subject not in rows:
        rows.append(subject)
    return bound_entries(rows)


def hash_of(event: AuditEvent) -> str:
    """HMAC-SHA-256 over the event's content and the hash of the event before it, under a key outside the database."""
    content = {
        "sequence": event.sequence,
        "at": event.at.isoformat(),
        "actor": event.actor_id,
        "verb": event.verb,
        "subject_type": event.subject_type,
        "subject_id": event.subject_id,
        "study_id": event.study_id,
        "data": event.data,
        "previous_hash": event.previous_hash,
    }
    # A part of its own, so that the events of before have the hash that they had.
    return keyed_hash({**content, "evidence": event.evidence} if event.evidence else content)


@dataclass(frozen=True)
class ChainFault:
    """The first event that does not fit, and a sentence that says why."""

    sequence: int
    sentence: str


def first_fault(on_event: Callable[[AuditEvent], None] | None = None) -> ChainFault | None:
    """The first event that does not fit the chain, or None if all do. `on_event` is shown every event that fits.

    The events are read one after the other: a long trail takes time, and no more memory than a short one.
    """
    previous, expected = GENESIS, 1
    while True:
        begin = expected
        for event in _events_from(begin):
            if sentence := next(_faults(event, expected, previous), None):
                return ChainFault(event.sequence, sentence)
            if on_event:
                on_event(event)
            previous, expected = event.hash, expected + 1
        head = AuditHead.objects.filter(pk=1).first()
        if (head.sequence, head.hash) == (expected - 1, previous) if head else expected == 1:
            return None
        # What was appended while the events were read is read as well; where there is nothing, the head is wrong.
        if expected == begin:
            return _fault_of_head(head, expected)


def _events_from(sequence: int) -> Iterator[AuditEvent]:
    """The events from this one on; from the first one on all of them, whatever their numbers say."""
    events = AuditEvent.objects.order_by("sequence")
    chosen = events.filter(sequence__gte=sequence) if sequence > 1 else events
    return chosen.iterator(chunk_size=_AT_ONCE)


def _fault_of_head(head: AuditHead | None, expected: int) -> ChainFault:
    said = head.sequence if head else "no event, which no chain has"
    sentence = f"The chain ends with event {expected - 1}, but its head tells of {said}: events were removed or added."
    return ChainFault(expected, sentence)


def _faults(event: AuditEvent, expected: int, previous: str) -> Iterator[str]:
    what = f"Event {event.sequence} ({event.verb}, {event.at:%Y-%m-%d %H:%M:%S} UTC)"
    if event.sequence != expected:
        yield f"{what} comes where event {expected} should: something between was removed."
    if event.previous_hash != previous:
        yield f"{what} does not follow the event before it."
    if event.hash != hash_of(event):
        yield f"{what} does not fit its hash: it was changed, or written with another key."


def first_broken_event() -> int | None:
    """The sequence number of the first event that does not fit the chain, or None if all do."""
    fault = first_fault()
    return fault.sequence if fault else None
