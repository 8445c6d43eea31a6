"""Readers combined with the CNN by fixed rules (E13). Always exploratory: no rule is part of the plan."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from readerstudy import stats
from readerstudy.results.sections.errors import NotComputableError
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
from readerstudy.stats.combinations import (
    DecisionRule,
    Effect,
    ScoreRule,
    combine_decisions,
    combine_scores,
)

METHOD = (
    "Exploratory: the rules are fixed, nothing is learned from the cases, but none of them was part of the plan. Scores: "
    "the mean of reader's and CNN's mid-ranks over the cases that every reader rated, scaled to 0 to 1. Decisions: the "
    "CNN at the threshold of each run's card as a second reader (a disagreement counts half), positive if either is (or), "
    "positive if both are (and). For every training run the mean over readers with readers and cases random "
    "(Obuchowski-Rockette with Hillis df; DeLong's covariance for areas); means and ranges are over runs."
)
_RULES = (DecisionRule.SECOND_READER, DecisionRule.OR, DecisionRule.AND)
_NO_MODEL = "There is no CNN with complete runs to combine the readers with."
_NO_CONFIDENCE = "Readers gave decisions without a confidence: there is no rating to combine with the CNN's score."
_NO_CASE = "No case of one of the classes was rated by every reader."


def combination(table: ReadingTable) -> Part:
    """Every model combined with every reader. Raises NotComputableError without a model."""
    panel = panel_of(table)
    if not table.models:
        raise NotComputableError(_NO_MODEL)
    return {
        "estimands": ["E13"],
        "method": METHOD,
        "level": panel.level,
        "exploratory": True,
        "groups": [name for name, _members in panel.groups[1:]],
        "models": [
            {
                "model": model.name,
                "scores": part_or_reason(partial(_scores, panel, model)),
                "decisions": part_or_reason(partial(_decisions, panel, model)),
            }
            for model in table.models
        ],
    }


def _scores(panel: Panel, model: ModelScores) -> Part:
    if not panel.has_confidence:
        raise NotComputableError(_NO_CONFIDENCE)
    cases = panel.rated_by_all
    truth = panel.truth[cases]
    if not truth.size or truth.min() == truth.max():
        raise NotComputableError(_NO_CASE)
    found = [
        combine_scores(truth, panel.rating[:, cases], run, ScoreRule.MEAN_RANK, level=panel.level)
        for run in model.values[:, cases]
    ]
    return {
        "rule": ScoreRule.MEAN_RANK.value,
        "cases": int(truth.size),
        "cnn": spread([one.cnn.value for one in found], ""),
        "auc": _effects(model, [one.auc for one in found]),
        "improved": spread([float(one.improved) for one in found], ""),
        "readers": _readers(
            panel,
            np.array([[(row.alone, row.combined) for row in one.readers] for one in found]),
            ("alone", "combined"),
        ),
    }


def _decisions(panel: Panel, model: ModelScores) -> Part:
    calls = calls_of(model)
    points = stats.reader_points(panel.truth, calls)
    return {
        "cnn_sensitivity": spread(points.sensitivity.tolist(), ""),
        "cnn_specificity": spread(points.specificity.tolist(), ""),
        "rules": [_rule(panel, model, calls, rule) for rule in _RULES],
    }


def _rule(panel: Panel, model: ModelScores, calls: NDArray[np.int64], rule: DecisionRule) -> Part:
    found = [
        combine_decisions(panel.truth, panel.decision, run, rule, level=panel.level)
        for run in calls
    ]
    rates = [
        [(row.combined_sensitivity, row.combined_specificity) for row in one.readers]
        for one in found
    ]
    return {
        "rule": rule.value,
        "sensitivity": _effects(model, [one.sensitivity for one in found]),
        "specificity": _effects(model, [one.specificity for one in found]),
        "readers": _readers(panel, np.array(rates), ("sensitivity", "specificity")),
    }


def _effects(model: ModelScores, effects: Sequence[Effect]) -> Part:
    """Readers alone; combined, its gain and what it has over the CNN, over runs and of every run."""
    names = ("combined", "gain", "over_cnn")
    return {
        "alone": short(effects[0].alone),
        **{name: spread([getattr(one, name).value for one in effects], "") for name in names},
        "runs": [
            {"label": label, **{name: short(getattr(one, name)) for name in names}}
            for label, one in zip(model.run_labels, effects, strict=True)
        ],
    }


def _readers(panel: Panel, values: NDArray[np.float64], names: tuple[str, str]) -> list[Part]:
    """Each reader's two values (R, J, 2), mean over runs."""
    return [
        {"code": reader.code, "group": reader.group, **dict(zip(names, row, strict=True))}
        for reader, row in zip(panel.readers, values.mean(axis=0).tolist(), strict=True)
    ]
