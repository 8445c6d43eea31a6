"""The empirical ROC curve and its area."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

from readerstudy.stats.result import FloatArray, StatisticsInputError

IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class RocCurve:
    """The points (FPF, TPF) of "score >= threshold" for every distinct score, from (0, 0) to (1, 1)."""

    fpf: FloatArray
    tpf: FloatArray
    threshold: FloatArray
    n_positive: int
    n_negative: int

    @property
    def auc(self) -> float:
        """The area under the polygon; equal to the Wilcoxon statistic."""
        return float(np.trapezoid(self.tpf, self.fpf))


@dataclass(frozen=True)
class AverageCurve:
    """Mean, lowest and highest TPF of several curves at each FPF of a grid."""

    fpf: FloatArray
    mean: FloatArray
    low: FloatArray
    high: FloatArray


def check_truth_and_score(truth: ArrayLike, score: ArrayLike) -> tuple[IntArray, FloatArray]:
    """Both as arrays (K,). Raises StatisticsInputError unless truth is 0 and 1, both present, and scores are finite."""
    labels, values = np.asarray(truth), np.asarray(score, dtype=np.float64)
    if labels.shape != values.shape or labels.ndim != 1:
        raise StatisticsInputError(
            f"Truth has shape {labels.shape} and scores {values.shape}: they must be equally long lists."
        )
    check_truth(labels)
    if not np.isfinite(values).all():
        place = int(np.flatnonzero(~np.isfinite(values))[0])
        raise StatisticsInputError(
            f"The score of case {place} is {values[place]}, not a finite number."
        )
    return labels.astype(np.int64), values


def check_truth(labels: NDArray[np.generic]) -> None:
    """Raises StatisticsInputError unless there are positive and negative cases and nothing else."""
    if not np.isin(labels, (0, 1)).all():
        raise StatisticsInputError("Truth must be 1 for positive and 0 for negative cases.")
    for value, name in ((1, "positive"), (0, "negative")):
        if not (labels == value).any():
            raise StatisticsInputError(f"There is no {name} case.")


def empirical_roc(truth: ArrayLike, score: ArrayLike) -> RocCurve:
    """The empirical ROC curve of one reader or run; larger scores are more suspicious."""
    labels, values = check_truth_and_score(truth, score)
    order = np.argsort(-values, kind="stable")
    ordered, positive = values[order], labels[order]
    last_of_run = np.append(np.flatnonzero(np.diff(ordered)), ordered.size - 1)
    true_positives = np.cumsum(positive)[last_of_run]
    false_positives = last_of_run + 1 - true_positives
    n_positive = int(labels.sum())
    n_negative = labels.size - n_positive
    return RocCurve(
        fpf=np.append(0.0, false_positives / n_negative),
        tpf=np.append(0.0, true_positives / n_positive),
        threshold=np.append(np.inf, ordered[last_of_run]),
        n_positive=n_positive,
        n_negative=n_negative,
    )


def auc(truth: ArrayLike, score: ArrayLike) -> float:
    """The area under the empirical curve by mid-ranks (Bamber; the Wilcoxon statistic)."""
    labels, values = check_truth_and_score(truth, score)
    n_positive = int(labels.sum())
    ranks = rankdata(values)[labels == 1].sum()
    return float(
        (ranks - n_positive * (n_positive + 1) / 2) / (n_positive * (labels.size - n_positive))
    )


def tpf_at(curve: RocCurve, fpf: ArrayLike) -> FloatArray:
    """TPF on the polygon at each FPF; on a vertical piece the largest."""
    at = np.asarray(fpf, dtype=np.float64)
    # The last point at or left of it is the top of its vertical piece; the next one is the foot of the following.
    left = np.searchsorted(curve.fpf, at, side="right") - 1
    right = np.minimum(left + 1, curve.fpf.size - 1)
    width = curve.fpf[right] - curve.fpf[left]
    share = np.divide(at - curve.fpf[left], width, out=np.zeros_like(at), where=width > 0)
    heights: FloatArray = curve.tpf[left] + share * (curve.tpf[right] - curve.tpf[left])
    return heights


def average_curve(curves: Sequence[RocCurve], grid: ArrayLike) -> AverageCurve:
    """The vertical average of several curves over `grid` (M,), with the lowest and the highest."""
    at = np.asarray(grid, dtype=np.float64)
    heights = np.stack([tpf_at(curve, at) for curve in curves])
    return AverageCurve(at, heights.mean(axis=0), heights.min(axis=0), heights.max(axis=0))
