"""The service that writes the audit trail, and the function that checks it."""

from datetime import datetime
from typing import Any

from django.db import models, transaction

from readerstudy.core.canonical import sha256_of
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
    """Appends one event to the chain. Call it inside the transaction of the change it tells of."""
    with transaction.atomic():
        AuditHead.objects.get_or_create(pk=1)
        head = AuditHead.objects.select_for_update().get(pk=1)
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


def hash_of(event: AuditEvent) -> str:
    """SHA-256 over the event's content and the hash of the event before it."""
    return sha256_of(
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


def first_broken_event() -> int | None:
    """The sequence number of the first event that does not fit the chain, or None if all do."""
    previous, expected = GENESIS, 1
    for event in AuditEvent.objects.order_by("sequence").iterator():
        if (
            event.sequence != expected
            or event.previous_hash != previous
            or event.hash != hash_of(event)
        ):
            return event.sequence
        previous, expected = event.hash, expected + 1
    head = AuditHead.objects.filter(pk=1).first()
    whole = (head.sequence, head.hash) == (expected - 1, previous) if head else expected == 1
    return None if whole else expected
