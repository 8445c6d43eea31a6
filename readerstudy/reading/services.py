"""Answers are committed, one or several at a time, in the reader's own order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet

from readerstudy.accounts.models import User
from readerstudy.accounts.services import check_language
from readerstudy.core.audit import record_event
from readerstudy.core.bounds import within_bounds
from readerstudy.core.errors import (
    Conflict,
    DomainError,
    IdempotencyMismatch,
    InvalidInput,
    NotFound,
)
from readerstudy.reading.answers import Answer
from readerstudy.reading.checks import checked_answer
from readerstudy.reading.choices import InputDevice, TimingQuality
from readerstudy.reading.gates import check_may_answer
from readerstudy.reading.models import Reading
from readerstudy.reading.order import OrderState, order_state
from readerstudy.studies.choices import EnrolmentState, Revision, StudyState
from readerstudy.studies.models import Enrolment, Position, Question

Item = tuple[str, Answer, UUID]
_USED = "This attempt has been stored with another answer."
_LONGEST = 2**31 - 1
_MOST_ZOOMS = 2**15 - 1
_DURATIONS = (
    "milliseconds_to_decision",
    "milliseconds_to_commit",
    "milliseconds_hidden",
    "milliseconds_aid_shown",
)


@dataclass(frozen=True)
class Commit:
    """A stored reading; `created` is False when the same attempt had been stored before.

    `order` is how far the reader is once everything that was sent together is stored.
    """

    reading: Reading
    created: bool
    enrolment: Enrolment
    order: OrderState


def commit_reading(
    *,
    actor: User,
    position_id: str,
    answer: Answer,
    attempt: UUID,
    revise: bool = False,
    now: datetime,
) -> Commit:
    """Stores one answer. See `commit_readings`."""
    items = [(position_id, answer, attempt)]
    return commit_readings(actor=actor, answers=items, revise=revise, now=now)[0]


def commit_readings(
    *, actor: User, answers: Sequence[Item], revise: bool = False, now: datetime
) -> list[Commit]:
    """Stores answers of one reader in the order in which they were given: all of them or none.

    With `revise` an answer to the last read case becomes its next version, where the protocol allows it; without, it
    is out of order, so that a stale second window changes nothing. An attempt that is stored already gives back what
    was stored. Raises NotFound for a position that is not the actor's, Conflict out of order or when the study is not
    open, IdempotencyMismatch when an attempt comes again with another answer, InvalidInput for a value off its scale.
    """
    if not answers:
        return []
    try:
        return _committed(actor, answers, revise=revise, now=now)
    except (DomainError, IntegrityError):
        # Nearly every answer comes once: whether it was stored before is asked where it cannot be stored.
        if not _repeated(answers).exists():
            raise
    try:
        return _committed(actor, answers, revise=revise, now=now, may_be_repeats=True)
    except IntegrityError as error:
        # Only an attempt that another reader used gets past the lock on the reader's row.
        raise IdempotencyMismatch(_USED, field="attempt") from error


@transaction.atomic
def _committed(
    actor: User,
    answers: Sequence[Item],
    *,
    revise: bool,
    now: datetime,
    may_be_repeats: bool = False,
) -> list[Commit]:
    places = _locked_positions(actor, [position_id for position_id, _, _ in answers])
    known = places[answers[0][0]]
    enrolment = known.enrolment
    stored = {row.attempt: row for row in _repeated(answers)} if may_be_repeats else {}
    fresh = _without_repeats(answers, stored)
    order = order_state(enrolment, now=now)
    if fresh:
        _check_open(enrolment)
        questions = list(enrolment.study.questions.all()) if known.asks_further else []
        rows = _placed(enrolment, questions, fresh, places, order, revise=revise, now=now)
        stored |= {row.attempt: row for row in Reading.objects.bulk_create(rows)}
        order = order.after(rows)
        _record(actor, enrolment, rows, now)
    created = {attempt for _, _, attempt in fresh}
    return [Commit(stored[one], one in created, enrolment, order) for _, _, one in answers]


def _record(actor: User, enrolment: Enrolment, rows: Sequence[Reading], now: datetime) -> None:
    """That answers were stored, which version of each, and nothing of what they say: the trail is read before the close."""
    answers = [[row.position.public_id, row.level, row.version] for row in rows]
    record_event(
        actor=actor,
        verb="readings.stored",
        subject=enrolment,
        now=now,
        study_id=enrolment.study.public_id,
        data={"code": enrolment.code, "answers": answers},
        evidence=rows,
    )


def _locked_positions(actor: User, public_ids: Sequence[str]) -> dict[str, Any]:
    """The positions with their enrolment, study, protocol and conduct, and whether there are questions, in one query.

    The reader's row is the lock: two tabs, or a repeat that overtakes its first try, come one after the other. What
    may have changed while it was waited for is asked afterwards: the query sees what was there when it began.
    """
    own = Position.objects.filter(enrolment__user=actor, public_id__in=public_ids)
    found = (
        within_bounds(actor, own, "enrolment__study__public_id")
        .select_related("enrolment__study__protocol", "enrolment__study__conduct")
        .annotate(asks_further=Exists(Question.objects.filter(study=OuterRef("enrolment__study"))))
        # Rows that refer to the reader's (a message's) may come meanwhile.
        .select_for_update(of=("enrolment",), no_key=True)
        .order_by()
    )
    positions = {position.public_id: position for position in found}
    if set(public_ids) - set(positions):
        raise NotFound("There is no such position.")
    if len({position.enrolment_id for position in positions.values()}) != 1:
        raise InvalidInput("Answers of several studies cannot be sent together.", field="position")
    return positions


def _repeated(answers: Sequence[Item]) -> QuerySet[Reading]:
    """What is stored of these attempts."""
    return Reading.objects.filter(attempt__in=[attempt for _, _, attempt in answers]).order_by()


def _without_repeats(answers: Sequence[Item], stored: Mapping[UUID, Reading]) -> list[Item]:
    bodies = {attempt: reading.body_sha256 for attempt, reading in stored.items()}
    fresh = []
    for position_id, answer, attempt in answers:
        body = answer.body_sha256(position_id)
        if attempt not in bodies:
            fresh.append((position_id, answer, attempt))
        elif bodies[attempt] != body:
            raise IdempotencyMismatch(_USED, field="attempt")
        bodies[attempt] = body
    return fresh


def _check_open(enrolment: Enrolment) -> None:
    if enrolment.study.state != StudyState.READING:
        raise Conflict("The study is not open for reading.", code="study_not_open")
    if enrolment.state != EnrolmentState.ACTIVE:
        raise Conflict(
            "You have to begin the study first, or have been withdrawn from it.", code="not_active"
        )
    check_may_answer(enrolment)


def _placed(
    enrolment: Enrolment,
    questions: Sequence[Question],
    items: Sequence[Item],
    positions: Mapping[str, Position],
    order: OrderState,
    *,
    revise: bool,
    now: datetime,
) -> list[Reading]:
    """The rows to be stored: each answer to the next unread position, or a new version of the last read one."""
    may_revise = revise and enrolment.study.protocol.revision == Revision.LAST
    rows: list[Reading] = []
    for position_id, answer, attempt in items:
        _check_circumstances(answer)
        checked = checked_answer(enrolment.study.protocol, questions, answer)
        position = positions[position_id]
        _check_level(position, order, answer)
        version = _version_of(position, order, revise=revise, may_revise=may_revise)
        fields = {**checked.as_fields(), "body_sha256": answer.body_sha256(position_id)}
        rows.append(_row(position, version, fields, attempt, now))
        order = order.after(rows[-1:])
    return rows


def _version_of(position: Position, order: OrderState, *, revise: bool, may_revise: bool) -> int:
    """1 for the next case; the following version of the last read one, where that may be changed."""
    following, last = order.next_unread, order.last_read
    if order.opens_at and not revise:
        raise Conflict(
            f"The next session opens on {order.opens_at:%Y-%m-%d %H:%M} UTC.",
            code="session_not_open",
        )
    if following and following.pk == position.pk:
        return 1
    if not revise:
        raise Conflict("This case is not the next one in your order.", code="out_of_order")
    if last is None or last.pk != position.pk or not may_revise:
        raise Conflict("This answer can no longer be changed.", code="not_revisable")
    return last.version + 1


def _check_level(position: Position, order: OrderState, answer: Answer) -> None:
    """The first answer comes before the second one and is not changed by it."""
    if answer.level not in range(1, order.levels_at(position.pk) + 1):
        raise InvalidInput("This case is answered once.", field="level")
    following = order.next_unread
    if not following or following.pk != position.pk or following.level == answer.level:
        return
    if answer.level > following.level:
        message = "The case has to be answered from the photograph alone first."
        raise Conflict(message, code="out_of_order")
    raise Conflict("The first answer can no longer be changed.", code="out_of_order")


def _check_circumstances(answer: Answer) -> None:
    check_language(answer.language)
    if answer.input_device not in InputDevice.values:
        raise InvalidInput("The input device is not one of the known ones.", field="input_device")
    if answer.timing_quality not in TimingQuality.values:
        raise InvalidInput(
            "The quality of the timing is not one of the known ones.", field="timing_quality"
        )
    for name in _DURATIONS:
        value = getattr(answer, name)
        if value is not None and not 0 <= value <= _LONGEST:
            raise InvalidInput("A duration is a number of milliseconds, 0 or more.", field=name)
    if not 0 <= answer.zooms <= _MOST_ZOOMS:
        raise InvalidInput("The number of zooms is 0 or more.", field="zooms")


def _row(
    position: Position, version: int, fields: Mapping[str, Any], attempt: UUID, now: datetime
) -> Reading:
    return Reading(
        position=position,
        version=version,
        attempt=attempt,
        scale=position.enrolment.study.protocol.scale,
        received_at=now,
        **fields,
    )
