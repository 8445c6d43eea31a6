"""E3: the CNN at the readers' own operating points and at their groups' mean points, by every matching rule."""

from typing import Any

import numpy as np

from readerstudy import stats
from readerstudy.results.sections.differences import BoolArray, of_common_cases, of_standalone
from readerstudy.results.sections.planned import (
    MATCHED,
    claimed,
    level_of,
    named,
    panel_with_models,
    role_of,
)
from readerstudy.results.table import ModelScores, ReadingTable
from readerstudy.stats.against import AtReadersPoints
from readerstudy.stats.against.group_mean import CAVEAT

METHOD = (
    "For each reader the specificity of the CNN at the reader's own sensitivity minus the reader's specificity, and the "
    "sensitivity at the reader's own specificity minus the reader's sensitivity, averaged over readers; readers and cases "
    "random (Obuchowski-Rockette with Hillis df), jackknife over cases of points and curve together. Several training "
    "runs: the mean of their rates, runs fixed. Beside it the CNN at the mean point of the readers (Brinker et al. 2019), "
    "jackknife over readers and over cases. Over the cases that every reader graded."
)
HELD = ("sensitivity", "specificity")
RULES = ("interpolated", "next", "nearest")


def matched(table: ReadingTable) -> dict[str, Any]:
    """Differences of all readers and of every rank group.

    Raises NotComputableError where no model has scores, or no case of a class was graded by all.
    """
    panel = of_common_cases(panel_with_models(table))
    return {
        "method": METHOD,
        "estimands": ["E3"],
        "caution": CAVEAT,
        "level": level_of(table),
        "n_cases": int(panel.truth.size),
        "codes": [reader.code for reader in panel.readers],
        "groups": [reader.group for reader in panel.readers],
        "models": [_model(panel, model) for model in panel.models],
    }


def _model(panel: ReadingTable, model: ModelScores) -> dict[str, Any]:
    found = {
        (rule, held): stats.at_readers_points(
            panel.truth, panel.decision, model.values, level_of(panel), held=held, rule=rule
        )
        for rule in RULES
        for held in HELD
    }
    return {
        **named(model),
        "role": role_of(panel, model, MATCHED),
        "rows": [row for points in found.values() for row in _rows(panel, model, points)],
        "readers": [_of_each_reader(found["interpolated", held]) for held in HELD],
    }


def _rows(panel: ReadingTable, model: ModelScores, points: AtReadersPoints) -> list[dict[str, Any]]:
    """All readers and every rank group by the mean of the runs, and all readers by each run."""
    groups = np.array([reader.group for reader in panel.readers])
    present = [name for name in panel.group_order if (groups == name).any()]
    chosen = [("", np.ones(groups.size, np.bool_)), *((name, groups == name) for name in present)]
    several = len(model.run_labels) > 1
    label = "" if several else model.run_labels[0]
    rows = [
        {**_own_point(panel, points, group, label, members), **_mean_point(panel, model, points, members)}
        for group, members in chosen
    ]  # fmt: skip
    each = model.run_labels if several else ()
    return rows + [
        {**_own_point(panel, points, "", one, None, run), "mean_point": None}
        for run, one in enumerate(each)
    ]


def _own_point(  # noqa: PLR0917 (whom and what it compares)
    panel: ReadingTable,
    points: AtReadersPoints,
    group: str,
    label: str,
    members: BoolArray | None,
    run: int | None = None,
) -> dict[str, Any]:
    found = points.comparison(members, run)
    own = of_standalone(found.mean, panel.truth.size)
    return {
        "rule": found.rule,
        "held": found.held,
        "compared": found.compared,
        "group": group,
        "label": label,
        "own_point": {**own.as_dict(), "claim": claimed(panel, MATCHED, own)},
    }


def _mean_point(
    panel: ReadingTable, model: ModelScores, points: AtReadersPoints, members: BoolArray
) -> dict[str, Any]:
    """The mean of the runs at the mean point of these readers."""
    found = stats.at_group_mean(
        panel.truth, panel.decision[members], model.values, points.level,
        held=points.held, rule=points.rule,
    )  # fmt: skip
    sides = {"cnn": found.algorithm, "readers": found.readers, "held_at": found.held_at}
    return {"mean_point": {**found.difference.as_dict(), **sides}}


def _of_each_reader(points: AtReadersPoints) -> dict[str, Any]:
    """Every reader's rates and the CNN's, mean of the runs, in the order of `codes`."""
    each = points.comparison()
    return {
        "held": each.held,
        "compared": each.compared,
        "rule": each.rule,
        "held_at": each.held_at.tolist(),
        "cnn": each.algorithm.tolist(),
        "readers": each.readers.tolist(),
        "difference": (each.algorithm - each.readers).tolist(),
    }
