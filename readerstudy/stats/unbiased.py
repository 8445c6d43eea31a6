"""The unbiased covariance of AUCs by one-shot U-statistics, for readings of the same or of different cases.

Gallas, Acad Radiol 2006;13:353; Gallas and Brown, Neural Netw 2008;21:387 for data with missing readings.
"""

import numpy as np
from numpy.typing import ArrayLike

from readerstudy.stats.covariance import TOO_FEW_CASES, AucCovariance, CovarianceEstimator
from readerstudy.stats.delong import structural_components
from readerstudy.stats.inputs import checked_readings, read_only
from readerstudy.stats.result import FloatArray, IntArray

# Comparisons held at once. Sums of as many products of 0, 1 and 2 are exact in float32.
_BLOCK = 2**22


def unbiased_covariance(truth: ArrayLike, scores: ArrayLike) -> AucCovariance:
    """AUCs of R readings (R, K) of the same cases and their unbiased covariance; a variance may be negative.

    Raises StatisticsInputError as `checked_readings`.
    """
    labels, values = checked_readings(truth, scores)
    v10, v01 = structural_components(labels, values)
    n1, n0 = v10.shape[1], v01.shape[1]
    aucs = read_only(v10.mean(axis=1))
    if min(n1, n0) < 2:  # noqa: PLR2004 (two pairs without a common case need two of each)
        return AucCovariance(aucs, None, n1, n0, CovarianceEstimator.UNBIASED, TOO_FEW_CASES)
    matrix = read_only(unbiased_matrix(labels, values))
    return AucCovariance(aucs, matrix, n1, n0, CovarianceEstimator.UNBIASED)


def unbiased_matrix(truth: IntArray, scores: FloatArray) -> FloatArray:
    """θ_u θ_v − M4 of R readings (R, K), NaN where a case was not read; O(R² n0 n1) time, in blocks.

    M4 is the mean product of two success scores from pairs of cases without a case in common: all pairs of pairs −
    those with the same positive − those with the same negative + those with both. Every reading needs two cases of
    each class. Success scores are counted as 0, 1, 2, so that the sums are exact integers; readings without a common
    case have covariance zero.
    """
    positive, negative = scores[:, truth == 1], scores[:, truth == 0]
    n1, n0 = (~np.isnan(part) for part in (positive, negative))
    columns, rows, both = _sums(positive, negative)
    count, total = n1.sum(axis=1) * n0.sum(axis=1) * 1.0, columns.sum(axis=1)
    apart = np.outer(total, total) - columns @ columns.T - rows @ rows.T + both
    in_common = [part.astype(float) @ part.T.astype(float) for part in (n1, n0)]
    own = [np.outer(part.sum(axis=1), part.sum(axis=1)) for part in (n1, n0)]
    pairs = (own[0] - in_common[0]) * (own[1] - in_common[1])
    mean = total / count
    return np.asarray((np.outer(mean, mean) - apart / pairs) / 4)


def _sums(positive: FloatArray, negative: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Twice the success scores: by positive (R, n1), by negative (R, n0), and products of two readings (R, R)."""
    (R, n1), n0 = positive.shape, negative.shape[1]
    step = max(1, _BLOCK // (R * n1))
    columns, rows, both = np.zeros((R, n1)), np.zeros((R, n0)), np.zeros((R, R))
    for start in range(0, n0, step):
        part = slice(start, start + step)
        below, pairs = negative[:, part, np.newaxis], positive[:, np.newaxis]
        # A comparison with NaN is false, so a pair that was not read counts nothing.
        wins = (pairs > below).astype(np.float32) + (pairs >= below)
        columns += wins.sum(axis=1, dtype=np.float64)
        rows[:, part] = wins.sum(axis=2, dtype=np.float64)
        flat = wins.reshape(R, -1)
        both += flat @ flat.T
    return columns, rows, both
