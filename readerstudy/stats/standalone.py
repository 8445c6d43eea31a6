"""An algorithm against the mean of readers of the same cases."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import t

from readerstudy.stats.delong import delong_covariance

METHOD = "1T-RRRC: readers and cases random, algorithm fixed (Hillis 2007 §5.3; Chakraborty 2017 ch. 22), DeLong covariance"
_TINY = 1e-24


@dataclass(frozen=True)
class Standalone:
    """AUC of the algorithm minus the readers' mean AUC."""

    effect: float
    se: float | None
    t: float | None
    df: float | None
    low: float | None
    high: float | None
    p: float | None
    ms: float | None
    cov2: float | None
    method: str = METHOD
    reason: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


def algorithm_against_readers(
    truth: ArrayLike, reader_scores: ArrayLike, algorithm_score: ArrayLike, level: float = 0.95
) -> Standalone:
    """Tests the algorithm's AUC against the readers' mean AUC; `reader_scores` is (J, K)."""
    readings = np.vstack([np.atleast_2d(algorithm_score), reader_scores])
    aucs, covariance = delong_covariance(truth, readings)
    differences = aucs[0] - aucs[1:]
    readers, effect = differences.size, float(differences.mean())
    if readers < 2 or np.isnan(covariance).any():
        return _undefined(effect, "The test needs two readers and two cases of each class.")
    contrast = np.hstack([np.ones((readers, 1)), -np.eye(readers)])
    spread = contrast @ covariance @ contrast.T
    cov2 = float((spread.sum() - np.trace(spread)) / (readers * (readers - 1)))
    ms = float(differences.var(ddof=1))
    denominator = ms + readers * max(cov2, 0.0)
    if ms < _TINY or denominator < _TINY:
        return _undefined(
            effect, "All readers have the same AUC: reader variance cannot be estimated."
        )
    se, df = float(np.sqrt(denominator / readers)), denominator**2 / (ms**2 / (readers - 1))
    half = float(t.isf((1 - level) / 2, df)) * se
    statistic = effect / se
    return Standalone(
        effect,
        se,
        statistic,
        df,
        effect - half,
        effect + half,
        float(2 * t.sf(abs(statistic), df)),
        ms,
        cov2,
    )


def _undefined(effect: float, reason: str) -> Standalone:
    return Standalone(effect, None, None, None, None, None, None, None, None, reason=reason)
