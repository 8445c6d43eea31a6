"""The error covariance of several AUCs on the same cases, whichever way it was estimated."""

from dataclasses import dataclass
from enum import StrEnum

from readerstudy.stats.result import FloatArray

TOO_FEW_CASES = "A variance needs two positive and two negative cases."
# A variance of fractions below this is rounding noise around an exact zero.
ZERO_VARIANCE = 1e-24


class CovarianceEstimator(StrEnum):
    """How the covariance of AUCs is estimated."""

    DELONG = "delong"
    JACKKNIFE = "jackknife"
    UNBIASED = "unbiased"


@dataclass(frozen=True, eq=False)
class AucCovariance:
    """AUCs (R,) and their covariance (R, R), which is None with a `reason` where a class has a single case."""

    auc: FloatArray
    covariance: FloatArray | None
    n_positive: int
    n_negative: int
    estimator: CovarianceEstimator
    reason: str | None = None
