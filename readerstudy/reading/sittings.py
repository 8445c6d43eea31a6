"""The washout calendar: which session each reader is in, and from when on the next one is open to them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from django.db.models import Count, Max, Q
from django.db.models.functions import Coalesce

from readerstudy.reading.stages import is_last_answer
from readerstudy.reading.washout import Gate, gates_of
from readerstudy.studies.choices import EnrolmentState
from readerstudy.studies.models import Position, SessionOpening, Study


@dataclass(frozen=True)
class Sitting:
    """One session of one reader: how much of it is done, since when it is complete, and from when on it is open.

    `opens_at` is None for a first session, and while the one before is not complete.
    """

    reader: str
    session: int
    done: int
    total: int
    completed_at: datetime | None
    opens_at: datetime | None = None

    @property
    def is_waited_for(self) -> bool:
        """Whether the session can be begun, now or later, and has not been."""
        return self.opens_at is not None and not self.done


def sittings_of(study: Study, *, reader: str = "") -> list[Sitting]:
    """Every later session of the readers who take part, or of one of them, by reader and session. Two queries."""
    of_reader: dict[int, list[Sitting]] = defaultdict(list)
    for enrolment, code, session, done, total, last in _rows(study, reader):
        complete = last if done >= total else None
        of_reader[enrolment].append(Sitting(code, session, done, total, complete))
    openings = SessionOpening.objects.filter(enrolment__study=study)
    gates = gates_of(openings, washout_days=study.design.washout_days)
    return [
        later for enrolment, own in of_reader.items() for later in _opened(own, gates[enrolment])
    ]


def _rows(study: Study, reader: str) -> Sequence[tuple[int, str, int, int, int, datetime | None]]:
    read = Q(readings__version=1) & is_last_answer(
        study.protocol, readings="readings__", position=""
    )
    positions = Position.objects.filter(enrolment__study=study, study_case__withdrawn_at=None)
    if reader:
        positions = positions.filter(enrolment__code=reader)
    counted = (
        positions.exclude(enrolment__state=EnrolmentState.WITHDRAWN)
        .order_by("enrolment__code", "session__number")
        .values_list("enrolment_id", "enrolment__code", "session__number")
        .annotate(
            done=Coalesce(Count("pk", filter=read, distinct=True), 0),
            total=Count("pk", distinct=True),
            last=Max("readings__received_at", filter=read),
        )
    )
    return list(counted)


def _opened(own: Sequence[Sitting], gate: Gate) -> list[Sitting]:
    return [
        replace(one, opens_at=gate.opens_at(one.session, completed_at=before.completed_at))
        if before.completed_at
        else one
        for before, one in pairwise(own)
    ]
