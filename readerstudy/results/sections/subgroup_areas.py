"""One subgroup of the cases with the areas and rates of readers and runs that have cases enough to be given."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readerstudy.results.sections.areas import Areas, right_answers
from readerstudy.results.sections.levels import Level
from readerstudy.results.table import ReadingTable

MEASURES = ("auc", "sensitivity", "specificity")
SMALLEST = 5
_FEW = "Fewer than {least} {what} cases: not given."
_NEEDED = {"auc": (1, 0), "sensitivity": (1,), "specificity": (0,)}
_CLASSES = {1: "positive", 0: "negative"}


@dataclass(frozen=True, eq=False)
class Subgroup:
    """One level with what can be given by measure, of the readers and of each model; `few` says why a measure cannot."""

    level: Level
    truth: NDArray[np.int64]
    few: dict[str, str]
    readers: dict[str, Areas]
    runs: list[dict[str, Areas]]


def subgroup(table: ReadingTable, level: Level) -> Subgroup:
    """The level's cases of the table."""
    part = table.picked(cases=level.cases)
    few = {measure: why for measure in MEASURES if (why := _too_few(part, measure))}
    of_readers = _areas(part, few, part.rating, part.decision)
    of_runs = [_areas(part, few, model.values, model.calls) for model in part.models]
    return Subgroup(level, part.truth, few, of_readers, of_runs)


def _too_few(part: ReadingTable, measure: str) -> str:
    """Why this measure is not given, empty where it is."""
    few = [label for label in _NEEDED[measure] if (part.truth == label).sum() < SMALLEST]
    what = " or ".join(_CLASSES[label] for label in few)
    return _FEW.format(least=SMALLEST, what=what) if few else ""


def _areas(
    part: ReadingTable, few: dict[str, str], scores: Any, decisions: Any
) -> dict[str, Areas]:
    """The measures that can be given; the rates only where there are decisions."""
    known: dict[str, Areas] = {}
    if "auc" not in few:
        known["auc"] = Areas(part.truth, scores)
    for name, label in (("sensitivity", 1), ("specificity", 0)):
        if name not in few and decisions is not None:
            known[name] = right_answers(part.truth, decisions, label=label)
    return known
