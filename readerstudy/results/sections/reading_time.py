"""Time to the decision (E9): by reader, group, right and wrong answers, and along the order of the cases."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from readerstudy import stats
from readerstudy.results.sections.errors import NotComputableError
from readerstudy.results.sections.two_way import slope
from readerstudy.results.table import MISSING, ReadingTable
from readerstudy.stats import Estimate

Numbers = NDArray[np.float64]
Mask = NDArray[np.bool_]
_METHOD = (
    "Medians and quartiles of seconds from the photograph to the decision, of answers that nothing disturbed. Wrong against right: "
    "each reader's difference of mean log time, averaged, Student's t over readers, as a ratio; once more with a constant for each reader and each case. Order: log time (or right "
    "answer, 1 or 0) on the place in the order by ordinary least squares with a constant for each reader and each case, "
    "interval by a jackknife over readers; both slopes are given over ten places, the log one as a ratio."
)
_STEPS = 10
_NONE = "No time to the decision was measured."
_NO_PLACES = "The order of the cases is not known."


def reading_time(table: ReadingTable) -> dict[str, Any]:
    """Times in seconds. Raises NotComputableError where none was measured."""
    measured = ~np.isnan(table.milliseconds) & (table.milliseconds > 0)
    if not measured.any():
        raise NotComputableError(_NONE)
    used = measured if table.undisturbed is None else measured & table.undisturbed
    if not used.any():
        raise NotComputableError("Every time that was measured was disturbed.")
    seconds = np.where(used, table.milliseconds / 1000, np.nan)
    level = 1 - table.plan.alpha
    return {
        "method": _METHOD,
        "estimands": ["E9"],
        "excluded": _excluded(table, measured, used),
        "all": _summary(seconds),
        "readers": _by_reader(table, seconds),
        "groups": _by_group(table, seconds),
        "outcomes": _by_outcome(table, seconds),
        "wrong_against_right": _wrong_against_right(table, seconds, level),
        "wrong_against_right_of_a_case": _within_cases(table, seconds, level),
        "order": _order(table, seconds, level),
    }


def _excluded(table: ReadingTable, measured: Mask, used: Mask) -> dict[str, Any]:
    """How many answers have no time or one that something disturbed."""
    answered = (table.decision != MISSING) | table.not_assessable
    total, disturbed = int(answered.sum()), int((measured & ~used).sum())
    known = table.undisturbed is not None
    return {
        "answers": total,
        "without_time": int((answered & ~measured).sum()),
        "disturbed": disturbed if known else None,
        "share_disturbed": disturbed / total if known and total else None,
        "reason": None if known else "It is not known which answers were disturbed: all times are used.",
    }  # fmt: skip


def _summary(seconds: Numbers) -> dict[str, Any]:
    """Number, median and quartiles of the times that are there."""
    known = seconds[~np.isnan(seconds)]
    if not known.size:
        return {"n": 0, "median": None, "low": None, "high": None, "reason": "There is no time."}
    low, median, high = np.percentile(known, (25, 50, 75)).tolist()
    return {"n": int(known.size), "median": median, "low": low, "high": high, "reason": None}


def _by_reader(table: ReadingTable, seconds: Numbers) -> list[dict[str, Any]]:
    rows = zip(table.readers, seconds, strict=True)
    return [{"code": reader.code, "group": reader.group, **_summary(row)} for reader, row in rows]


def _by_group(table: ReadingTable, seconds: Numbers) -> list[dict[str, Any]]:
    groups = np.array([reader.group for reader in table.readers])
    present = [name for name in table.group_order if (groups == name).any()]
    return [
        {"name": name, "readers": int((groups == name).sum()), **_summary(seconds[groups == name])}
        for name in present
    ]


def _by_outcome(table: ReadingTable, seconds: Numbers) -> list[dict[str, Any]]:
    """Right and wrong answers to malignant and benign cases."""
    graded = table.decision != MISSING
    right = table.decision == table.truth
    return [
        {
            "malignant": bool(label),
            "right": is_right,
            **_summary(seconds[graded & (right == is_right) & (table.truth == label)]),
        }
        for label in (1, 0)
        for is_right in (True, False)
    ]


def _wrong_against_right(table: ReadingTable, seconds: Numbers, level: float) -> dict[str, Any]:
    """The ratio of the geometric mean time of wrong to right answers within readers."""
    logs, graded = np.log(seconds), (table.decision != MISSING) & ~np.isnan(seconds)
    right, wrong = (
        graded & (table.decision == table.truth),
        graded & (table.decision != table.truth),
    )
    both = right.any(axis=1) & wrong.any(axis=1)
    means = [_row_means(logs[both], side[both]) for side in (wrong, right)]
    return as_ratio(stats.t_interval_of_mean(means[0] - means[1], level))


def _within_cases(table: ReadingTable, seconds: Numbers, level: float) -> dict[str, Any]:
    """The same ratio with the cases held: a hard case takes longer, whoever is right on it."""
    wrong = np.where(table.decision != MISSING, table.decision != table.truth, np.nan)
    return as_ratio(slope(np.log(seconds), wrong, level))


def _row_means(values: Numbers, where: Mask) -> Numbers:
    return np.asarray(np.where(where, values, 0.0).sum(axis=1) / where.sum(axis=1))


def as_ratio(found: Estimate, times: float = 1.0) -> dict[str, Any]:
    """An estimate on the log scale, `times` as large, as a ratio; its standard error stays on the log scale."""
    ends = {name: getattr(found, name) for name in ("value", "low", "high")}
    ratio = {name: None if end is None else float(np.exp(times * end)) for name, end in ends.items()}  # fmt: skip
    return {**found.as_dict(), **ratio}


def _order(table: ReadingTable, seconds: Numbers, level: float) -> dict[str, Any]:
    """By tenth of the order, and the slopes along it."""
    if table.place is None or np.isnan(table.place).all():
        return {"reason": _NO_PLACES}
    logs = np.log(seconds)
    right = np.where(table.decision != MISSING, table.decision == table.truth, np.nan)
    slopes = {"time": slope(logs, table.place, level), "right": slope(right, table.place, level)}
    fitted = {
        "fitted_seconds": np.exp(_line(slopes["time"], logs, table.place)),
        "fitted_right": _line(slopes["right"], right, table.place),
    }
    return {
        "tenths": [
            _tenth(number, table.place, seconds, right, fitted) for number in range(1, _STEPS + 1)
        ],
        "time_ratio": as_ratio(slopes["time"], _STEPS),
        "right_change": _times(slopes["right"], _STEPS),
        "per_places": _STEPS,
        "reason": None,
    }


def _times(found: Estimate, times: float) -> dict[str, Any]:
    """An estimate with its standard error and interval, `times` as large."""
    ends = {name: getattr(found, name) for name in ("value", "low", "high", "se")}
    larger = {name: None if end is None else times * end for name, end in ends.items()}
    return {**found.as_dict(), **larger}


def _line(found: Estimate, values: Numbers, place: Numbers) -> Numbers:
    """The fitted line at every place (J, K), through the means of place and value; NaN where there is no slope."""
    known = ~(np.isnan(values) | np.isnan(place))
    if found.value is None:
        return np.full(place.shape, np.nan)
    return np.asarray(values[known].mean() + found.value * (place - place[known].mean()))


def _tenth(
    number: int, place: Numbers, seconds: Numbers, right: Numbers, fitted: dict[str, Numbers]
) -> dict[str, Any]:
    """A tenth of each reader's own order, so that readers with fewer cases have ten of them too."""
    longest = np.maximum(np.nan_to_num(place).max(axis=1, keepdims=True), 1.0)
    own = np.ceil(np.nan_to_num(place) / longest * _STEPS) == number
    graded = int((own & ~np.isnan(right)).sum())
    return {
        "tenth": number,
        **_summary(seconds[own]),
        "graded": graded,
        "share_right": _mean(right[own]),
        **{name: _mean(values[own]) for name, values in fitted.items()},
    }


def _mean(values: Numbers) -> float | None:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else None
