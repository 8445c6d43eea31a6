"""Readers' operating points, and the CNN matched to them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from readerstudy.stats.result import FloatArray, Spread, StatisticsInputError, mean_and_range
from readerstudy.stats.roc import RocCurve, check_truth, empirical_roc

IntArray = NDArray[np.int64]


class MatchingRule(StrEnum):
    """How a point of the empirical curve is matched to a rate that no threshold reaches exactly."""

    INTERPOLATED = "interpolated"
    NEXT = "next"
    NEAREST = "nearest"


@dataclass(frozen=True)
class ReaderPoints:
    """Every reader's 2 × 2 table and rates, arrays (J,). A rate without a single answer is NaN."""

    sensitivity: FloatArray
    specificity: FloatArray
    tp: IntArray
    fn: IntArray
    tn: IntArray
    fp: IntArray


@dataclass(frozen=True)
class Matched:
    """The CNN's rate at a matched point: each training run's, and their mean and range."""

    spread: Spread
    per_run: FloatArray
    rule: MatchingRule


@dataclass(frozen=True)
class ReaderComparison:
    """For how many readers a curve lies above the reader's point: in both rates, in one, in neither."""

    both: int
    one: int
    neither: int

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


def reader_points(truth: ArrayLike, decisions: ArrayLike) -> ReaderPoints:
    """Operating points of J readers from decisions (J, K): 1 positive, 0 negative, -1 missing."""
    labels, choice = np.asarray(truth), np.asarray(decisions)
    check_truth(labels)
    positive, negative = choice[:, labels == 1], choice[:, labels == 0]
    tp, fn = (positive == 1).sum(axis=1), (positive == 0).sum(axis=1)
    tn, fp = (negative == 0).sum(axis=1), (negative == 1).sum(axis=1)
    return ReaderPoints(_share(tp, fn), _share(tn, fp), tp, fn, tn, fp)


def _share(right: IntArray, wrong: IntArray) -> FloatArray:
    total = right + wrong
    return np.divide(right, total, out=np.full(total.shape, np.nan), where=total > 0)


def sensitivity_at_specificity(
    curve: RocCurve, specificity: ArrayLike, rule: MatchingRule = MatchingRule.INTERPOLATED
) -> FloatArray:
    """Sensitivity of the curve at each specificity.

    Interpolated: on the polygon, on a vertical piece the largest (as pROC does). Next: at the empirical point with the
    smallest specificity that is at least the target. Nearest: at the point with the nearest specificity.
    """
    return _matched(1 - curve.fpf, curve.tpf, specificity, rule)


def specificity_at_sensitivity(
    curve: RocCurve, sensitivity: ArrayLike, rule: MatchingRule = MatchingRule.INTERPOLATED
) -> FloatArray:
    """Specificity of the curve at each sensitivity; rules as for `sensitivity_at_specificity`, axes exchanged."""
    return _matched(curve.tpf, 1 - curve.fpf, sensitivity, rule)


def _matched(
    matched: FloatArray, other: FloatArray, target: ArrayLike, rule: MatchingRule
) -> FloatArray:
    """`other` where `matched` meets the target; equal values of `matched` count with their largest `other`."""
    at = np.asarray(target, dtype=np.float64)
    if not ((at >= 0) & (at <= 1)).all():
        raise StatisticsInputError("A rate to match must lie between 0 and 1.")
    levels, inverse = np.unique(matched, return_inverse=True)
    best, worst = np.full(levels.size, -np.inf), np.full(levels.size, np.inf)
    np.maximum.at(best, inverse, other)
    np.minimum.at(worst, inverse, other)
    upper = np.clip(np.searchsorted(levels, at, side="left"), 0, levels.size - 1)
    lower = np.maximum(upper - 1, 0)
    if rule is MatchingRule.NEXT:
        return np.asarray(best[upper])
    if rule is MatchingRule.NEAREST:
        # At equal distance the higher rate is matched.
        return np.asarray(best[np.where(at - levels[lower] < levels[upper] - at, lower, upper)])
    return _on_polygon(levels, best, worst, at, lower, upper)


def _on_polygon(
    levels: FloatArray,
    best: FloatArray,
    worst: FloatArray,
    at: FloatArray,
    lower: NDArray[np.intp],
    upper: NDArray[np.intp],
) -> FloatArray:
    # `other` falls as `matched` rises: the line leaves the lower level at its worst and reaches the upper at its best.
    width = levels[upper] - levels[lower]
    share = np.divide(at - levels[lower], width, out=np.ones_like(at), where=width > 0)
    line = worst[lower] + share * (best[upper] - worst[lower])
    return np.asarray(np.where(levels[upper] == at, best[upper], line))


def matched_over_runs(
    truth: ArrayLike,
    scores: ArrayLike,
    target: float,
    *,
    of: str,
    rule: MatchingRule = MatchingRule.INTERPOLATED,
) -> Matched:
    """The rate `of` ("specificity" or "sensitivity") of each run's curve at the other rate's `target`."""
    read = {"specificity": specificity_at_sensitivity, "sensitivity": sensitivity_at_specificity}[
        of
    ]
    per_run = np.array(
        [float(read(empirical_roc(truth, run), target, rule)) for run in np.atleast_2d(scores)]
    )
    return Matched(mean_and_range(per_run), per_run, rule)


def compare_with_readers(
    curves: Sequence[RocCurve], points: ReaderPoints
) -> tuple[list[ReaderComparison], ReaderComparison]:
    """How many readers each run beats, and how many the mean of the runs beats.

    A run beats a reader in specificity when its specificity at the reader's own sensitivity is strictly larger than
    the reader's, and in sensitivity likewise; equality counts as not better.
    """
    specificities = np.stack(
        [specificity_at_sensitivity(curve, points.sensitivity) for curve in curves]
    )
    sensitivities = np.stack(
        [sensitivity_at_specificity(curve, points.specificity) for curve in curves]
    )
    each = [
        _count(row, column, points)
        for row, column in zip(specificities, sensitivities, strict=True)
    ]
    return each, _count(specificities.mean(axis=0), sensitivities.mean(axis=0), points)


def _count(
    specificity: FloatArray, sensitivity: FloatArray, points: ReaderPoints
) -> ReaderComparison:
    # The tolerance keeps rounding from turning a tie into a win.
    wins = (specificity > points.specificity + 1e-12).astype(int) + (
        sensitivity > points.sensitivity + 1e-12
    )
    return ReaderComparison(int((wins == 2).sum()), int((wins == 1).sum()), int((wins == 0).sum()))  # noqa: PLR2004 (two rates)
