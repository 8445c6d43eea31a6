"""Who would be cut off by closing a study: readers who have not answered everything, or have not signed."""

from dataclasses import dataclass

from readerstudy.reading.conduct import conduct_of
from readerstudy.reading.models import Attestation
from readerstudy.reading.selectors import ReaderProgress, completeness
from readerstudy.studies.choices import EnrolmentState
from readerstudy.studies.models import Study


@dataclass(frozen=True)
class Unfinished:
    """Readers who take part: those with cases left, and the codes of those who have answered all and not signed."""

    reading: tuple[ReaderProgress, ...]
    unsigned: tuple[str, ...]


def unfinished_note(study: Study) -> Unfinished | None:
    """Who is not done yet; None where all are."""
    rows = [row for row in completeness(study) if row.enrolment.state != EnrolmentState.WITHDRAWN]
    left = tuple(row for row in rows if row.done < row.total)
    unsigned = _unsigned(study, [row for row in rows if row.done >= row.total])
    return Unfinished(left, unsigned) if left or unsigned else None


def _unsigned(study: Study, rows: list[ReaderProgress]) -> tuple[str, ...]:
    if not conduct_of(study).asks_attestation:
        return ()
    signed = set(
        Attestation.objects.filter(enrolment__study=study).values_list("enrolment", flat=True)
    )
    return tuple(row.enrolment.code for row in rows if row.enrolment.pk not in signed)
