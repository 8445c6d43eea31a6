"""The washout calendar: which session each reader is in, and from when on the next one is open to them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import pairwise

from django.db.models import Count, Max, Q
from django.db.models.functions import Coalesce

from readerstudy.reading.stages import is_last_answer
from readerstudy.reading.washout import Gate, gates_of
from readerstudy.studies.kept import Counted, Plain, kept_by_reader
from readerstudy.studies.models import Position, SessionOpening, Study
from readerstudy.studies.selectors import taking_part

NAME = "sittings-1"


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
    """Every later session of the readers who take part, or of the one with this code, by reader and session."""
    readers = dict(taking_part(study).values_list("pk", "code"))
    if reader:
        counted = _counted(study, [pk for pk, code in readers.items() if code == reader])
    else:
        counted = kept_by_reader(study, list(readers), partial(_counted, study), name=NAME)
    openings = SessionOpening.objects.filter(enrolment__study=study)
    gates = gates_of(openings, washout_days=study.design.washout_days)
    return [
        later
        for enrolment, code in readers.items()
        for later in _opened(_own(code, counted.get(enrolment, ())), gates[enrolment])
    ]


def _own(code: str, rows: Plain) -> list[Sitting]:
    return [
        Sitting(code, session, done, total, last if done >= total else None)
        for session, done, total, last in rows
    ]


def _counted(study: Study, readers: Sequence[int]) -> Counted:
    """Reader → a row for each session: its number, how many are done, of how many, and when the last one was. One query."""
    read = Q(readings__version=1) & is_last_answer(
        study.protocol, readings="readings__", position=""
    )
    positions = Position.objects.filter(enrolment__in=readers, study_case__withdrawn_at=None)
    rows = (
        positions.order_by("enrolment", "session__number")
        .values_list("enrolment_id", "session__number")
        .annotate(
            done=Coalesce(Count("pk", filter=read, distinct=True), 0),
            total=Count("pk", distinct=True),
            last=Max("readings__received_at", filter=read),
        )
    )
    counted: dict[int, list[Plain]] = defaultdict(list)
    for reader, *of_session in rows:
        counted[reader].append(tuple(of_session))
    return {reader: tuple(own) for reader, own in counted.items()}


def _opened(own: Sequence[Sitting], gate: Gate) -> list[Sitting]:
    return [
        replace(one, opens_at=gate.opens_at(one.session, completed_at=before.completed_at))
        if before.completed_at
        else one
        for before, one in pairwise(own)
    ]
