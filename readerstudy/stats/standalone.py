"""An algorithm against the mean of readers of the same cases."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from readerstudy.stats.covariance import AucCovariance, CovarianceEstimator
from readerstudy.stats.delong import delong_covariance
from readerstudy.stats.hillis import ReaderMean, mean_over_random_readers
from readerstudy.stats.inputs import check_level, checked_readings
from readerstudy.stats.jackknife import jackknife_covariance
from readerstudy.stats.result import FloatArray, StatisticsInputError, refuse_not_finite
from readerstudy.stats.roc import checked_reading

METHOD = (
    "1T-RRRC: readers and cases random, algorithm fixed (Hillis 2007 §5.3; Chakraborty 2017 ch. 22), "
    "{} covariance of the AUCs"
)
_ONE_READER = (
    "With one reader the variance between readers cannot be estimated; use the paired DeLong test."
)
_ESTIMATORS = {
    CovarianceEstimator.DELONG: ("DeLong", delong_covariance),
    CovarianceEstimator.JACKKNIFE: ("jackknife", jackknife_covariance),
}


@dataclass(frozen=True)
class Standalone:
    """AUC of the algorithm minus the readers' mean AUC. Where a part is None, `reason` says why.

    `ms` is the variance of the J differences, `cov2` the mean covariance of the errors of two of them.
    """

    effect: float
    se: float | None
    t: float | None
    df: float | None
    low: float | None
    high: float | None
    p: float | None
    ms: float | None
    cov2: float | None
    algorithm: float
    readers: float
    n_readers: int
    method: str
    level: float = 0.95
    reason: str | None = None

    def __post_init__(self) -> None:
        """Raises ArithmeticError for a number that is not finite."""
        refuse_not_finite(asdict(self))

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


def algorithm_against_readers(
    truth: ArrayLike,
    reader_scores: ArrayLike,
    algorithm_score: ArrayLike,
    level: float = 0.95,
    *,
    covariance: CovarianceEstimator | str = CovarianceEstimator.DELONG,
) -> Standalone:
    """The algorithm's AUC − the mean AUC of J readers (J, K), tested with readers and cases random (1T-RRRC).

    Raises StatisticsInputError for scores that do not fit the truth, and for an unknown covariance estimator.
    """
    check_level(level)
    labels, algorithm = checked_reading(truth, algorithm_score)
    readings = np.vstack([algorithm, checked_readings(labels, reader_scores)[1]])
    name, estimate = _ESTIMATORS[_estimator(covariance)]
    result = estimate(labels, readings)
    differences = result.auc[0] - result.auc[1:]
    mean = mean_over_random_readers(differences, _cov2_of_differences(result))
    if result.covariance is None:
        mean = ReaderMean(mean.mean, mean.ms, None, None, None, result.reason)
    return _tested(result.auc, mean, METHOD.format(name), level)


def _estimator(name: CovarianceEstimator | str) -> CovarianceEstimator:
    try:
        return CovarianceEstimator(name)
    except ValueError as error:
        raise StatisticsInputError(
            f"The covariance must be delong or jackknife, not {name}."
        ) from error


def _cov2_of_differences(result: AucCovariance) -> float:
    """Mean off-diagonal of Q C Qᵀ with the rows e_algorithm − e_reader of Q; 0 where there is none."""
    J = result.auc.size - 1
    if result.covariance is None or J < 2:  # noqa: PLR2004 (a covariance is between two)
        return 0.0
    contrast = np.hstack([np.ones((J, 1)), -np.eye(J)])
    matrix = contrast @ result.covariance @ contrast.T
    return float((matrix.sum() - np.trace(matrix)) / (J * (J - 1)))


def _tested(aucs: FloatArray, mean: ReaderMean, method: str, level: float) -> Standalone:
    half, J = mean.half_width(level), aucs.size - 1
    return Standalone(
        effect=mean.mean,
        se=mean.se,
        t=mean.statistic(),
        df=mean.df,
        low=None if half is None else mean.mean - half,
        high=None if half is None else mean.mean + half,
        p=mean.p(),
        ms=mean.ms,
        cov2=mean.cov2,
        algorithm=float(aucs[0]),
        readers=float(aucs[1:].mean()),
        n_readers=J,
        method=method,
        level=level,
        reason=_ONE_READER if J == 1 else mean.reason,
    )
