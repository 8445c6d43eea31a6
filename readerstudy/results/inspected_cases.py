"""Cases one by one: how readers and CNN judged each of them, which ones part them, and in what order to look."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from readerstudy import stats
from readerstudy.results.table import MISSING, ModelScores, ReadingTable

HARDEST = "hardest"
GALLERY_SIZE = 12


@dataclass(frozen=True)
class Threshold:
    """From which mean score over the runs the CNN calls a case malignant, and where that comes from."""

    value: float
    source: str  # "card", "readers" or "asked"


@dataclass(frozen=True)
class InspectedCase:
    """One case; shares are over the complete readers who graded it. None where there is nobody, or no model."""

    column: int
    case_id: str
    malignant: bool
    diagnosis: str
    graded: int
    biopsy_votes: int
    wrong_share: float | None
    score: float | None
    runs_wrong: int | None
    cnn_wrong: bool | None


def inspected_model(table: ReadingTable) -> ModelScores | None:
    """The model that cases are shown with: the prespecified one, else the first."""
    ordered = sorted(table.models, key=lambda model: not model.prespecified)
    return ordered[0] if ordered else None


def threshold_for(table: ReadingTable, asked: float | None = None) -> Threshold | None:
    """The threshold asked for; else that of the CNN's own card, where all runs name the same; else the readers' one.

    The readers' one: the highest at which the mean score over the runs is at least as sensitive as the complete readers are
    on average. None without a model or where a class of cases is missing.
    """
    model = inspected_model(table)
    if model is None or table.truth.min() == table.truth.max():
        return None
    if asked is not None:
        return Threshold(asked, "asked")
    named = set(model.thresholds)
    if len(named) == 1 and (own := named.pop()) is not None:
        return Threshold(own, "card")
    curve = stats.empirical_roc(table.truth, model.values.mean(axis=0))
    points = stats.reader_points(table.truth, table.decision[table.complete])
    target = float(points.sensitivity.mean()) if points.sensitivity.size else 1.0
    first = int(np.flatnonzero(curve.tpf >= target - stats.roc.SAME_RATE)[0])
    return Threshold(float(curve.threshold[max(first, 1)]), "readers")


def inspected_cases(table: ReadingTable, threshold: Threshold | None) -> list[InspectedCase]:
    """Every case in the order of the table."""
    decision, model = table.decision[table.complete], inspected_model(table)
    graded, biopsy = (decision != MISSING).sum(axis=0), (decision == 1).sum(axis=0)
    wrong = np.where(table.truth == 1, graded - biopsy, biopsy)
    return [
        InspectedCase(
            column=column,
            case_id=case_id,
            malignant=bool(table.truth[column]),
            diagnosis=table.diagnosis[column],
            graded=int(graded[column]),
            biopsy_votes=int(biopsy[column]),
            wrong_share=float(wrong[column] / graded[column]) if graded[column] else None,
            **_judged(model, column, threshold, malignant=bool(table.truth[column])),
        )
        for column, case_id in enumerate(table.case_ids)
    ]


def _judged(
    model: ModelScores | None, column: int, threshold: Threshold | None, *, malignant: bool
) -> dict[str, Any]:
    """What the CNN made of one case."""
    if model is None or threshold is None:
        return {"score": None, "runs_wrong": None, "cnn_wrong": None}
    runs = model.values[:, column]
    score = float(runs.mean())
    return {
        "score": score,
        "runs_wrong": int(((runs >= threshold.value) != malignant).sum()),
        "cnn_wrong": (score >= threshold.value) != malignant,
    }


def _share(case: InspectedCase) -> float:
    return -1.0 if case.wrong_share is None else case.wrong_share


@dataclass(frozen=True)
class Filter:
    """Which cases a chip of the list shows."""

    name: str
    title: str | Promise
    shows: Callable[[InspectedCase], bool]


FILTERS = (
    Filter("all", _("All cases"), lambda one: bool(one.case_id)),
    Filter(
        "readers-wrong",
        _("All readers wrong, CNN right"),
        lambda one: one.wrong_share == 1 and one.cnn_wrong is False,
    ),
    Filter(
        "cnn-wrong",
        _("CNN wrong, all readers right"),
        lambda one: one.wrong_share == 0 and one.cnn_wrong is True,
    ),
    Filter(
        "most-readers-wrong",
        _("Most readers wrong, CNN right"),
        lambda one: _share(one) > 0.5 and one.cnn_wrong is False,  # noqa: PLR2004 (more than half)
    ),
    Filter(
        "most-readers-right",
        _("CNN wrong, most readers right"),
        lambda one: 0 <= _share(one) < 0.5 and one.cnn_wrong is True,  # noqa: PLR2004 (fewer than half)
    ),
    Filter(
        "both-wrong",
        _("Both wrong"),
        lambda one: _share(one) > 0.5 and one.cnn_wrong is True,  # noqa: PLR2004 (more than half)
    ),
    Filter(HARDEST, _("Hardest for the readers"), lambda one: _share(one) > 0),
)

SORTS: Mapping[str, Callable[[InspectedCase], Any]] = {
    "case": lambda one: one.case_id,
    "truth": lambda one: one.malignant,
    "diagnosis": lambda one: one.diagnosis,
    "wrong": _share,
    "score": lambda one: -np.inf if one.score is None else one.score,
}


def listed(
    cases: Sequence[InspectedCase], *, show: str, sort: str, descending: bool
) -> list[InspectedCase]:
    """The cases of a filter in order; the hardest are always the few with the most wrong answers."""
    chosen = next((one for one in FILTERS if one.name == show), FILTERS[0])
    found = [one for one in cases if chosen.shows(one)]
    if chosen.name == HARDEST:
        return sorted(found, key=_share, reverse=True)[:GALLERY_SIZE]
    return sorted(found, key=SORTS.get(sort, _share), reverse=descending)
