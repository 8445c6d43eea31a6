"""DeLong's covariance of AUCs, by mid-ranks.

DeLong, DeLong, Clarke-Pearson, Biometrics 1988;44:837; in O(K log K) by Sun and Xu, IEEE SPL 2014;21:1389.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm, rankdata

from readerstudy.stats.result import Estimate, FloatArray
from readerstudy.stats.roc import check_truth_and_score

METHOD = "DeLong, normal interval clipped to [0, 1]"


def structural_components(truth: ArrayLike, scores: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """V10 (R, n1), one per positive case, and V01 (R, n0), one per negative case, of R readings (R, K)."""
    rows = [
        check_truth_and_score(truth, row)
        for row in np.atleast_2d(np.asarray(scores, dtype=np.float64))
    ]
    labels = rows[0][0]
    values = np.stack([row for _labels, row in rows])
    positive, negative = values[:, labels == 1], values[:, labels == 0]
    pooled = rankdata(values, axis=1)
    v10 = (pooled[:, labels == 1] - rankdata(positive, axis=1)) / negative.shape[1]
    v01 = 1 - (pooled[:, labels == 0] - rankdata(negative, axis=1)) / positive.shape[1]
    return v10, v01


def delong_covariance(truth: ArrayLike, scores: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """AUCs (R,) and their covariance (R, R). NaN covariance with a single case of a class."""
    v10, v01 = structural_components(truth, scores)
    aucs = v10.mean(axis=1)
    if min(v10.shape[1], v01.shape[1]) < 2:
        return aucs, np.full((aucs.size, aucs.size), np.nan)
    covariance = (
        np.atleast_2d(np.cov(v10)) / v10.shape[1] + np.atleast_2d(np.cov(v01)) / v01.shape[1]
    )
    return aucs, covariance


def auc_interval(truth: ArrayLike, score: ArrayLike, level: float = 0.95) -> Estimate:
    """AUC with DeLong's interval. No interval with a single case of a class, nor for perfect separation."""
    aucs, covariance = delong_covariance(truth, score)
    value, count = float(aucs[0]), int(np.size(truth))
    if np.isnan(covariance[0, 0]):
        return Estimate.undefined(
            "A variance needs two cases of each class.", METHOD, value=value, n=count
        )
    se = float(np.sqrt(max(covariance[0, 0], 0.0)))
    if se == 0.0:
        reason = "The variance is zero: the cases are separated perfectly, or all scores are equal."
        return Estimate.undefined(reason, METHOD, value=value, n=count)
    half = float(norm.isf((1 - level) / 2)) * se
    return Estimate(
        value, max(value - half, 0.0), min(value + half, 1.0), METHOD, n=count, se=se, level=level
    )
