"""Answers that are missing, and what they could change (E16)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from readerstudy import stats
from readerstudy.results.sections.areas import mean_of_readers, right_answers
from readerstudy.results.table import MISSING, ReadingTable
from readerstudy.stats import Estimate

Decisions = NDArray[np.int8]
# Name, which readers, where something is filled in, and by what for each case.
_Scenario = tuple[str, NDArray[np.bool_], NDArray[np.bool_] | None, NDArray[np.int64] | None]
_METHOD = (
    "Readers' mean sensitivity and specificity with what is missing left out, counted as right (best case), as wrong (worst "
    "case), or, where the case could not be assessed, as a decision for a biopsy. Complete readers answered all that they were "
    "given; readers and cases random, Obuchowski-Rockette with Hillis df; U-statistics, which weight readers by what they "
    "graded, where answers are missing. The CNN scored every case."
)
_NO_CASE = "No case of this class was graded by every complete reader."
_RATES = (("sensitivity", 1), ("specificity", 0))


def missing(table: ReadingTable) -> dict[str, Any]:
    """Counts of what is missing and the rates under each assumption."""
    level = 1 - table.plan.alpha
    scenarios = [
        {"scenario": name, "readers": int(decision.shape[0]), **_rates(table, decision, level)}
        for name, decision in _scenarios(table)
    ]
    return {
        "method": _METHOD,
        "estimands": ["E16"],
        "counts": _counts(table),
        "scenarios": [*scenarios, _cases_of_all(table, level)],
        "readers": _readers(table),
    }


def _asked(table: ReadingTable) -> NDArray[np.bool_]:
    return np.ones(table.decision.shape, np.bool_) if table.assigned is None else table.assigned


def _unanswered(table: ReadingTable) -> NDArray[np.bool_]:
    return _asked(table) & (table.decision == MISSING) & ~table.not_assessable


def _counts(table: ReadingTable) -> list[dict[str, Any]]:
    """By class of the cases: asked, graded, not assessable, not answered; and readers with any of the last two."""
    asked, unanswered = _asked(table), _unanswered(table)
    rows = []
    for name, columns in (("all", slice(None)), ("malignant", table.truth == 1), ("benign", table.truth == 0)):  # fmt: skip
        none, skipped = unanswered[:, columns], table.not_assessable[:, columns]
        total = int(asked[:, columns].sum())
        rows.append(
            {
                "cases": name,
                "asked": total,
                "graded": int((table.decision[:, columns] != MISSING).sum()),
                "not_assessable": int(skipped.sum()),
                "unanswered": int(none.sum()),
                "share_missing": float((none | skipped).sum() / total) if total else None,
                "readers_not_assessable": int(skipped.any(axis=1).sum()),
                "readers_unanswered": int(none.any(axis=1).sum()),
            }
        )
    return rows


def _scenarios(table: ReadingTable) -> list[tuple[str, Decisions]]:
    """Name and decisions (J', K) of each assumption; −1 is what stays left out."""
    complete, every = table.complete, np.ones(len(table.readers), np.bool_)
    skipped, absent = table.not_assessable, table.not_assessable | _unanswered(table)
    right, wrong = table.truth, 1 - table.truth
    found: list[_Scenario] = [("main", complete, None, None)]
    if skipped[complete].any():
        found += [
            ("not_assessable_right", complete, skipped, right),
            ("not_assessable_wrong", complete, skipped, wrong),
            ("not_assessable_biopsy", complete, skipped, np.ones_like(right)),
        ]
    if not complete.all():
        found += [
            ("all_readers", every, None, None),
            ("all_missing_right", every, absent, right),
            ("all_missing_wrong", every, absent, wrong),
        ]
    return [(name, _filled(table.decision, where, by)[rows]) for name, rows, where, by in found]


def _filled(
    decision: Decisions, where: NDArray[np.bool_] | None, by: NDArray[np.int64] | None
) -> Decisions:
    if where is None or by is None:
        return decision
    return np.where(where, by, decision).astype(np.int8)


def _rates(table: ReadingTable, decision: Decisions, level: float) -> dict[str, Any]:
    """Answers that count, the two rates, and the plain means of the readers' own rates."""
    points = stats.reader_points(table.truth, decision)
    found: dict[str, Any] = {"answers": int((decision != MISSING).sum())}
    for name, label in _RATES:
        areas = right_answers(table.truth, decision, label=label)
        found[name] = mean_of_readers(areas, level).as_dict()
        own = getattr(points, name)
        found[f"mean_{name}"] = float(np.nanmean(own)) if np.isfinite(own).any() else None
    return found


def _cases_of_all(table: ReadingTable, level: float) -> dict[str, Any]:
    """Only the cases that every complete reader graded."""
    decision = table.decision[table.complete]
    graded = (decision != MISSING).all(axis=0)
    head = {"scenario": "cases_graded_by_all", "readers": int(decision.shape[0])}
    rates = {
        name: _rate_on(table.truth[graded], decision[:, graded], label, level)
        for name, label in _RATES
    }
    # Every reader has the same weight here.
    means = {f"mean_{name}": rate["value"] for name, rate in rates.items()}
    return {**head, "answers": int(graded.sum()) * decision.shape[0], **rates, **means}


def _rate_on(
    truth: NDArray[np.int64], decision: Decisions, label: int, level: float
) -> dict[str, Any]:
    if not (truth == label).any():
        return Estimate.undefined(_NO_CASE, "", level=level).as_dict()
    return mean_of_readers(right_answers(truth, decision, label=label), level).as_dict()


def _readers(table: ReadingTable) -> list[dict[str, Any]]:
    """The readers who left something out."""
    asked, unanswered, complete = _asked(table), _unanswered(table), table.complete
    rows = zip(table.readers, asked, table.not_assessable, unanswered, complete, strict=True)
    return [
        {
            "code": reader.code,
            "group": reader.group,
            "asked": int(own.sum()),
            "not_assessable": int(skipped.sum()),
            "unanswered": int(none.sum()),
            "complete": bool(is_complete),
        }
        for reader, own, skipped, none, is_complete in rows
        if skipped.any() or none.any()
    ]
