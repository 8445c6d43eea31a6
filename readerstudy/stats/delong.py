"""DeLong's covariance of AUCs, by mid-ranks.

DeLong, DeLong, Clarke-Pearson, Biometrics 1988;44:837; in O(K log K) by Sun and Xu, IEEE SPL 2014;21:1389.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata

from readerstudy.stats.covariance import (
    TOO_FEW_CASES,
    ZERO_VARIANCE,
    AucCovariance,
    CovarianceEstimator,
)
from readerstudy.stats.inputs import check_level, checked_readings, read_only
from readerstudy.stats.result import Estimate, FloatArray, StatisticsInputError
from readerstudy.stats.roc import checked_reading
from readerstudy.stats.tails import quantile, two_sided_p

INTERVAL = "DeLong, normal interval clipped to [0, 1]; n = cases"
TEST = "Paired DeLong test, normal, two-sided; n = cases"
_SEPARATED = (
    "The scores separate the classes perfectly: DeLong's variance is zero, which says nothing about the uncertainty."
)  # fmt: skip
_CONSTANT = "The variance is zero, since all cases of a class compare alike."
_ALIKE = "The two readings rank the cases alike: the variance of the difference is zero."


def structural_components(truth: ArrayLike, scores: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """V10 (R, n1), one per positive case, and V01 (R, n0), one per negative case, of R readings (R, K).

    V10 is the share of negatives below a positive case (ties count half), V01 the share of positives above a negative.
    """
    labels, values = checked_readings(truth, scores)
    positive, negative = values[:, labels == 1], values[:, labels == 0]
    pooled = rankdata(values, axis=1)
    v10 = (pooled[:, labels == 1] - rankdata(positive, axis=1)) / negative.shape[1]
    v01 = 1 - (pooled[:, labels == 0] - rankdata(negative, axis=1)) / positive.shape[1]
    return v10, v01


def delong_covariance(truth: ArrayLike, scores: ArrayLike) -> AucCovariance:
    """AUCs of R readings (R, K) of the same cases, and DeLong's covariance: S10 / n1 + S01 / n0."""
    v10, v01 = structural_components(truth, scores)
    n1, n0 = v10.shape[1], v01.shape[1]
    aucs = read_only(v10.mean(axis=1))
    if min(n1, n0) < 2:  # noqa: PLR2004 (a sample covariance needs two)
        return AucCovariance(aucs, None, n1, n0, CovarianceEstimator.DELONG, TOO_FEW_CASES)
    matrix = read_only(np.atleast_2d(np.cov(v10)) / n1 + np.atleast_2d(np.cov(v01)) / n0)
    return AucCovariance(aucs, matrix, n1, n0, CovarianceEstimator.DELONG)


def auc_interval(truth: ArrayLike, score: ArrayLike, level: float = 0.95) -> Estimate:
    """AUC with DeLong's interval. The value comes without one for a single case of a class and for variance zero."""
    check_level(level)
    v10, v01 = structural_components(*checked_reading(truth, score))
    value, count = float(v10.mean()), v10.size + v01.size
    se = _standard_errors(v10, v01)[0]
    if se is None:
        return Estimate.undefined(TOO_FEW_CASES, INTERVAL, value=value, n=count, level=level)
    if se == 0:
        reason = _SEPARATED if value in (0, 1) else _CONSTANT
        return Estimate.undefined(reason, INTERVAL, value=value, n=count, se=0.0, level=level)
    half = quantile(level) * se
    low, high = max(value - half, 0.0), min(value + half, 1.0)
    return Estimate(value, low, high, INTERVAL, n=count, se=se, level=level)


def paired_test(
    truth: ArrayLike, score_a: ArrayLike, score_b: ArrayLike, level: float = 0.95
) -> Estimate:
    """AUC of a − AUC of b on the same cases, with its interval (not clipped) and two-sided p."""
    a, b = (checked_reading(truth, score)[1] for score in (score_a, score_b))
    return paired_tests(truth, a, b, level)[0]


def paired_tests(
    truth: ArrayLike, scores_a: ArrayLike, scores_b: ArrayLike, level: float = 0.95
) -> tuple[Estimate, ...]:
    """`paired_test` of every row of scores_a (R, K) and the same row of scores_b (R, K)."""
    check_level(level)
    first, second = (structural_components(truth, scores) for scores in (scores_a, scores_b))
    if first[0].shape != second[0].shape:
        raise StatisticsInputError(f"There are {len(first[0])} and {len(second[0])} readings: they cannot be paired.")  # fmt: skip
    # The variance of the differences of the components is exactly zero for readings that rank alike.
    errors = _standard_errors(first[0] - second[0], first[1] - second[1])
    values = (first[0].mean(axis=1) - second[0].mean(axis=1)).tolist()
    cases = first[0].shape[1] + first[1].shape[1]
    return tuple(_tested(*row, cases, level) for row in zip(values, errors, strict=True))


def _tested(value: float, se: float | None, n: int, level: float) -> Estimate:
    """From the difference of two areas and its standard error."""
    if not se:
        reason = TOO_FEW_CASES if se is None else _ALIKE
        return Estimate.undefined(reason, TEST, value=value, n=n, se=se, level=level)
    half, p = quantile(level) * se, two_sided_p(value / se)
    return Estimate(value, value - half, value + half, TEST, n=n, se=se, p=p, level=level)


def _standard_errors(v10: FloatArray, v01: FloatArray) -> list[float | None]:
    """Of rows of components (R, n1) and (R, n0), or of differences of them; None for a single case of a class."""
    n1, n0 = v10.shape[1], v01.shape[1]
    if min(n1, n0) < 2:  # noqa: PLR2004 (a sample variance needs two)
        return [None] * len(v10)
    variance = v10.var(axis=1, ddof=1) / n1 + v01.var(axis=1, ddof=1) / n0
    errors: list[float | None] = np.where(variance > ZERO_VARIANCE, np.sqrt(variance), 0.0).tolist()
    return errors
