"""The jackknife covariance of AUCs: one case left out at a time, positives and negatives in one list."""

import numpy as np
from numpy.typing import ArrayLike

from readerstudy.stats.covariance import TOO_FEW_CASES, AucCovariance, CovarianceEstimator
from readerstudy.stats.delong import structural_components
from readerstudy.stats.inputs import read_only
from readerstudy.stats.result import FloatArray, StatisticsInputError


def jackknife_aucs(truth: ArrayLike, scores: ArrayLike) -> FloatArray:
    """The delete-one AUCs (R, K) of R readings: first those without each positive, then without each negative.

    In closed form from the structural components. Raises StatisticsInputError where a class has a single case.
    """
    v10, v01 = structural_components(truth, scores)
    n1, n0 = v10.shape[1], v01.shape[1]
    if min(n1, n0) < 2:  # noqa: PLR2004 (one must be left)
        raise StatisticsInputError(TOO_FEW_CASES)
    aucs = v10.mean(axis=1, keepdims=True)
    return np.hstack([(n1 * aucs - v10) / (n1 - 1), (n0 * aucs - v01) / (n0 - 1)])


def jackknife_covariance(truth: ArrayLike, scores: ArrayLike) -> AucCovariance:
    """AUCs of R readings (R, K) and their covariance, ((K − 1) / K) Σ of products of the delete-one deviations."""
    v10, v01 = structural_components(truth, scores)
    n1, n0 = v10.shape[1], v01.shape[1]
    aucs = read_only(v10.mean(axis=1))
    if min(n1, n0) < 2:  # noqa: PLR2004 (one must be left)
        return AucCovariance(aucs, None, n1, n0, CovarianceEstimator.JACKKNIFE, TOO_FEW_CASES)
    left_out = jackknife_aucs(truth, scores)
    deviations = left_out - left_out.mean(axis=1, keepdims=True)
    cases = n1 + n0
    matrix = read_only(np.asarray(deviations @ deviations.T * ((cases - 1) / cases)))
    return AucCovariance(aucs, matrix, n1, n0, CovarianceEstimator.JACKKNIFE)
