"""Diagnoses of which it is known what they count as, beside a column for malignancy that says otherwise.

A column called `melanoma` says 0 of a basal cell carcinoma, which is malignant all the same: only the admin knows which
of the two the study is about.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from readerstudy.core.errors import InvalidInput
from readerstudy.intake.deciding import DECIDED, Classes, class_of, in_any_case
from readerstudy.intake.layouts import Layout
from readerstudy.intake.mapping import BENIGN, MALIGNANT

OTHER = {MALIGNANT: BENIGN, BENIGN: MALIGNANT}


@dataclass(frozen=True)
class Contradiction:
    """A diagnosis that is known as malignant or benign (`known`), and in how many `rows` the column says it is not."""

    diagnosis: str
    known: str
    rows: int


def contradictions(
    pairs: Iterable[tuple[str, str]], classes: Classes, *, layout: Layout, said: Mapping[str, str]
) -> tuple[Classes, list[Contradiction]]:
    """The classes with what the admin says of diagnoses, and the contradictions that are left, in the manifest's order.

    `pairs` are (cell of the column for malignancy, diagnosis) of every row.
    """
    counts = Counter(pairs)
    first = {diagnosis.casefold(): diagnosis for _, diagnosis in reversed(counts)}
    answers = {key: word for key, word in in_any_case(said).items() if key in first}
    denied = _denied(counts, classes, layout)
    found = [
        Contradiction(diagnosis, class_of(diagnosis, layout), denied[key])
        for key, diagnosis in reversed(first.items())
        if key not in answers and denied[key]
    ]
    known = {first[key]: word for key, word in answers.items()}
    asked = {one.diagnosis.casefold(): "" for one in found}
    return replace(
        classes, known={**classes.known, **known}, by_diagnosis={**answers, **asked}
    ), found


def _denied(
    counts: Mapping[tuple[str, str], int], classes: Classes, layout: Layout
) -> Counter[str]:
    """Diagnosis, without case → in how many rows the column says the other thing than is known of it."""
    denied: Counter[str] = Counter()
    for (cell, diagnosis), rows in counts.items():
        known = class_of(diagnosis, layout)
        if known in DECIDED and _stated(cell, classes) == OTHER[known]:
            denied[diagnosis.casefold()] += rows
    return denied


def _stated(cell: str, classes: Classes) -> str:
    try:
        return classes.of_cell(cell)
    except InvalidInput:
        return ""  # told for its row
