"""A study's answers as arrays, for what the cockpit tells of readers and cases. No truth, no score, no accuracy."""

import numpy as np
from django.db.models import BigIntegerField, Case, F, Max, Value, When
from django.db.models.functions import Coalesce

from readerstudy.core.fetching import NOTHING, Seconds, whole_numbers
from readerstudy.reading.choices import ManagementDecision
from readerstudy.reading.models import Reading
from readerstudy.reading.quality import Numbers, Seen
from readerstudy.reading.stages import answers_wanted
from readerstudy.studies.choices import ArmKind, EnrolmentState
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
    wanted = {arm.value: answers_wanted(study.protocol, arm) for arm in ArmKind}
    columns = {
        "enrolment": F("enrolment_id"),
        "case": F("study_case_id"),
        "level": Max("readings__level"),
        "wanted": _number("arm", wanted),
    }
    table = whole_numbers(positions.order_by().values("pk"), columns)
    return np.column_stack([table[:, :2], table[:, 2] == table[:, 3]])
