"""Sensitivity at a specificity, and back, of one reading's empirical ROC curve, with an interval.

Bootstrap of the cases within each class (Efron and Tibshirani, An Introduction to the Bootstrap, Chapman and Hall 1993;
for these rates Platt, Hanley, Yang, Stat Med 2000;19:313), or the jackknife, with a caution: such a rate hangs on a
quantile, for which the jackknife variance is not consistent (Shao and Wu, Ann Stat 1989;17:1176).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from readerstudy.stats.covariance import TOO_FEW_CASES, ZERO_VARIANCE
from readerstudy.stats.figures import SensitivityAt, SpecificityAt
from readerstudy.stats.figures.base import named_choice
from readerstudy.stats.inputs import check_level
from readerstudy.stats.operating_points import MatchingRule
from readerstudy.stats.result import Estimate, FloatArray, IntArray, StatisticsInputError
from readerstudy.stats.roc import SAME_RATE, checked_reading
from readerstudy.stats.tails import quantile

REPLICATES = 2000
SEED = 20_240_501
_BLOCK = 2_000_000  # numbers held at once
_NO_SPREAD = "Every replicate has the same rate, which says nothing about the uncertainty."
_NO_VARIANCE = "Every delete-one rate is the same, which says nothing about the uncertainty."
_CAUTION = "The rate hangs on a quantile, for which the jackknife standard error is not consistent; prefer the bootstrap."


class RateInterval(StrEnum):
    """How the interval of a matched rate is found.

    Bootstrap: percentiles over replicates of the cases, drawn within each class. Jackknife: normal, clipped to [0, 1].
    """

    BOOTSTRAP = "bootstrap"
    JACKKNIFE = "jackknife"


@dataclass(frozen=True)
class Resampling:
    """How many bootstrap replicates, and the seed of their generator."""

    replicates: int = REPLICATES
    seed: int = SEED

    def __post_init__(self) -> None:
        """Raises StatisticsInputError for fewer than two replicates."""
        if self.replicates < 2:  # noqa: PLR2004 (a spread needs two)
            raise StatisticsInputError(f"A bootstrap needs two replicates, not {self.replicates}.")


def sensitivity_at_specificity_interval(
    truth: ArrayLike,
    score: ArrayLike,
    specificity: float,
    *,
    rule: str = MatchingRule.INTERPOLATED,
    interval: str = RateInterval.BOOTSTRAP,
    resampling: Resampling | None = None,
    level: float = 0.95,
) -> Estimate:
    """Sensitivity of one reading (K,) at a specificity by a `MatchingRule`, with its interval; n = cases.

    The standard error is that of the replicates or of the jackknife. No interval for a single case of a class and where
    nothing varies. Raises StatisticsInputError for a rate outside 0 to 1, unknown choices, and as `checked_readings`.
    """
    figure = SensitivityAt(specificity, rule)
    labels, values = checked_reading(truth, score)
    task = _Task(figure, labels, values, level)
    return _estimate(task, (labels, values, specificity), interval, resampling)


def specificity_at_sensitivity_interval(
    truth: ArrayLike,
    score: ArrayLike,
    sensitivity: float,
    *,
    rule: str = MatchingRule.INTERPOLATED,
    interval: str = RateInterval.BOOTSTRAP,
    resampling: Resampling | None = None,
    level: float = 0.95,
) -> Estimate:
    """Specificity of one reading (K,) at a sensitivity, with its interval; else as above."""
    figure = SpecificityAt(sensitivity, rule)
    labels, values = checked_reading(truth, score)
    task = _Task(figure, labels, values, level)
    # Looking for the healthy instead of the diseased turns the specificity into the sensitivity of the curve.
    return _estimate(task, (1 - labels, -values, sensitivity), interval, resampling)


@dataclass(frozen=True, eq=False)
class _Task:
    """What to estimate, from what, at which level."""

    figure: SensitivityAt | SpecificityAt
    labels: IntArray
    values: FloatArray
    level: float

    def without_interval(self, how: str) -> Estimate:
        """The rate by itself."""
        value = float(self.figure.values(self.labels, self.values)[0])
        method = f"{self.figure.method}; {how}; n = cases"
        return Estimate.undefined(TOO_FEW_CASES, method, value=value, n=self.labels.size, level=self.level)  # fmt: skip


def _estimate(
    task: _Task,
    turned: tuple[IntArray, FloatArray, float],
    interval: str,
    resampling: Resampling | None,
) -> Estimate:
    check_level(task.level)
    enough = np.bincount(task.labels).min() > 1
    if named_choice(RateInterval, interval, "interval") is RateInterval.JACKKNIFE:
        told = task.without_interval("jackknife, normal interval clipped to [0, 1]")
        return _by_jackknife(task, told) if enough else told
    drawn = resampling or Resampling()
    told = task.without_interval(f"percentiles of {drawn.replicates} stratified bootstrap replicates, seed {drawn.seed}")  # fmt: skip
    return _percentiles(told, replicates(*turned, task.figure.rule, drawn)) if enough else told


def _by_jackknife(task: _Task, told: Estimate) -> Estimate:
    left_out = task.figure.jackknife(task.labels, task.values)[1][0]
    variance, value = float(left_out.var() * (left_out.size - 1)), told.value or 0.0
    if variance < ZERO_VARIANCE:
        return replace(told, se=0.0, reason=_NO_VARIANCE)
    half = quantile(told.level) * math.sqrt(variance)
    low, high = max(value - half, 0.0), min(value + half, 1.0)
    return replace(told, se=math.sqrt(variance), low=low, high=high, reason=_CAUTION)


def _percentiles(told: Estimate, found: FloatArray) -> Estimate:
    if np.ptp(found) <= SAME_RATE:
        return replace(told, se=0.0, reason=_NO_SPREAD)
    tail = (1 - told.level) / 2
    low, high = (float(limit) for limit in np.quantile(found, [tail, 1 - tail]))
    return replace(told, se=float(found.std(ddof=1)), low=low, high=high, reason=None)


def replicates(
    labels: IntArray, values: FloatArray, specificity: float, rule: str, resampling: Resampling
) -> FloatArray:
    """The sensitivity at a specificity of each bootstrap replicate (B,).

    Drawing the cases of a class with replacement makes the counts of its distinct scores multinomial; they are drawn in
    blocks, so that no more than about two million are held at once.
    """
    code = np.unique(-values, return_inverse=True)[1]
    positive, negative = (np.bincount(code[labels == x], minlength=code.max() + 1) for x in (1, 0))
    first, second = np.random.default_rng(resampling.seed).spawn(2)
    found = [
        _sensitivities(_points(positive, first, size), _points(negative, second, size), specificity, rule)
        for size in _blocks(resampling.replicates, positive.size)
    ]  # fmt: skip
    return np.concatenate(found)


def _blocks(total: int, width: int) -> Iterator[int]:
    size = max(_BLOCK // width, 1)
    for start in range(0, total, size):
        yield min(size, total - start)


def _points(counts: IntArray, stream: np.random.Generator, size: int) -> IntArray:
    """Cases of a class called positive at each threshold of each replicate (size, P + 1), from 0."""
    drawn = stream.multinomial(counts.sum(), counts / counts.sum(), size=size)
    return np.hstack([np.zeros((size, 1), dtype=np.int64), np.cumsum(drawn, axis=1)])


def _sensitivities(tp: IntArray, fp: IntArray, specificity: float, rule: str) -> FloatArray:
    """Of curves given by counts (B, P + 1), by `MatchingRule`."""
    n_negative, row = int(fp[0, -1]), np.arange(fp.shape[0])
    exact = (1 - specificity) * n_negative
    at = round(exact) if abs(exact - round(exact)) <= SAME_RATE * n_negative else exact
    top = (fp <= at).sum(axis=1) - 1
    beyond = np.minimum(top + 1, fp.shape[1] - 1)
    gap, part = fp[row, beyond] - fp[row, top], at - fp[row, top]
    if rule == MatchingRule.INTERPOLATED:
        share = np.divide(part, gap, out=np.zeros(gap.shape), where=gap > 0)
        height = tp[row, top] + share * (tp[row, beyond] - tp[row, top])
    elif rule == MatchingRule.NEAREST:
        summit = (fp <= fp[row, beyond][:, np.newaxis]).sum(axis=1) - 1
        height = tp[row, np.where(gap - part < (0.5 - SAME_RATE) * gap, summit, top)]
    else:
        height = tp[row, top]
    return np.asarray(height / tp[0, -1])
