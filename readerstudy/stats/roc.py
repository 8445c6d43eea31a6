"""The empirical ROC curve and its area."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata

from readerstudy.stats.inputs import checked_readings, numbers, read_only
from readerstudy.stats.result import FloatArray, IntArray, StatisticsInputError

# Rates are fractions of case counts, so two that differ by less differ by rounding alone.
SAME_RATE = 1e-12


@dataclass(frozen=True, eq=False)
class RocCurve:
    """The points (FPF, TPF) of "score >= threshold" for every distinct score, from (0, 0) to (1, 1)."""

    fpf: FloatArray
    tpf: FloatArray
    threshold: FloatArray
    n_positive: int
    n_negative: int

    @property
    def specificity(self) -> FloatArray:
        """True negatives by negatives: the same floating-point numbers as a reader's own specificity."""
        false_positives = np.rint(self.fpf * self.n_negative)
        return np.asarray((self.n_negative - false_positives) / self.n_negative)

    @property
    def auc(self) -> float:
        """The area under the polygon; equal to the Wilcoxon statistic."""
        return float(np.trapezoid(self.tpf, self.fpf))


@dataclass(frozen=True, eq=False)
class AverageCurve:
    """Mean, lowest and highest TPF of several curves at each FPF of a grid."""

    fpf: FloatArray
    mean: FloatArray
    low: FloatArray
    high: FloatArray


def checked_reading(truth: ArrayLike, score: ArrayLike) -> tuple[IntArray, FloatArray]:
    """Truth and the scores of one reading, both (K,). Raises StatisticsInputError as `checked_readings`."""
    labels, values = checked_readings(truth, score)
    if np.ndim(score) != 1:
        raise StatisticsInputError(
            f"One reading must be one list of scores, not {np.shape(score)}."
        )
    return labels, values[0]


def empirical_roc(truth: ArrayLike, score: ArrayLike) -> RocCurve:
    """The empirical ROC curve of one reader or run; larger scores are more suspicious.

    Raises StatisticsInputError for one class only, unequal lengths, truth other than 0 and 1, scores not finite.
    """
    labels, values = checked_reading(truth, score)
    order = np.argsort(-values, kind="stable")
    ordered, positive = values[order], labels[order]
    last_of_run = np.append(np.flatnonzero(ordered[1:] != ordered[:-1]), ordered.size - 1)
    true_positives = np.cumsum(positive)[last_of_run]
    false_positives = last_of_run + 1 - true_positives
    n_positive = int(labels.sum())
    n_negative = labels.size - n_positive
    return RocCurve(
        fpf=read_only(np.append(0.0, false_positives / n_negative)),
        tpf=read_only(np.append(0.0, true_positives / n_positive)),
        threshold=read_only(np.append(np.inf, ordered[last_of_run])),
        n_positive=n_positive,
        n_negative=n_negative,
    )


def auc(truth: ArrayLike, score: ArrayLike) -> float:
    """The area under the empirical curve by mid-ranks (Bamber; the Wilcoxon statistic)."""
    labels, values = checked_reading(truth, score)
    n_positive = int(labels.sum())
    ranks = rankdata(values)[labels == 1].sum()
    return float(
        (ranks - n_positive * (n_positive + 1) / 2) / (n_positive * (labels.size - n_positive))
    )


def snapped(rates: FloatArray, levels: FloatArray) -> FloatArray:
    """`rates`, where a rate that equals one of the sorted `levels` but for rounding becomes that level.

    Without it a mean of readers or a grid point one unit in the last place off would miss the end of a vertical
    piece, and be matched to the wrong end.
    """
    above = np.clip(np.searchsorted(levels, rates), 0, levels.size - 1)
    below = np.maximum(above - 1, 0)
    nearest = np.where(rates - levels[below] < levels[above] - rates, levels[below], levels[above])
    return np.asarray(np.where(np.abs(rates - nearest) <= SAME_RATE, nearest, rates))


def checked_rates(rates: ArrayLike) -> FloatArray:
    """Any array of fractions. Raises StatisticsInputError unless all lie between 0 and 1."""
    values = numbers(rates, "Rates")
    if not ((values >= 0) & (values <= 1)).all():
        raise StatisticsInputError("A rate to match must lie between 0 and 1.")
    return values


def tpf_at(curve: RocCurve, fpf: ArrayLike) -> FloatArray:
    """TPF on the polygon at each FPF; on a vertical piece the largest. Raises StatisticsInputError outside 0 to 1."""
    at = snapped(checked_rates(fpf), curve.fpf)
    # The last point at or left of it is the top of its vertical piece; the next one is the foot of the following.
    left = np.searchsorted(curve.fpf, at, side="right") - 1
    right = np.minimum(left + 1, curve.fpf.size - 1)
    width = curve.fpf[right] - curve.fpf[left]
    share = np.divide(at - curve.fpf[left], width, out=np.zeros_like(at), where=width > 0)
    return np.asarray(curve.tpf[left] + share * (curve.tpf[right] - curve.tpf[left]))


def average_curve(curves: Sequence[RocCurve], grid: ArrayLike) -> AverageCurve:
    """The vertical average of several curves over `grid` (M,) of FPF, with the lowest and the highest TPF.

    Raises StatisticsInputError for no curves and for a grid outside 0 to 1.
    """
    if not curves:
        raise StatisticsInputError("There are no curves to average.")
    at = checked_rates(grid)
    heights = np.stack([tpf_at(curve, at) for curve in curves])
    return AverageCurve(at, heights.mean(axis=0), heights.min(axis=0), heights.max(axis=0))
