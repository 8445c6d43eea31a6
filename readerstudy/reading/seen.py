"""A study's answers as arrays, for what the cockpit tells of readers and cases. No truth, no score, no accuracy."""

import numpy as np
from django.db.models import BigIntegerField, Case, Value, When
from django.db.models.functions import Coalesce

from readerstudy.core.fetching import NOTHING, Seconds, whole_numbers
from readerstudy.reading.choices import ManagementDecision
from readerstudy.reading.models import Reading
from readerstudy.reading.quality import Numbers, Seen
from readerstudy.reading.stages import is_last_answer
from readerstudy.studies.choices import EnrolmentState
from readerstudy.studies.models import Position, Study

_NONE = np.empty(0, np.int64)
NOTHING_SEEN = Seen(_NONE, _NONE, _NONE, _NONE)
_DECISIONS = (ManagementDecision.NONE, ManagementDecision.BIOPSY)


def _number(field: str, numbers: dict[str, int]) -> Case:
    """What stands for each of these texts, -1 for any other."""
    whens = [When(**{field: text}, then=Value(number)) for text, number in numbers.items()]
    return Case(*whens, default=Value(NOTHING), output_field=BigIntegerField())


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
}


def answers_by_reader(study: Study) -> dict[int, Seen]:
    """Enrolment → the answers that count, in the order of the cases; those to withdrawn cases are left out. One query."""
    rows = Reading.objects.filter(
        position__enrolment__study=study, position__study_case__withdrawn_at=None, level=1
    )
    table = whole_numbers(rows.order_by(), _OF_READINGS)
    table = table[np.lexsort(table[:, 3::-1].T)]
    # Of several versions of an answer the last one counts.
    is_last = np.append((np.diff(table[:, :3], axis=0) != 0).any(axis=1), True)[: len(table)]
    table = table[is_last]
    readers, first = np.unique(table[:, 0], return_index=True)
    parts = np.split(table[:, 4:], first[1:])
    return {int(reader): Seen(*part.T) for reader, part in zip(readers, parts, strict=False)}


def places_of(study: Study) -> Numbers:
    """A row (N, 3) for each position of readers who take part: enrolment, case of the study, 1 where it is done.

    Done is what has all the answers that it wants; withdrawn cases are left out.
    """
    positions = Position.objects.filter(
        enrolment__study=study, study_case__withdrawn_at=None
    ).exclude(enrolment__state=EnrolmentState.WITHDRAWN)
    table = whole_numbers(
        positions.order_by(), {"pk": "pk", "enrolment": "enrolment_id", "case": "study_case_id"}
    )
    # Asked by itself: joined to the positions, a million rows would have to be sorted.
    last = Reading.objects.filter(is_last_answer(study.protocol), position__enrolment__study=study, version=1)  # fmt: skip
    done = whole_numbers(last.order_by(), {"position": "position_id"})
    return np.column_stack([table[:, 1:], np.isin(table[:, 0], done)])
