"""Readers' operating points, and a curve matched to them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import overload

import numpy as np
from numpy.typing import ArrayLike

from readerstudy.stats.inputs import checked_decisions, checked_readings, checked_truth, read_only
from readerstudy.stats.result import BoolArray, FloatArray, IntArray, Spread, StatisticsInputError
from readerstudy.stats.roc import SAME_RATE, RocCurve, checked_rates, empirical_roc, snapped
from readerstudy.stats.summary import mean_and_range


class MatchingRule(StrEnum):
    """How a point of the empirical curve is matched to a rate that no threshold reaches exactly.

    Interpolated: on the polygon; where several points have the rate, the best other rate (as pROC does).
    Next: the empirical point with the smallest matched rate that is at least the target; then the best other rate.
    Nearest: the empirical point with the nearest matched rate; at equal distance the higher; then the best other rate.
    """

    INTERPOLATED = "interpolated"
    NEXT = "next"
    NEAREST = "nearest"


@dataclass(frozen=True, eq=False)
class ReaderPoints:
    """Every reader's 2 × 2 table and rates, arrays (J,). A rate without a single answer is NaN and not `defined`."""

    sensitivity: FloatArray
    specificity: FloatArray
    tp: IntArray
    fn: IntArray
    tn: IntArray
    fp: IntArray

    @property
    def n_positive(self) -> IntArray:
        """Positive cases that each reader answered."""
        return self.tp + self.fn

    @property
    def n_negative(self) -> IntArray:
        """Negative cases that each reader answered."""
        return self.tn + self.fp

    @property
    def defined(self) -> BoolArray:
        """Which readers answered at least one case of each class."""
        return np.asarray((self.n_positive > 0) & (self.n_negative > 0))


@dataclass(frozen=True, eq=False)
class Matched:
    """The curve's rate at a matched point: each training run's (R,), and their mean and range."""

    spread: Spread
    per_run: FloatArray
    rule: MatchingRule


def reader_points(truth: ArrayLike, decisions: ArrayLike) -> ReaderPoints:
    """Operating points of J readers from decisions (J, K): 1 positive, 0 negative, −1 missing.

    Raises StatisticsInputError for other values, for shapes that do not fit and for a missing class.
    """
    labels = checked_truth(truth)
    choice = checked_decisions(decisions, labels.size)
    positive, negative = choice[:, labels == 1], choice[:, labels == 0]
    tp, fn = _count(positive, 1), _count(positive, 0)
    tn, fp = _count(negative, 0), _count(negative, 1)
    return ReaderPoints(_share(tp, fn), _share(tn, fp), tp, fn, tn, fp)


def _count(decisions: IntArray, decision: int) -> IntArray:
    return read_only(np.asarray((decisions == decision).sum(axis=1)))


def _share(right: IntArray, wrong: IntArray) -> FloatArray:
    total = right + wrong
    return read_only(np.divide(right, total, out=np.full(total.shape, np.nan), where=total > 0))


@overload
def sensitivity_at_specificity(
    curve: RocCurve, specificity: float, rule: str = MatchingRule.INTERPOLATED
) -> float: ...
@overload
def sensitivity_at_specificity(
    curve: RocCurve, specificity: FloatArray, rule: str = MatchingRule.INTERPOLATED
) -> FloatArray: ...
def sensitivity_at_specificity(
    curve: RocCurve, specificity: float | FloatArray, rule: str = MatchingRule.INTERPOLATED
) -> float | FloatArray:
    """Sensitivity of the curve at a specificity, or at each of an array; see `MatchingRule`.

    Raises StatisticsInputError for a rate outside 0 to 1 and for an unknown rule.
    """
    return _matched(curve.specificity, curve.tpf, specificity, rule)


@overload
def specificity_at_sensitivity(
    curve: RocCurve, sensitivity: float, rule: str = MatchingRule.INTERPOLATED
) -> float: ...
@overload
def specificity_at_sensitivity(
    curve: RocCurve, sensitivity: FloatArray, rule: str = MatchingRule.INTERPOLATED
) -> FloatArray: ...
def specificity_at_sensitivity(
    curve: RocCurve, sensitivity: float | FloatArray, rule: str = MatchingRule.INTERPOLATED
) -> float | FloatArray:
    """Specificity of the curve at a sensitivity, or at each of an array; see `MatchingRule`.

    Raises StatisticsInputError for a rate outside 0 to 1 and for an unknown rule.
    """
    return _matched(curve.tpf, curve.specificity, sensitivity, rule)


def matching_rule(name: str) -> MatchingRule:
    """The rule of this name. Raises StatisticsInputError for an unknown one."""
    try:
        return MatchingRule(name)
    except ValueError as error:
        names = ", ".join(rule.value for rule in MatchingRule)
        raise StatisticsInputError(
            f"The matching rule must be one of {names}, not {name}."
        ) from error


def _matched(
    matched: FloatArray, other: FloatArray, target: float | FloatArray, rule: str
) -> float | FloatArray:
    """`other` where `matched` meets the target; equal values of `matched` count with their largest `other`."""
    chosen = matching_rule(rule)
    levels, inverse = np.unique(matched, return_inverse=True)
    best, worst = np.full(levels.size, -np.inf), np.full(levels.size, np.inf)
    np.maximum.at(best, inverse, other)
    np.minimum.at(worst, inverse, other)
    at = snapped(checked_rates(target), levels)
    upper = np.clip(np.searchsorted(levels, at, side="left"), 0, levels.size - 1)
    lower = np.maximum(upper - 1, 0)
    share = _share_of_gap(at, levels[lower], levels[upper])
    if chosen is MatchingRule.NEXT:
        found = best[upper]
    elif chosen is MatchingRule.NEAREST:
        found = best[np.where(share < 0.5 - SAME_RATE, lower, upper)]
    else:
        # `other` falls as `matched` rises: the line leaves the lower level at its worst, reaches the upper at its best.
        line = worst[lower] + share * (best[upper] - worst[lower])
        found = np.where(share == 1, best[upper], line)
    return float(found) if np.ndim(target) == 0 else np.asarray(found)


def _share_of_gap(at: FloatArray, lower: FloatArray, upper: FloatArray) -> FloatArray:
    """How far `at` lies on the way from the lower to the upper level; 1 where it is the upper one."""
    gap = upper - lower
    return np.divide(at - lower, gap, out=np.ones_like(at), where=gap > 0)


def matched_over_runs(
    truth: ArrayLike,
    scores: ArrayLike,
    target: float,
    *,
    of: str,
    rule: str = MatchingRule.INTERPOLATED,
) -> Matched:
    """The rate `of` ("specificity" or "sensitivity") of each run's curve at the other rate's `target`.

    `scores` is (R, K), one row per training run, or (K,). Raises StatisticsInputError for an unknown rate or rule.
    """
    if of not in {"specificity", "sensitivity"}:
        raise StatisticsInputError(f"The rate must be specificity or sensitivity, not {of}.")
    read = specificity_at_sensitivity if of == "specificity" else sensitivity_at_specificity
    labels, runs = checked_readings(truth, scores)
    per_run = np.array([read(empirical_roc(labels, run), target, rule) for run in runs])
    return Matched(mean_and_range(per_run), read_only(per_run), matching_rule(rule))
