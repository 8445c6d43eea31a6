"""What every reader's answers amount to. No truth, no score, no accuracy."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from datetime import UTC, datetime

import numpy as np
from django.db.models import Count

from readerstudy.reading.quality import Habits, Numbers, habits_of
from readerstudy.reading.seen import NOTHING_SEEN, ReadersAnswers, answers_of
from readerstudy.studies.kept import Counted, Plain, kept_by_reader
from readerstudy.studies.models import Position, Study

NAME = "tallies-1"
_NO_ANSWER = ReadersAnswers(0, 0, NOTHING_SEEN)


@dataclass(frozen=True, eq=False)
class Tally:
    """One reader: positions asked, answered to the end, not assessable, when last answered, and what signs follow from.

    `times` are those of the answers that count, in seconds since 1970.
    """

    total: int
    done: int
    not_assessable: int
    last_at: datetime | None
    habits: Habits
    times: Numbers


def tallies_of(study: Study, readers: Sequence[int], *, fast_seconds: float) -> dict[int, Tally]:
    """The tally of each of these enrolments, which are all of the study's; fast is what took less than so many seconds."""

    def count(some: Sequence[int]) -> Counted:
        return dict(_counted(study, some, fast_seconds))

    kept = kept_by_reader(study, readers, count, name=NAME, marks=(fast_seconds,))
    return {reader: _tally(kept[reader]) for reader in readers}


def _counted(
    study: Study, readers: Sequence[int], fast_seconds: float
) -> Iterator[tuple[int, Plain]]:
    totals, answers = _totals(readers), dict(answers_of(study, readers))
    for one in readers:
        done, last_at, seen = answers.get(one, _NO_ANSWER)
        not_assessable = int((seen.decision < 0).sum())
        habits = astuple(habits_of(seen, fast_seconds=fast_seconds))
        times = seen.at.astype(np.uint32).tobytes()
        yield one, (totals[one], done, not_assessable, last_at, habits, times)


def _totals(readers: Sequence[int]) -> Counter[int]:
    asked = Position.objects.filter(enrolment__in=readers, study_case__withdrawn_at=None)
    return Counter(dict(asked.order_by().values_list("enrolment").annotate(Count("pk"))))


def _tally(counted: Plain) -> Tally:
    total, done, not_assessable, last_at, habits, times = counted
    moment = datetime.fromtimestamp(last_at, UTC) if last_at else None
    at = np.frombuffer(times, np.uint32).astype(np.int64)
    return Tally(total, done, not_assessable, moment, Habits(*habits), at)
