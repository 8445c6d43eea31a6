"""E2: the CNN's sensitivity and specificity at its fixed threshold, against the readers' mean, and all 2 × 2 tables."""

from dataclasses import asdict
from typing import Any

import numpy as np

from readerstudy import stats
from readerstudy.results.sections.differences import Decisions, rate_difference
from readerstudy.results.sections.errors import NotComputableError
from readerstudy.results.sections.measures import measures_of
from readerstudy.results.sections.planned import (
    FIXED,
    claimed_of_both,
    level_of,
    named,
    panel_with_models,
    role_of,
)
from readerstudy.results.sections.thresholds import SOME_THRESHOLDS, called, known_runs
from readerstudy.results.table import MISSING, ModelScores, ReadingTable
from readerstudy.stats.crowd import TieRule, majority_vote

METHOD = (
    "Each training run calls a case malignant from the threshold of its own card on. Its rates have Wilson's interval "
    "(cases random). The difference from the readers' mean rate is tested by 1T-RRRC with the sample covariance of the "
    "answers (Gallas, Pennello, Myers 2007), readers and cases random and the runs fixed; where a grade is missing by "
    "U-statistics over all that was read. Sensitivity and specificity must hold together (intersection-union)."
)
MAJORITY = "More than half of the grades of the case; a tie counts as a biopsy."
NOT_FIXED = (
    "The threshold was not fixed at the lock: at one chosen on these cases the CNN is flattered."
)
RATES = ("sensitivity", "specificity")


def fixed_threshold(table: ReadingTable) -> dict[str, Any]:
    """Rates, differences and 2 × 2 tables. Raises NotComputableError where no model has scores or no threshold."""
    panel = panel_with_models(table)
    models = [_model(panel, model) for model in panel.models]
    if all("reason" in one for one in models):
        raise NotComputableError(models[0]["reason"])
    return {
        "method": METHOD,
        "estimands": ["E2"],
        "level": level_of(table),
        "models": models,
        "confusion": [*_of_readers(panel), *_of_runs(panel)],
        "majority_rule": MAJORITY,
    }


def _model(panel: ReadingTable, model: ModelScores) -> dict[str, Any]:
    try:
        runs = known_runs(model)
    except NotComputableError as error:
        return {"model": model.name, "reason": str(error)}
    decided = called(model, runs)
    rows = [
        _run(panel, model, run, row[np.newaxis]) for run, row in zip(runs, decided, strict=True)
    ]
    return {
        **named(model),
        "role": role_of(panel, model, FIXED),
        "caution": None if model.prespecified else NOT_FIXED,
        "runs": rows,
        **_mean(panel, model, decided),
    }


def _run(panel: ReadingTable, model: ModelScores, run: int, decided: Decisions) -> dict[str, Any]:
    table = stats.confusion_table(panel.truth, decided[0])
    return {
        "label": model.run_labels[run],
        "threshold": model.thresholds[run],
        **asdict(table),
        **{rate: getattr(table, rate)().as_dict() for rate in RATES},
        "measures": measures_of(table, panel.plan.prevalence),
        **_against(panel, decided),
    }


def _against(panel: ReadingTable, decided: Decisions) -> dict[str, Any]:
    """The differences of both rates from the readers' means, and what they show together."""
    pair = [rate_difference(panel, decided, level_of(panel), rate=rate) for rate in RATES]
    return {
        "differences": {rate: one.as_dict() for rate, one in zip(RATES, pair, strict=True)},
        "joint": claimed_of_both(panel, pair[0], pair[1]),
    }


def _mean(panel: ReadingTable, model: ModelScores, decided: Decisions) -> dict[str, Any]:
    """The mean over several runs: mean and range of the rates, and the differences; None for one run."""
    if len(model.run_labels) == 1:
        return {"mean": None, "mean_reason": None}
    if len(decided) < len(model.run_labels):
        reason = SOME_THRESHOLDS.format(known=len(decided), runs=len(model.run_labels))
        return {"mean": None, "mean_reason": reason}
    points = stats.reader_points(panel.truth, decided)
    spreads = {rate: stats.mean_and_range(getattr(points, rate)).as_dict() for rate in RATES}
    return {"mean": {**spreads, **_against(panel, decided)}, "mean_reason": None}


def _of_runs(panel: ReadingTable) -> list[dict[str, Any]]:
    found = []
    for model in panel.models:
        runs = [run for run, value in enumerate(model.thresholds) if value is not None]
        for run in runs:
            row = {"who": "cnn", "name": f"{model.name} {model.run_labels[run]}"}
            found.append(_counted({**row, "n": 1}, panel, called(model, [run])))
    return found


def _of_readers(panel: ReadingTable) -> list[dict[str, Any]]:
    """All readers and every rank group: their grades together, and their majority vote."""
    groups = np.array([reader.group for reader in panel.readers])
    present = [name for name in panel.group_order if (groups == name).any()]
    chosen = [("", np.ones(groups.size, np.bool_)), *((name, groups == name) for name in present)]
    rows = []
    for name, members in chosen:
        own = panel.decision[members]
        head = {"name": name, "n": int(members.sum())}
        rows.append(_counted({"who": "readers", **head}, panel, own))
        rows.append(_counted({"who": "majority", **head}, panel, vote_of(own)[np.newaxis]))
    return rows


def vote_of(decision: Decisions) -> Decisions:
    """The majority vote (K,) of decisions (J, K), a tie a biopsy; -1 where nobody graded the case."""
    vote = np.full(decision.shape[1], MISSING, np.int8)
    graded = (decision != MISSING).any(axis=0)
    vote[graded] = majority_vote(decision[:, graded], ties=TieRule.POSITIVE)
    return vote


def _counted(head: dict[str, Any], panel: ReadingTable, decision: Decisions) -> dict[str, Any]:
    """The grades of several rows in one 2 × 2 table; those that are missing are not in it."""
    points = stats.reader_points(panel.truth, decision)
    counts = {name: int(getattr(points, name).sum()) for name in ("tp", "fn", "tn", "fp")}
    return {**head, **counts, "missing": int((decision == MISSING).sum())}
