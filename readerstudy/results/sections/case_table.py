"""Table 1: what is known of the cases, by truth, with what is not recorded."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from readerstudy.results.sections.levels import Factor, factors
from readerstudy.results.table import ReadingTable

Mask = NDArray[np.bool_]
_METHOD = "Counts and shares of malignant, of benign and of all cases; age also as median and quartiles of those recorded."
_NO_AGE = "No age is recorded."


def case_table(table: ReadingTable) -> dict[str, Any]:
    """Every property of the cases by truth. Shares are of all cases of a column, those not recorded among them."""
    malignant = table.truth == 1
    return {
        "method": _METHOD,
        "estimands": [],
        "malignant": int(malignant.sum()),
        "benign": int((~malignant).sum()),
        "patients": _patients(table),
        "age": _age(table, malignant),
        "factors": [_factor(factor, malignant) for factor in factors(table)],
    }


def _patients(table: ReadingTable) -> int | None:
    """Different patients; None where it is not known of every case whose it is."""
    known = [case.patient for case in table.cases if case.patient is not None]
    return len(set(known)) if known and len(known) == table.truth.size else None


def _factor(factor: Factor, malignant: Mask) -> dict[str, Any]:
    recorded = np.zeros(malignant.shape, np.bool_)
    for level in factor.levels:
        recorded |= level.cases
    rows = [{"level": level.name, **_counts(level.cases, malignant)} for level in factor.levels]
    return {
        "factor": factor.name,
        "levels": rows,
        "further_levels": factor.further[0],
        "other": _counts(~recorded & ~factor.is_missing, malignant),
        "not_recorded": _counts(factor.is_missing, malignant),
    }


def _columns(malignant: Mask) -> list[tuple[str, Mask]]:
    return [("malignant", malignant), ("benign", ~malignant), ("all", np.ones_like(malignant))]


def _counts(cases: Mask, malignant: Mask) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, column in _columns(malignant):
        count, total = int((cases & column).sum()), int(column.sum())
        found[name], found[f"share_{name}"] = count, count / total if total else None
    return found


def _age(table: ReadingTable, malignant: Mask) -> dict[str, Any]:
    years = np.array(
        [np.nan if case.age_years is None else case.age_years for case in table.cases]
        or [np.nan] * table.truth.size
    )
    return {
        name: _quartiles(years[column & ~np.isnan(years)]) for name, column in _columns(malignant)
    }


def _quartiles(years: NDArray[np.float64]) -> dict[str, Any]:
    if not years.size:
        return {"n": 0, "median": None, "low": None, "high": None, "reason": _NO_AGE}
    low, median, high = np.percentile(years, (25, 50, 75)).tolist()
    return {"n": int(years.size), "median": median, "low": low, "high": high, "reason": None}
