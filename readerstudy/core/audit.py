"""The service that writes the audit trail, and the functions that check it."""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models, transaction

from readerstudy.core.canonical import canonical_json
from readerstudy.core.models import AuditEvent, AuditHead

GENESIS = "0" * 64


def record_event(
    *,
    actor: Any,
    verb: str,
    subject: models.Model,
    now: datetime,
    study_id: str = "",
    data: dict[str, Any] | None = None,
) -> AuditEvent:
    """Appends one event to the chain. Call it inside the transaction of the change it tells of, at its end.

    From here until that transaction is committed nobody else's event can be written: three statements, no more.
    """
    # Without a savepoint: a change whose event cannot be written must not be kept either.
    with transaction.atomic(savepoint=False):
        head = _locked_head()
        event = AuditEvent(
            sequence=head.sequence + 1,
            at=now,
            actor=actor,
            verb=verb,
            subject_type=subject._meta.label,
            subject_id=str(getattr(subject, "public_id", subject.pk)),
            study_id=study_id,
            data=data or {},
            previous_hash=head.hash,
        )
        event.hash = hash_of(event)
        event.save()
        AuditHead.objects.filter(pk=1).update(sequence=event.sequence, hash=event.hash)
    return event


def _locked_head() -> AuditHead:
    heads = AuditHead.objects.select_for_update()
    if head := heads.filter(pk=1).first():
        return head
    AuditHead.objects.get_or_create(pk=1)
    return heads.get(pk=1)


def hash_of(event: AuditEvent) -> str:
    """HMAC-SHA-256 over the event's content and the hash of the event before it, under a key outside the database."""
    return keyed_hash(
        {
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
    )


def keyed_hash(document: Any) -> str:
    """HMAC-SHA-256 of the canonical JSON under `AUDIT_KEY`, in hexadecimal."""
    return hmac.digest(settings.AUDIT_KEY.encode(), canonical_json(document), "sha256").hex()


@dataclass(frozen=True)
class ChainFault:
    """The first event that does not fit, and a sentence that says why."""

    sequence: int
    sentence: str


def first_fault() -> ChainFault | None:
    """The first event that does not fit the chain, or None if all do."""
    previous, expected = GENESIS, 1
    for event in AuditEvent.objects.order_by("sequence").iterator():
        if sentence := next(_faults(event, expected, previous), None):
            return ChainFault(event.sequence, sentence)
        previous, expected = event.hash, expected + 1
    head = AuditHead.objects.filter(pk=1).first()
    if (head.sequence, head.hash) == (expected - 1, previous) if head else expected == 1:
        return None
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
