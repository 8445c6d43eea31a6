"""Readings as arrays: what each row of the database says, as whole numbers, and the rating that follows."""

from dataclasses import dataclass

import numpy as np
from django.db.models import BigIntegerField, Case, QuerySet, Value, When
from numpy.typing import NDArray

from readerstudy.core.fetching import NOTHING, whole_numbers
from readerstudy.reading.choices import ManagementDecision, TimingQuality
from readerstudy.reading.models import Reading
from readerstudy.reading.rating import rating
from readerstudy.studies.choices import Scale

_DECISIONS = (ManagementDecision.NONE, ManagementDecision.BIOPSY)
_SCALES = tuple(Scale)
# Undisturbed first; of the empty quality nothing is known.
_QUALITIES = (
    TimingQuality.OK,
    *(one for one in TimingQuality if one not in {TimingQuality.OK, TimingQuality.UNKNOWN}),
)


def _number_of(field: str, values: tuple[str, ...]) -> Case:
    """The place of a text among the values, -1 for any other."""
    whens = [When(**{field: str(value)}, then=Value(place)) for place, value in enumerate(values)]
    return Case(*whens, default=Value(NOTHING), output_field=BigIntegerField())


_COLUMNS = {
    "enrolment": "position__enrolment",
    "case": "position__study_case",
    "decision": _number_of("decision", _DECISIONS),
    "confidence": "confidence",
    "scale": _number_of("scale", _SCALES),
    "value": "value",
    "milliseconds": "milliseconds_to_decision",
    "quality": _number_of("timing_quality", _QUALITIES),
}


@dataclass(frozen=True, eq=False)
class FetchedReadings:
    """N readings. `decision` is 1, 0, or -1 where the case could not be assessed, which has no rating either (NaN).

    `timed` says of which answers it is known whether their timing was `undisturbed`.
    """

    enrolment: NDArray[np.int64]
    case: NDArray[np.int64]
    decision: NDArray[np.int8]
    rating: NDArray[np.float64]
    milliseconds: NDArray[np.float64]
    undisturbed: NDArray[np.bool_]
    timed: NDArray[np.bool_]

    def __len__(self) -> int:
        return int(self.enrolment.size)

    @property
    def readers(self) -> set[int]:
        """The keys of the enrolments that answered anything."""
        return set(np.unique(self.enrolment).tolist())


def fetched(readings: QuerySet[Reading]) -> FetchedReadings:
    """The readings as arrays, in no order."""
    table = whole_numbers(readings.order_by(), _COLUMNS)
    column = dict(zip(_COLUMNS, table.T, strict=True))
    milliseconds = column["milliseconds"]
    return FetchedReadings(
        enrolment=column["enrolment"],
        case=column["case"],
        decision=column["decision"].astype(np.int8),
        rating=_ratings(table[:, 2:6]),
        milliseconds=np.where(milliseconds == NOTHING, np.nan, milliseconds),
        undisturbed=column["quality"] == 0,
        timed=column["quality"] != NOTHING,
    )


def _ratings(answers: NDArray[np.int64]) -> NDArray[np.float64]:
    """The rating of each answer (decision, confidence, scale, value): computed once for each different one."""
    # Small integers of the database are below 32,768: one number tells an answer from all others.
    parts = answers + 1
    key = ((parts[:, 0] * 1_000_000 + parts[:, 1]) * 1_000 + parts[:, 2]) * 1_000_000 + parts[:, 3]
    _keys, first, place = np.unique(key, return_index=True, return_inverse=True)
    return np.array([_rating(*answers[row].tolist()) for row in first], np.float64)[place]


def _rating(decision: int, confidence: int, scale: int, value: int) -> float:
    if decision == NOTHING:
        return float("nan")
    return rating(
        str(_DECISIONS[decision]),
        None if confidence == NOTHING else confidence,
        scale=str(_SCALES[scale]),
        value=None if value == NOTHING else value,
    )
