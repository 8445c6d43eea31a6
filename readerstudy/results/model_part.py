"""The CNN's part of an analysis: ROC per training run, matched operating points, how many readers it beats."""

from typing import Any

import numpy as np

from readerstudy import stats
from readerstudy.results.split_plot import split_plot_against_readers
from readerstudy.results.table import ModelScores, ReadingTable

# Where the mean curve over runs is evaluated: every 1/400 of the false positive fraction.
_GRID = np.linspace(0.0, 1.0, 401)
_RULES = ("interpolated", "next", "nearest")


def model_part(table: ReadingTable, model: ModelScores, readers: dict[str, Any]) -> dict[str, Any]:
    """All numbers of one model; those over several training runs are means with their range."""
    curves = [stats.empirical_roc(table.truth, scores) for scores in model.values]
    aucs = [stats.auc_interval(table.truth, scores) for scores in model.values]
    return {
        "id": model.model_id,
        "name": model.name,
        "prespecified": model.prespecified,
        "runs": [
            _run(label, sha256, curve, auc)
            for label, sha256, curve, auc in zip(
                model.run_labels, model.artefact_sha256, curves, aucs, strict=True
            )
        ],
        "auc": stats.mean_and_range(np.array([curve.auc for curve in curves])).as_dict(),
        "mean_roc": _mean_roc(curves),
        **_beside_readers(table, model, readers, curves),
    }


def _beside_readers(
    table: ReadingTable, model: ModelScores, readers: dict[str, Any], curves: list[stats.RocCurve]
) -> dict[str, Any]:
    """What a model is compared with; nothing where only votes are known."""
    if table.votes:
        return {"matched": [], "comparison": None, "against_readers": []}
    against = _against_readers if table.is_crossed else split_plot_against_readers
    return {
        "matched": [_matched(curves, readers, rule) for rule in _RULES],
        "comparison": _comparison(curves, table),
        "against_readers": against(table, model),
    }


def _run(label: str, sha256: str, curve: stats.RocCurve, auc: stats.Estimate) -> dict[str, Any]:
    # The first point calls no case malignant: its threshold is above every score, which JSON cannot say.
    thresholds = [None, *curve.threshold[1:].tolist()]
    roc = {"fpf": curve.fpf.tolist(), "tpf": curve.tpf.tolist(), "threshold": thresholds}
    return {"label": label, "artefact_sha256": sha256, "auc": auc.as_dict(), "roc": roc}


def _mean_roc(curves: list[stats.RocCurve]) -> dict[str, Any]:
    average = stats.average_curve(curves, _GRID)
    names = ("mean", "low", "high")
    return {"fpf": _GRID.tolist(), **{name: getattr(average, name).tolist() for name in names}}


def _matched(curves: list[stats.RocCurve], readers: dict[str, Any], rule: str) -> dict[str, Any]:
    """The CNN at the mean operating point of all readers and of each rank group, matched by `rule`."""
    rows = [{"name": "", **readers}, *readers["groups"]]
    return {
        "rule": rule,
        "specificity_at_sensitivity": [
            _row(curves, row, of="specificity", at="sensitivity", rule=rule) for row in rows
        ],
        "sensitivity_at_specificity": [
            _row(curves, row, of="sensitivity", at="specificity", rule=rule) for row in rows
        ],
    }


def _row(
    curves: list[stats.RocCurve], row: dict[str, Any], *, of: str, at: str, rule: str
) -> dict[str, Any]:
    """One line: the readers' mean `at`, their mean `of`, and the CNN's `of` at it over the runs."""
    target = row[at]["mean"]
    read = (
        stats.specificity_at_sensitivity
        if of == "specificity"
        else stats.sensitivity_at_specificity
    )
    per_run = [read(curve, target, rule) for curve in curves]
    spread = stats.mean_and_range(per_run)
    return {
        **spread.as_dict(),
        "group": row["name"],
        # The readers of the group; the spread's own n counts the runs.
        "n": row["n"],
        "target": target,
        "readers": row[of]["mean"],
        "per_run": per_run,
        "difference": spread.mean - row[of]["mean"],
    }


def _comparison(curves: list[stats.RocCurve], table: ReadingTable) -> dict[str, Any]:
    """How many readers each run beats, and the mean of the runs."""
    points = stats.reader_points(table.truth, table.decision[table.complete])
    runs, mean = stats.compare_runs_with_readers(curves, points)
    return {"runs": [run.as_dict() for run in runs], "mean": mean.as_dict()}


def _against_readers(table: ReadingTable, model: ModelScores) -> list[dict[str, Any]]:
    """AUC of each run against the readers' mean AUC, readers and cases random (1T-RRRC).

    Over the cases that every reader graded, whose number stands beside it: the method needs every reading. Empty where
    one of the classes is not left.
    """
    ratings = table.rating[table.complete]
    graded = ~np.isnan(ratings).any(axis=0)
    truth = table.truth[graded]
    if truth.size == 0 or truth.min() == truth.max():
        return []
    each = stats.algorithms_against_readers(truth, ratings[:, graded], model.values[:, graded])
    return [
        {
            "label": label,
            "cases": int(graded.sum()),
            **one.as_dict(),
        }
        for label, one in zip(model.run_labels, each, strict=True)
    ]
