"""The rows of a study's readers as its design gives them: of a draft as they would be, after the lock as they must be."""

from collections import Counter
from collections.abc import Mapping

from readerstudy.studies.allocation import Row, allocate
from readerstudy.studies.choices import ArmKind
from readerstudy.studies.models import Design, Study, StudyCase
from readerstudy.studies.order import ALGORITHM as ORDER_ALGORITHM
from readerstudy.studies.order import reading_order
from readerstudy.studies.passes import ALGORITHM, Panel
from readerstudy.studies.selectors import lock_of, taking_part


def derived_rows(design: Design, panel: Panel, reader: str) -> list[Row]:
    """The reader's rows. Studies locked before there were designs have the plain order of then."""
    if design.algorithm == ORDER_ALGORITHM:
        return _plain_rows(panel, reader)
    return allocate(design.options, panel, reader)


def is_known(algorithm: str) -> bool:
    """Whether this version can derive rows by the algorithm."""
    return algorithm in (ORDER_ALGORITHM, ALGORITHM)


def panel_of(study: Study) -> Panel:
    """The readers at the lock and the cases as they were frozen. Call it once the cases are stored."""
    lock = lock_of(study)
    readers = (
        [one["code"] for one in lock.manifest["enrolments"]]
        if lock
        else taking_part(study).values_list("code", flat=True)
    )
    cases = StudyCase.objects.filter(study=study).values_list("public_id", "patient")
    return Panel(study.seed, tuple(sorted(readers)), dict(cases))


def numbered_patients(patients: Mapping[str, str]) -> dict[str, int | None]:
    """A number for every patient with several cases, in the order of the case names; None for all other cases.

    `patients` gives each case the name of its patient, empty where it is not known.
    """
    counts = Counter(filter(None, patients.values()))
    numbers: dict[str, int] = {}
    for case in sorted(patients):
        if counts[patients[case]] > 1:
            numbers.setdefault(patients[case], len(numbers) + 1)
    return {case: numbers.get(patient) for case, patient in patients.items()}


def _plain_rows(panel: Panel, reader: str) -> list[Row]:
    order = reading_order(seed=panel.seed, reader_code=reader, session=1, case_ids=panel.patients)
    return [
        Row(reader, 1, place, case, ArmKind.UNAIDED, 1) for place, case in enumerate(order, start=1)
    ]
