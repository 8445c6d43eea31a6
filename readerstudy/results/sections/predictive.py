"""Predictive values and the number needed to biopsy at other prevalences than the study's (E15)."""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from readerstudy import stats
from readerstudy.results.sections.panel import (
    Panel,
    Part,
    calls_of,
    panel_of,
    part_or_reason,
    short,
    spread,
)
from readerstudy.results.table import ModelScores, ReadingTable
from readerstudy.stats import ConfusionTable
from readerstudy.stats.predictive import (
    negative_predictive_value,
    number_needed_to_biopsy,
    positive_predictive_value,
)

METHOD = (
    "Bayes' theorem at each prevalence from sensitivity and specificity, which are taken to be those of the study. "
    "Readers: the mean operating point of the group, without an interval, since it is no count of cases. CNN: each "
    "training run at the threshold of its card with the interval of Mercaldo, Lau and Zhou (2007) on the scale of the "
    "logit, cases random; mean and range over runs. Number needed to biopsy: 1 / positive predictive value."
)
GRID = (
    0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.075, 0.1, 0.125, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5,
)  # fmt: skip
_READERS = (
    "The mean operating point of several readers is no count of cases: it has no such interval."
)
_NOBODY = "Nobody would be called so."
_MEASURES = {
    "ppv": positive_predictive_value,
    "npv": negative_predictive_value,
    "nnb": number_needed_to_biopsy,
}


def predictive(table: ReadingTable) -> Part:
    """Curves over the prevalence, of which the target is one where it is planned."""
    panel = panel_of(table)
    target = table.plan.prevalence
    grid = sorted({*GRID, *([] if target is None else [target])})
    return {
        "estimands": ["E15"],
        "method": METHOD,
        "level": panel.level,
        "prevalences": grid,
        "study_prevalence": float(panel.truth.mean()),
        "target_prevalence": target,
        "target_source": table.plan.prevalence_source,
        "groups": [
            {"group": name, "n": int(members.sum()), **_group(panel, members, grid)}
            for name, members in panel.groups
        ],
        "models": [
            {"model": model.name, **part_or_reason(partial(_model, panel, model, grid))}
            for model in table.models
        ],
    }


def _group(panel: Panel, members: NDArray[np.bool_], grid: list[float]) -> Part:
    points = stats.reader_points(panel.truth, panel.decision[members])
    sensitivity, specificity = float(points.sensitivity.mean()), float(points.specificity.mean())
    values = [stats.predictive_values(sensitivity, specificity, at) for at in grid]
    return {
        "sensitivity": sensitivity,
        "specificity": specificity,
        "ppv": [ppv for ppv, _npv in values],
        "npv": [npv for _ppv, npv in values],
        "nnb": [1 / ppv if ppv else None for ppv, _npv in values],
        "reason": _READERS,
    }


def _model(panel: Panel, model: ModelScores, grid: list[float]) -> Part:
    tables = [stats.confusion_table(panel.truth, run) for run in calls_of(model)]
    runs = [
        {"label": label, **_run(table, grid, panel.level)}
        for label, table in zip(model.run_labels, tables, strict=True)
    ]
    return {
        "runs": runs,
        **{
            name: [spread([run[name][place]["value"] for run in runs], _NOBODY) for place in range(len(grid))]
            for name in _MEASURES
        },
    }  # fmt: skip


def _run(table: ConfusionTable, grid: list[float], level: float) -> Part:
    return {
        name: [short(measure(table, prevalence=at, level=level)) for at in grid]
        for name, measure in _MEASURES.items()
    }
