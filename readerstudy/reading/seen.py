"""A study's answers as arrays, for what the cockpit tells of readers and cases. No truth, no score, no accuracy."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from django.db.models import BigIntegerField, Case, Q, Value, When
from django.db.models.functions import Coalesce

from readerstudy.core.fetching import NOTHING, Seconds, whole_numbers
from readerstudy.reading.choices import ManagementDecision
from readerstudy.reading.models import Reading
from readerstudy.reading.quality import Numbers, Seen
from readerstudy.reading.stages import is_last_answer
from readerstudy.studies.models import Position, Study

_NONE = np.empty(0, np.int64)
NOTHING_SEEN = Seen(_NONE, _NONE, _NONE, _NONE)
_DECISIONS = (ManagementDecision.NONE, ManagementDecision.BIOPSY)
_ASKED = Q(position__study_case__withdrawn_at=None)


class ReadersAnswers(NamedTuple):
    """All that one reader has answered: how many cases to the end, when last (seconds since 1970), and what counts.

    `last_at` is that of any answer, of one to a withdrawn case too, which is left out of the others.
    """

    done: int
    last_at: int
    seen: Seen


def _number(field: str, numbers: dict[str, int]) -> Case:
    """What stands for each of these texts, -1 for any other."""
    whens = [When(**{field: text}, then=Value(number)) for text, number in numbers.items()]
    return Case(*whens, default=Value(NOTHING), output_field=BigIntegerField())


def _flag(condition: Q) -> Case:
    """1 where it holds, 0 elsewhere."""
    return Case(When(condition, then=Value(1)), default=Value(0), output_field=BigIntegerField())


_OF_READINGS = {
    "enrolment": "position__enrolment",
    "session": "position__session__number",
    "number": "position__number",
    "version": "version",
    "decision": _number("decision", {str(one): place for place, one in enumerate(_DECISIONS)}),
    # The number on the scale is as much of an answer as the confidence.
    "grade": Coalesce("value", "confidence"),
    "milliseconds": "milliseconds_to_commit",
    "at": Seconds("received_at"),
    "counts": _flag(_ASKED & Q(level=1)),
}
_AT, _COUNTS, _ENDS = 7, 8, 9


def answers_of(study: Study, readers: Sequence[int]) -> Iterator[tuple[int, ReadersAnswers]]:
    """Enrolment and answers of each of these readers who has given one. One query."""
    ends = _flag(_ASKED & Q(version=1) & is_last_answer(study.protocol))
    rows = Reading.objects.filter(position__enrolment__in=readers)
    table = whole_numbers(rows.order_by(), {**_OF_READINGS, "ends": ends})
    table = table[np.lexsort(table[:, 3::-1].T)]
    found, first = np.unique(table[:, 0], return_index=True)
    for reader, part in zip(found.tolist(), np.split(table, first[1:]), strict=False):
        done, last_at = int(part[:, _ENDS].sum()), int(part[:, _AT].max())
        yield reader, ReadersAnswers(done, last_at, _seen(part[part[:, _COUNTS] == 1]))


def _seen(table: Numbers) -> Seen:
    """Of several versions of an answer the last one counts."""
    is_last = np.append((np.diff(table[:, :3], axis=0) != 0).any(axis=1), True)[: len(table)]
    return Seen(*table[is_last, 4:_COUNTS].T)


def places_of(study: Study, readers: Sequence[int]) -> Iterator[tuple[int, Numbers]]:
    """Reader and rows (N, 2) of their cases: the key of the case of the study, and 1 where it is done. Two queries.

    Done is what has all the answers that it wants, every time that it comes; withdrawn cases are left out.
    """
    positions = Position.objects.filter(enrolment__in=readers, study_case__withdrawn_at=None)
    table = whole_numbers(
        positions.order_by(), {"pk": "pk", "enrolment": "enrolment_id", "case": "study_case_id"}
    )
    # Asked by itself: joined to the positions, a million rows would have to be sorted.
    last = Reading.objects.filter(is_last_answer(study.protocol), position__enrolment__in=readers, version=1)  # fmt: skip
    done = whole_numbers(last.order_by(), {"position": "position_id"})
    rows = np.column_stack([table[:, 1:], np.isin(table[:, 0], done)])
    # The place that is not done comes first, and counts.
    rows = rows[np.lexsort(rows[:, ::-1].T)]
    is_first = np.append(True, (np.diff(rows[:, :2], axis=0) != 0).any(axis=1))[: len(rows)]
    rows = rows[is_first]
    found, first = np.unique(rows[:, 0], return_index=True)
    yield from zip(found.tolist(), np.split(rows[:, 1:], first[1:]), strict=False)
