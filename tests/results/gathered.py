"""A study with every kind of answer, and its reading table by plain loops: what the fast way must equal."""

import itertools
import uuid

import numpy as np
from django.db.models import OuterRef, Subquery

from readerstudy.reading.models import Reading
from readerstudy.reading.rating import rating
from readerstudy.studies.choices import ArmKind, EnrolmentState, Scale
from readerstudy.studies.models import Position, Study
from tests.reading.factories import BIOPSY, NONE, open_study
from tests.unguarded import unguarded

UNAIDED = (ArmKind.UNAIDED, ArmKind.SEQUENTIAL)


def study_with_everything(*, admin, coordinator, now, seed=11):
    """Four readers × 12 cases: versions, second levels, arms, repeats, scales, no grades, a withdrawn reader and case."""
    emails = [f"reader{number}@example.org" for number in range(4)]
    study = open_study(admin=admin, coordinator=coordinator, now=now, emails=emails)
    rng = np.random.default_rng(seed)
    for enrolment in study.enrolments.all():
        _arms(enrolment, rng)
    study.enrolments.filter(code=study.enrolments.order_by("code")[3].code).update(state=EnrolmentState.WITHDRAWN)  # fmt: skip
    study.study_cases.filter(pk=study.study_cases.order_by("pk")[5].pk).update(withdrawn_at=now)
    positions = Position.objects.filter(enrolment__study=study)
    for number, (position, level) in enumerate(itertools.product(positions, (1, 2))):
        if level == 2 and rng.random() < 0.5:
            continue
        for version in range(1, int(rng.integers(1, 5))):
            Reading.objects.create(**_answer(rng, position, level, version, number, now))
    return Study.objects.get(pk=study.pk)


def _arms(enrolment, rng):
    arms = (ArmKind.UNAIDED, ArmKind.SEQUENTIAL, ArmKind.AIDED)
    order = list(enrolment.positions.order_by("number"))
    for position in order:
        Position.objects.filter(pk=position.pk).update(arm=arms[int(rng.integers(3))])
    first, last = order[0], order[-1]
    with unguarded():
        Position.objects.filter(pk=first.pk).update(arm=ArmKind.UNAIDED)
    Position.objects.create(
        enrolment=enrolment,
        session=last.session,
        study_case=first.study_case,
        number=last.number + 1,
        repeat_of=first,
    )


def _answer(rng, position, level, version, number, now):  # noqa: PLR0917 (of a loop)
    given = [
        {"scale": Scale.TWO_STEP, "confidence": int(rng.integers(1, 6))},
        {"scale": Scale.TWO_STEP},
        {"scale": Scale.PERCENT, "value": int(rng.integers(0, 101))},
    ][int(rng.integers(3))]
    decision = {"decision": str((BIOPSY, NONE)[int(rng.integers(2))])}
    if rng.random() < 0.2:
        given, decision = {"scale": Scale.TWO_STEP}, {"decision": "", "not_assessable_reason": "blurred"}  # fmt: skip
    return {
        **given,
        **decision,
        "position": position,
        "level": level,
        "version": version,
        "attempt": uuid.uuid4(),
        "body_sha256": "0" * 64,
        "milliseconds_to_decision": None if rng.random() < 0.3 else number,
        "timing_quality": "ok" if rng.random() < 0.5 else "hidden",
        "language": "en",
        "received_at": now,
    }


def newest_by_subquery(study, level=1):
    """The keys of the answers that count, asked as a subquery for every row."""
    own = Reading.objects.filter(position=OuterRef("position"), level=level).order_by("-version")
    found = Reading.objects.filter(
        position__enrolment__study=study, position__study_case__withdrawn_at=None
    ).exclude(position__enrolment__state=EnrolmentState.WITHDRAWN)
    return found.filter(pk=Subquery(own.values("pk")[:1]))


def arrays_by_loops(study, chosen):
    """(decision, rating, milliseconds, not assessable) (J, K) of the readings that `chosen` says yes to."""
    cases = list(study.study_cases.filter(withdrawn_at=None).order_by("public_id"))
    column = {case.pk: place for place, case in enumerate(cases)}
    readers = list(study.enrolments.exclude(state=EnrolmentState.WITHDRAWN).order_by("code"))
    row = {one.pk: place for place, one in enumerate(readers)}
    shape = len(readers), len(cases)
    decision, not_assessable = np.full(shape, -1, np.int8), np.zeros(shape, np.bool_)
    ratings, milliseconds = np.full(shape, np.nan), np.full(shape, np.nan)
    newest = {}
    for reading in Reading.objects.select_related("position").order_by("version"):
        newest[reading.position_id, reading.level] = reading
    for reading in newest.values():
        place = reading.position
        if place.enrolment_id not in row or place.study_case_id not in column or not chosen(reading):  # fmt: skip
            continue
        at = row[place.enrolment_id], column[place.study_case_id]
        not_assessable[at] = not reading.decision
        if reading.decision:
            decision[at] = reading.decision == BIOPSY
            ratings[at] = rating(reading.decision, reading.confidence, scale=reading.scale, value=reading.value)  # fmt: skip
        if reading.milliseconds_to_decision is not None:
            milliseconds[at] = reading.milliseconds_to_decision
    return decision, ratings, milliseconds, not_assessable


def places_by_loops(study):
    """The place of each case in each reader's unaided order."""
    cases = list(study.study_cases.filter(withdrawn_at=None).order_by("public_id"))
    column = {case.pk: place for place, case in enumerate(cases)}
    readers = study.enrolments.exclude(state=EnrolmentState.WITHDRAWN).order_by("code")
    found = np.full((readers.count(), len(cases)), np.nan)
    for row, reader in enumerate(readers):
        order = reader.positions.filter(arm__in=UNAIDED, repeat_of=None, study_case__withdrawn_at=None)  # fmt: skip
        for place, position in enumerate(order.order_by("session__number", "number"), start=1):
            found[row, column[position.study_case_id]] = place
    return found


def is_first(reading):
    place = reading.position
    return reading.level == 1 and place.repeat_of_id is None and place.arm in UNAIDED


def is_aided(reading):
    return (reading.position.arm, reading.level) in ((ArmKind.AIDED, 1), (ArmKind.SEQUENTIAL, 2))


def is_repeat(reading):
    place = reading.position
    return reading.level == 1 and place.repeat_of_id is not None and place.arm in UNAIDED
