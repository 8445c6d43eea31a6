"""An algorithm against the mean of readers of the same cases."""

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import ArrayLike

from readerstudy.stats.covariance import AucCovariance, CovarianceEstimator
from readerstudy.stats.delong import delong_covariance, structural_components
from readerstudy.stats.hillis import ReaderMean, mean_over_random_readers
from readerstudy.stats.inputs import check_level, checked_readings
from readerstudy.stats.jackknife import jackknife_covariance
from readerstudy.stats.render import Rendered
from readerstudy.stats.result import FloatArray, IntArray, StatisticsInputError, refuse_not_finite
from readerstudy.stats.roc import checked_reading
from readerstudy.stats.unbiased import unbiased_covariance

METHOD = (
    "1T-RRRC: readers and cases random, algorithm fixed (Hillis 2007 §5.3; Chakraborty 2017 ch. 22), "
    "{} covariance of the AUCs"
)
FIXED_CASES = (
    "1T-RRFC: readers random, algorithm and cases fixed, one-sample t (Chakraborty 2017 ch. 22); says nothing of other "
    "cases and understates the uncertainty"
)
_ONE_READER = (
    "With one reader the variance between readers cannot be estimated; use the paired DeLong test."
)
_FEW_READERS = "With fewer than four readers their variance is hardly known: the result holds for these readers."
_FOUR = 4
_ESTIMATORS = {
    CovarianceEstimator.DELONG: ("DeLong", delong_covariance),
    CovarianceEstimator.JACKKNIFE: ("jackknife", jackknife_covariance),
    CovarianceEstimator.UNBIASED: ("unbiased", unbiased_covariance),
}


@dataclass(frozen=True)
class Standalone(Rendered):
    """The algorithm's figure of merit minus the readers' mean. Where a part is None, `reason` says why.

    `ms` is the variance of the J differences, `var` the mean variance of their errors, `cov2` the mean covariance of
    the errors of two of them. A reason may also stand beside a full test, as a caution.
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
    var: float | None = None

    def __post_init__(self) -> None:
        """Raises ArithmeticError for a number that is not finite."""
        refuse_not_finite(asdict(self))


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
    score = checked_reading(truth, algorithm_score)[1]
    return algorithms_against_readers(truth, reader_scores, score, level, covariance=covariance)[0]


def algorithms_against_readers(
    truth: ArrayLike,
    reader_scores: ArrayLike,
    algorithm_scores: ArrayLike,
    level: float = 0.95,
    *,
    covariance: CovarianceEstimator | str = CovarianceEstimator.DELONG,
) -> list[Standalone]:
    """`algorithm_against_readers` of each of M algorithms or training runs (M, K), the covariances estimated once."""
    check_level(level)
    labels, algorithms = checked_readings(truth, algorithm_scores)
    readings = np.vstack([algorithms, checked_readings(labels, reader_scores)[1]])
    name, estimate = _ESTIMATORS[_estimator(covariance)]
    result, M = estimate(labels, readings), len(algorithms)
    return [
        difference_from_readers(
            result.auc[m], result.auc[M:], _errors_of_differences(result, m, M),
            method=METHOD.format(name), level=level, reason=result.reason,
        )
        for m in range(M)
    ]  # fmt: skip


def algorithm_against_readers_of_fixed_cases(
    truth: ArrayLike, reader_scores: ArrayLike, algorithm_score: ArrayLike, level: float = 0.95
) -> Standalone:
    """The algorithm's AUC − the mean AUC of J readers (J, K), as a one-sample t test of the J differences (1T-RRFC).

    The algorithm's AUC is taken as known: see `FIXED_CASES`. Raises StatisticsInputError as the test with random cases.
    """
    check_level(level)
    v10, _v01 = structural_components(*_stacked(truth, reader_scores, algorithm_score))
    aucs = v10.mean(axis=1)
    return difference_from_readers(aucs[0], aucs[1:], None, method=FIXED_CASES, level=level)


def _stacked(
    truth: ArrayLike, reader_scores: ArrayLike, algorithm_score: ArrayLike
) -> tuple[IntArray, FloatArray]:
    """Truth (K,), and the scores of the algorithm and J readers (1 + J, K)."""
    labels, algorithm = checked_reading(truth, algorithm_score)
    return labels, np.vstack([algorithm, checked_readings(labels, reader_scores)[1]])


def _estimator(name: CovarianceEstimator | str) -> CovarianceEstimator:
    try:
        return CovarianceEstimator(name)
    except ValueError as error:
        known = ", ".join(CovarianceEstimator)
        raise StatisticsInputError(f"The covariance must be one of {known}, not {name}.") from error


@dataclass(frozen=True)
class ErrorsOfDifferences:
    """Mean variance and mean covariance of the errors of J differences."""

    var: float
    cov2: float


def errors_of(matrix: FloatArray) -> ErrorsOfDifferences:
    """From the covariance matrix (J, J) of the differences; Cov2 is 0 for one."""
    J = matrix.shape[0]
    trace = float(np.trace(matrix))
    return ErrorsOfDifferences(trace / J, (float(matrix.sum()) - trace) / max(J * (J - 1), 1))


def errors_of_left_out(left_out: FloatArray) -> ErrorsOfDifferences:
    """`errors_of` the jackknife covariance of J differences without each of K cases (J, K), which is never formed.

    The sum of all covariances is the variance of the sum, and the trace that of each.
    """
    (J, K), deviations = left_out.shape, left_out - left_out.mean(axis=1, keepdims=True)
    total, trace = (
        float((part**2).sum()) * (K - 1) / K for part in (deviations.sum(axis=0), deviations)
    )
    return ErrorsOfDifferences(trace / J, (total - trace) / max(J * (J - 1), 1))


def _errors_of_differences(
    result: AucCovariance, algorithm: int, readers: int
) -> ErrorsOfDifferences | None:
    """Of one algorithm and the readers, from row `readers` on: Q C Qᵀ with the rows e_algorithm − e_reader of Q."""
    C = result.covariance
    if C is None:
        return None
    own = C[algorithm, readers:]
    return errors_of(C[algorithm, algorithm] - own - own[:, np.newaxis] + C[readers:, readers:])


def difference_from_readers(
    algorithm: FloatArray | float,
    readers: FloatArray,
    errors: ErrorsOfDifferences | None,
    *,
    method: str,
    level: float,
    reason: str | None = None,
) -> Standalone:
    """The algorithm's value, one for all or one beside each reader (J,), − the readers' values (J,), averaged.

    Without errors the cases count as fixed. With a `reason` nothing but the values is given.
    """
    J, found = readers.size, mean_over_random_readers(algorithm - readers, errors.cov2 if errors else 0.0)  # fmt: skip
    mean = ReaderMean(found.mean, found.ms, None, None, None, reason) if reason else found
    half = mean.half_width(level)
    return Standalone(
        effect=mean.mean,
        se=mean.se,
        t=mean.statistic(),
        df=mean.df,
        low=None if half is None else mean.mean - half,
        high=None if half is None else mean.mean + half,
        p=mean.p(),
        ms=mean.ms,
        cov2=errors.cov2 if errors and J > 1 else None,
        algorithm=float(np.mean(algorithm)),
        readers=float(readers.mean()),
        n_readers=J,
        method=method,
        level=level,
        reason=_ONE_READER if J == 1 else mean.reason or (_FEW_READERS if J < _FOUR else None),
        var=errors.var if errors else None,
    )
