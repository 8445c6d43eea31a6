"""The readers' part of an analysis: every reader's point, means and ranges by group and institution."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from readerstudy import stats
from readerstudy.results.table import MISSING, ReaderRow, ReadingTable


def reader_part(table: ReadingTable) -> dict[str, Any]:
    """Means and ranges of sensitivity and specificity, overall, per rank group and institution, and every point."""
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
        ],
        "points": _points(table, readers),
    }


def complete_readers(table: ReadingTable) -> list[ReaderRow]:
    """The readers who answered every case, in the order of the table's rows."""
    return [
        reader for reader, complete in zip(table.readers, table.complete, strict=True) if complete
    ]


def _rates(table: ReadingTable, decision: NDArray[np.int8]) -> dict[str, Any]:
    points = stats.reader_points(table.truth, decision)
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
