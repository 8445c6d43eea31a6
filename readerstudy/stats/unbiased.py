"""The unbiased covariance of AUCs by one-shot U-statistics, for readings of the same or of different cases.

Gallas, Acad Radiol 2006;13:353; Gallas and Brown, Neural Netw 2008;21:387 for data with missing readings.
"""

from numpy.typing import ArrayLike

from readerstudy.stats.covariance import TOO_FEW_CASES, AucCovariance, CovarianceEstimator
from readerstudy.stats.delong import structural_components
from readerstudy.stats.inputs import checked_readings, read_only
from readerstudy.stats.ustatistics.pairs import unbiased_matrix


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
