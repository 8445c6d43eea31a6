"""Summaries over readers or training runs: mean and range, and the intervals of a mean over readers."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import t

from readerstudy.stats.covariance import ZERO_VARIANCE
from readerstudy.stats.hillis import ReaderMean, mean_over_random_readers
from readerstudy.stats.inputs import MISSING, check_level, checked_decisions, numbers
from readerstudy.stats.reader_means import mean_covariance
from readerstudy.stats.result import Estimate, FloatArray, Spread, StatisticsInputError

READERS_RANDOM = "Student's t; readers random, cases fixed; n = readers"
BOTH_RANDOM = (
    "Obuchowski-Rockette with Hillis df, one modality, jackknife covariance; readers and cases random; "
    "clipped to [0, 1]; n = readers"
)


def mean_and_range(values: ArrayLike) -> Spread:
    """The "mean (range)" over readers or training runs.

    Raises StatisticsInputError for no values and for a value that is not a finite number.
    """
    array = _checked_values(values)
    if array.size == 0:
        raise StatisticsInputError("There are no values to average.")
    sd = float(array.std(ddof=1)) if array.size > 1 else None
    return Spread(float(array.mean()), float(array.min()), float(array.max()), sd, int(array.size))


def t_interval_of_mean(values: ArrayLike, level: float = 0.95) -> Estimate:
    """Mean of n readers' values with Student's interval, which generalises to readers but to no other cases."""
    check_level(level)
    array = _checked_values(values)
    n = int(array.size)
    value = float(array.mean()) if n else None
    if n < 2 or value is None:  # noqa: PLR2004 (a variance needs two)
        reason = "An interval over readers needs two readers."
        return Estimate.undefined(reason, READERS_RANDOM, value=value, n=n, level=level)
    variance = float(array.var(ddof=1))
    if variance < ZERO_VARIANCE:
        reason = "All readers have the same value: the variance between readers is zero."
        return Estimate.undefined(reason, READERS_RANDOM, value=value, n=n, se=0.0, level=level)
    se = float(np.sqrt(variance / n))
    half = float(t.isf((1 - level) / 2, n - 1)) * se
    return Estimate(
        value, value - half, value + half, READERS_RANDOM, n=n, se=se, df=float(n - 1), level=level
    )


def random_reader_random_case_interval(correct: ArrayLike, level: float = 0.95) -> Estimate:
    """Mean over J readers of the share of correct answers, from 1/0 (J, K), with its interval.

    For sensitivity pass the positive cases only, for specificity the negative ones. MS(R) is the variance of the
    readers' shares and Cov2 the mean sample covariance of two readers' answers by K (Hillis, Stat Med 2007;26:596).
    Without an interval, and with the reason, for a missing answer (−1), one reader, one case, or no variance.
    """
    check_level(level)
    table = checked_decisions(correct)
    J, K = table.shape
    missing = int((table == MISSING).sum())
    if missing or not table.size:
        reason = (
            f"{missing} of {table.size} answers are missing: every reader must have read every case."
            if missing
            else "There are no answers."
        )
        return Estimate.undefined(reason, BOTH_RANDOM, n=J, level=level)
    shares = np.asarray(table.mean(axis=1))
    if K < 2:  # noqa: PLR2004 (a variance needs two)
        return Estimate.undefined(
            "With one case the variance between cases cannot be estimated.",
            BOTH_RANDOM, value=float(shares.mean()), n=J, level=level,
        )  # fmt: skip
    return _clipped(mean_over_random_readers(shares, mean_covariance(table)), J, level)


def _clipped(mean: ReaderMean, J: int, level: float) -> Estimate:
    half = mean.half_width(level)
    if half is None:
        return Estimate.undefined(mean.reason or "", BOTH_RANDOM, value=mean.mean, n=J, level=level)
    low, high = max(mean.mean - half, 0.0), min(mean.mean + half, 1.0)
    return Estimate(
        mean.mean, low, high, BOTH_RANDOM,
        n=J, se=mean.se, df=mean.df, level=level, reason=mean.reason,
    )  # fmt: skip


def _checked_values(values: ArrayLike) -> FloatArray:
    array = numbers(values, "Values").ravel()
    if not np.isfinite(array).all():
        place = int(np.flatnonzero(~np.isfinite(array))[0])
        raise StatisticsInputError(f"Value {place + 1} is {array[place]}, not a finite number.")
    return array
