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
    matrix = read_only(covariance_of_left_out(jackknife_aucs(truth, scores)))
    return AucCovariance(aucs, matrix, n1, n0, CovarianceEstimator.JACKKNIFE)


def covariance_of_left_out(left_out: FloatArray) -> FloatArray:
    """((N − 1) / N) Σ of products of deviations, (R, R), of R statistics without each of N cases: left_out (R, N)."""
    deviations, cases = left_out - left_out.mean(axis=1, keepdims=True), left_out.shape[1]
    return np.asarray(deviations @ deviations.T * ((cases - 1) / cases))
