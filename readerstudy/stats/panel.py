"""The mean of a rate over readers, with readers and cases random."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import t

from readerstudy.stats.result import Estimate

METHOD = "Obuchowski-Rockette with Hillis df, one modality, jackknife covariance; readers and cases random"
_TINY = 1e-24


def random_reader_random_case_interval(correct: ArrayLike, level: float = 0.95) -> Estimate:
    """Mean over J readers of the share of correct answers, from 0/1 (J, K), with its interval.

    MSden = MS(R) + J max(Cov2, 0), SE = sqrt(MSden / J), df = (J - 1) (MSden / MS(R))² (Hillis, Stat Med
    2007;26:596, one modality; jackknife covariance of proportions = sample covariance / K).
    """
    table = np.asarray(correct, dtype=np.float64)
    readers, cases = table.shape
    value = float(table.mean())
    if readers < 2 or cases < 2:
        return Estimate.undefined(
            "An interval needs two readers and two cases.", METHOD, value=value, n=readers
        )
    mean_square = float(table.mean(axis=1).var(ddof=1))
    # Sum over all pairs of readers = variance of the column totals; no J × J matrix is formed.
    total = float(table.sum(axis=0).var(ddof=1))
    own = float(table.var(axis=1, ddof=1).sum())
    covariance = (total - own) / (readers * (readers - 1)) / cases
    if mean_square < _TINY:
        return Estimate.undefined(
            "All readers have the same rate: reader variance cannot be estimated.",
            METHOD,
            value=value,
            n=readers,
        )
    denominator = mean_square + readers * max(covariance, 0.0)
    se, df = float(np.sqrt(denominator / readers)), (readers - 1) * (denominator / mean_square) ** 2
    half = float(t.isf((1 - level) / 2, df)) * se
    return Estimate(value, value - half, value + half, METHOD, n=readers, se=se, df=df, level=level)
