"""The audit trail of a database that `tools/million.py` fills: an event for every answer, as a commit makes it, and others."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models, transaction
from django.db.models import QuerySet

from readerstudy.core.audit import hash_of
from readerstudy.core.binding import bound_entries
from readerstudy.core.models import AuditEvent, AuditHead
from readerstudy.reading.models import Reading
from readerstudy.studies.models import Enrolment, Study

_AT_ONCE = 5_000


def tell_answers(studies: QuerySet[Study]) -> None:
    """An event for every answer of these studies that the trail does not tell of, oldest first in each study."""
    for study in studies.order_by("pk"):
        told = AuditEvent.objects.filter(study_id=study.public_id, verb="readings.stored")
        known = {entry[1] for evidence in told.values_list("evidence", flat=True) for entry in evidence}  # fmt: skip
        rows = Reading.objects.filter(position__enrolment__study=study).exclude(pk__in=known)
        _append(_answers(study, rows.select_related("position__enrolment").order_by("pk")))


def _answers(study: Study, rows: QuerySet[Reading]) -> Iterator[AuditEvent]:
    for row in rows.iterator(chunk_size=_AT_ONCE):
        position = row.position
        yield AuditEvent(
            at=row.received_at, actor_id=position.enrolment.user_id, verb="readings.stored",
            subject_type=Enrolment._meta.label, subject_id=position.enrolment.public_id, study_id=study.public_id,
            data={"code": position.enrolment.code, "answers": [[position.public_id, row.level, row.version]]},
            evidence=bound_entries([row]),
        )  # fmt: skip


def add_events(count: int, *, study: Study, began: datetime) -> None:
    """So many events at the end of the audit trail that tell of no row."""
    enrolments = list(study.enrolments.order_by("pk").values_list("public_id", "user_id"))
    _append(_others(count, enrolments, study, began))


def _others(count: int, enrolments: list[tuple[str, int]], study: Study, began: datetime) -> Iterator[AuditEvent]:  # fmt: skip
    for number in range(count):
        enrolment, user = enrolments[number % len(enrolments)]
        yield AuditEvent(
            at=began + timedelta(seconds=number), actor_id=user, verb="environment.recorded",
            subject_type="reading.Environment", subject_id=enrolment, study_id=study.public_id,
        )  # fmt: skip


def _append(events: Iterable[AuditEvent]) -> None:
    """Each hashed with the one before it; the rows go to the database by the thousand."""
    with transaction.atomic():
        head, some = AuditHead.objects.select_for_update().get(pk=1), []
        for event in events:
            event.sequence, event.previous_hash = head.sequence + 1, head.hash
            event.hash = hash_of(event)
            head.sequence, head.hash = event.sequence, event.hash
            some.append(event)
            if len(some) >= _AT_ONCE:
                _copy(some)
                some = []
        _copy(some)
        head.save()


def _copy(events: list[AuditEvent]) -> None:
    columns = [field for field in AuditEvent._meta.concrete_fields if not field.primary_key]
    names = ", ".join(f'"{field.column}"' for field in columns)
    statement = f"COPY {AuditEvent._meta.db_table} ({names}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for event in events:
            copy.write_row([_as_stored(event, field) for field in columns])


def _as_stored(event: AuditEvent, field: models.Field) -> Any:
    value = getattr(event, field.attname)
    return json.dumps(value) if isinstance(field, models.JSONField) else value
