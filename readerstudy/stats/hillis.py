"""The mean over random readers of random cases: Obuchowski-Rockette with Hillis df, one modality.

Hillis, Stat Med 2007;26:596. The values may be AUCs, rates, or differences from a standalone algorithm.
"""

from dataclasses import dataclass

import numpy as np

from readerstudy.stats.covariance import ZERO_VARIANCE
from readerstudy.stats.result import FloatArray
from readerstudy.stats.tails import quantile, two_sided_p

_ONE_READER = "With one reader the variance between readers cannot be estimated."
_NO_VARIANCE = "All readers have the same value and the cases add no variance: there is nothing to estimate an error from."
_NORMAL = "All readers have the same value: the degrees of freedom are infinite and the normal distribution is used."
# J × Cov2 is a difference of sums; below this it is rounding noise around zero.
_NO_COVARIANCE = 1e-15


@dataclass(frozen=True)
class ReaderMean:
    """Mean of J readers' values. `se` is None where no error can be estimated, `df` also where it is infinite."""

    mean: float
    ms: float | None
    cov2: float | None
    se: float | None
    df: float | None
    reason: str | None

    def half_width(self, level: float) -> float | None:
        """Half of the confidence interval of the mean."""
        if self.se is None:
            return None
        return self.se * quantile(level, self.df)

    def statistic(self) -> float | None:
        """The mean by its standard error."""
        return None if self.se is None else self.mean / self.se

    def p(self) -> float | None:
        """Two-sided p of the hypothesis that the mean is zero."""
        ratio = self.statistic()
        return None if ratio is None else two_sided_p(ratio, self.df)


def mean_over_random_readers(values: FloatArray, cov2: float) -> ReaderMean:
    """The mean of values (J,), whose errors have the mean covariance `cov2` between two readers.

    MSden = MS(R) + J max(Cov2, 0), SE = √(MSden / J), df = (J − 1) (MSden / MS(R))².
    """
    J, mean = values.size, float(values.mean())
    if J < 2:  # noqa: PLR2004 (a variance needs two)
        return ReaderMean(mean, None, None, None, None, _ONE_READER)
    ms = float(values.var(ddof=1))
    if ms < ZERO_VARIANCE:
        return _same_values(mean, J, cov2)
    denominator = ms + J * max(cov2, 0.0)
    df = (J - 1) * (denominator / ms) ** 2
    return ReaderMean(mean, ms, cov2, float(np.sqrt(denominator / J)), df, None)


def _same_values(mean: float, J: int, cov2: float) -> ReaderMean:
    if J * cov2 < _NO_COVARIANCE:
        return ReaderMean(mean, 0.0, cov2, None, None, _NO_VARIANCE)
    return ReaderMean(mean, 0.0, cov2, float(np.sqrt(cov2)), None, _NORMAL)
