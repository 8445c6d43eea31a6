"""The readers' part of an analysis: every reader's point, means and ranges by group and institution."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from readerstudy import stats
from readerstudy.results.split_plot import split_plot_interval
from readerstudy.results.table import MISSING, ReaderRow, ReadingTable

VOTES_ALONE = "The file holds counts of votes on each case, not the answers of single readers."


def reader_part(table: ReadingTable) -> dict[str, Any]:
    """Means and ranges of sensitivity and specificity, overall, per rank group and institution, and every point."""
    if table.votes:
        return _no_readers()
    decision, readers = table.decision[table.complete], complete_readers(table)
    groups = np.array([reader.group for reader in readers])
    institutions = np.array([reader.institution for reader in readers])
    present = [name for name in table.group_order if (groups == name).any()]
    return {
        **_rates(table, decision),
        "groups": [{"name": name, **_rates(table, decision[groups == name])} for name in present],
        "institutions": [
            {"name": str(name), **_rates(table, decision[institutions == name])}
            for name in np.unique(institutions)
            if name
        ],
        "points": _points(table, readers),
    }


def complete_readers(table: ReadingTable) -> list[ReaderRow]:
    """The readers who answered every case, in the order of the table's rows."""
    return [
        reader for reader, complete in zip(table.readers, table.complete, strict=True) if complete
    ]


def _no_readers() -> dict[str, Any]:
    """Where only votes are known: the same part, empty, with the reason."""
    names = ("mean", "low", "high", "sd")
    rate = {**dict.fromkeys(names), "n": 0, "reason": VOTES_ALONE}
    rate["interval"] = stats.Estimate.undefined(VOTES_ALONE, "").as_dict()
    empty: list[dict[str, Any]] = []
    rates = {"n": 0, "sensitivity": rate, "specificity": rate}
    return {**rates, "groups": empty, "institutions": empty, "points": empty}


def _rates(table: ReadingTable, decision: NDArray[np.int8]) -> dict[str, Any]:
    points = stats.reader_points(table.truth, decision)
    if not table.is_crossed:
        return {
            "n": int(decision.shape[0]),
            **{
                name: {
                    **stats.mean_and_range(getattr(points, name)).as_dict(),
                    "interval": split_plot_interval(table.truth, decision, name).as_dict(),
                }
                for name in ("sensitivity", "specificity")
            },
        }
    correct = np.where(decision == MISSING, MISSING, decision == table.truth)
    return {
        "n": int(decision.shape[0]),
        "sensitivity": _rate(points.sensitivity, correct[:, table.truth == 1]),
        "specificity": _rate(points.specificity, correct[:, table.truth == 0]),
    }


def _rate(values: NDArray[np.float64], correct: NDArray[np.int64]) -> dict[str, Any]:
    """Mean and range over readers, with the interval of the mean in which readers and cases are random."""
    interval = stats.random_reader_random_case_interval(correct)
    return {**stats.mean_and_range(values).as_dict(), "interval": interval.as_dict()}


def _points(table: ReadingTable, readers: list[ReaderRow]) -> list[dict[str, Any]]:
    points = stats.reader_points(table.truth, table.decision[table.complete])
    ratings, skipped = table.rating[table.complete], table.not_assessable[table.complete]
    return [
        {
            "code": reader.code,
            "group": reader.group,
            "institution": reader.institution,
            "years_of_experience": reader.years_of_experience,
            "sensitivity": float(points.sensitivity[row]),
            "specificity": float(points.specificity[row]),
            **{name: int(getattr(points, name)[row]) for name in ("tp", "fn", "tn", "fp")},
            "not_assessable": int(skipped[row].sum()),
            "auc": _auc(table.truth, ratings[row]),
        }
        for row, reader in enumerate(readers)
    ]


def _auc(truth: NDArray[np.int64], ratings: NDArray[np.float64]) -> dict[str, Any]:
    """The area of one reader over the cases that the reader graded."""
    graded = ~np.isnan(ratings)
    return stats.auc_interval(truth[graded], ratings[graded]).as_dict()
