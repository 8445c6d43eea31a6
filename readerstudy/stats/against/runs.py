"""Several training runs of one algorithm against readers: runs, readers and cases random."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import fdtrc, fdtri

from readerstudy.stats.covariance import TOO_FEW_CASES, ZERO_VARIANCE, CovarianceEstimator
from readerstudy.stats.inputs import check_level, checked_readings
from readerstudy.stats.mrmc.covariance import readings_covariance
from readerstudy.stats.mrmc.obuchowski_rockette import estimator_named
from readerstudy.stats.readings import fully_crossed
from readerstudy.stats.render import Rendered
from readerstudy.stats.result import Estimate, FloatArray, Spread
from readerstudy.stats.summary import mean_and_range
from readerstudy.stats.tails import quantile, two_sided_p

METHOD = (
    "Runs, readers and cases random: SE² = MS(runs)/M + MS(readers)/J + max(Cov2 of runs + Cov2 of readers − 2 Cov3, 0), "
    "Satterthwaite df (the model of Obuchowski and Rockette with a variance of its own for runs and for readers); n = readers"
)
SPREAD = (
    "F = MS(readers) / MS(runs) of the AUCs on the same cases, two-sided; normal, and exact where the errors of two runs, "
    "two readers, and a run and a reader each have one covariance (Obuchowski and Rockette 1995)"
)
_NO_VARIANCE = "Runs and readers have the same AUCs, and the cases add no variance."
_ONE_READER = "With one reader the variance between readers cannot be estimated."
_ONE_RUN = "With one run the variance between runs cannot be estimated: it counts as the only run there is."
_TWO_OF_EACH = "A comparison of two variances needs two runs and two readers."
_RUNS_ALIKE = "All runs have the same AUC: the ratio of the variances is not defined."
_READERS_ALIKE = "All readers have the same AUC: the ratio of the variances is not defined."


@dataclass(frozen=True)
class RunsComparison(Rendered):
    """AUCs of M runs and J readers as mean and range, and the difference of the means."""

    runs: Spread
    readers: Spread
    difference: Estimate
    covariance: str


@dataclass(frozen=True)
class SpreadComparison(Rendered):
    """The variance of readers' AUCs over that of runs', on the same cases, with interval and p of its being 1.

    `between_runs` and `between_readers` are the variances with that of the error taken off, not clipped: what would be
    left with infinitely many cases. None, with the reason, where they cannot be estimated.
    """

    ratio: Estimate
    ms_runs: float | None
    ms_readers: float | None
    df1: int
    df2: int
    between_runs: float | None
    between_readers: float | None


@dataclass(frozen=True, eq=False)
class _Parts:
    """AUCs of runs (M,) and readers (J,), and the covariance (M + J, M + J) or the reason for none."""

    runs: FloatArray
    readers: FloatArray
    matrix: FloatArray | None
    reason: str | None

    @property
    def size(self) -> tuple[int, int]:
        return self.runs.size, self.readers.size

    def between(self, rows: slice, columns: slice) -> float:
        """The mean covariance of a reading of one kind with a reading of another, or another of the same."""
        assert self.matrix is not None  # nosec B101  # noqa: S101 (asked only where there is one)
        block = self.matrix[rows, columns]
        if rows != columns:
            return float(block.mean())
        n = block.shape[0]
        return float(block.mean()) if n == 1 else float((block.sum() - np.trace(block)) / (n * (n - 1)))  # fmt: skip

    def error(self, rows: slice) -> float:
        """Var − Cov2 of one kind: the part of its mean square that the cases make."""
        assert self.matrix is not None  # nosec B101  # noqa: S101 (tells mypy; the line above has checked it)
        return float(np.diag(self.matrix)[rows].mean()) - self.between(rows, rows)


def runs_against_readers(
    truth: ArrayLike,
    run_scores: ArrayLike,
    reader_scores: ArrayLike,
    level: float = 0.95,
    *,
    covariance: CovarianceEstimator | str = CovarianceEstimator.DELONG,
) -> RunsComparison:
    """Mean AUC of M training runs (M, K) − mean AUC of J readers (J, K) of the same cases; runs are random too.

    One run counts as fixed, and the test is 1T-RRRC. E[MS(runs)] = σ² + Var − Cov2, so that MS/M + Cov2 estimates the
    variance of the runs' mean, and likewise the readers'; Cov3 is the covariance of a run and a reader. Raises
    StatisticsInputError for scores that do not fit the truth.
    """
    check_level(level)
    parts = _parts(truth, run_scores, reader_scores, covariance)
    return RunsComparison(
        mean_and_range(parts.runs), mean_and_range(parts.readers), _difference(parts, level), estimator_named(covariance).value,
    )  # fmt: skip


def spread_of_runs_and_readers(
    truth: ArrayLike,
    run_scores: ArrayLike,
    reader_scores: ArrayLike,
    level: float = 0.95,
    *,
    covariance: CovarianceEstimator | str = CovarianceEstimator.DELONG,
) -> SpreadComparison:
    """Do readers differ more than training runs do? The ratio of the variances of their AUCs on the same cases.

    Differences among runs and differences among readers are uncorrelated where every run has the same covariance with
    every reader, so the common cases do not spoil the F test. Raises StatisticsInputError as `runs_against_readers`.
    """
    check_level(level)
    parts = _parts(truth, run_scores, reader_scores, covariance)
    M, J = parts.size
    if min(M, J) < 2:  # noqa: PLR2004 (a variance needs two)
        undefined = Estimate.undefined(_TWO_OF_EACH, SPREAD, n=J, level=level)
        return SpreadComparison(undefined, None, None, J - 1, M - 1, None, None)
    ms_runs, ms_readers = (float(values.var(ddof=1)) for values in (parts.runs, parts.readers))
    known = parts.matrix is not None
    return SpreadComparison(
        _ratio(ms_readers, ms_runs, J - 1, M - 1, level=level),
        ms_runs,
        ms_readers,
        J - 1,
        M - 1,
        ms_runs - parts.error(slice(0, M)) if known else None,
        ms_readers - parts.error(slice(M, None)) if known else None,
    )


def _parts(
    truth: ArrayLike, runs: ArrayLike, readers: ArrayLike, covariance: CovarianceEstimator | str
) -> _Parts:
    labels, scores = checked_readings(truth, runs)
    M = scores.shape[0]
    data = fully_crossed(labels, np.vstack([scores, checked_readings(labels, readers)[1]]))
    found = readings_covariance(data, estimator_named(covariance))
    reason = TOO_FEW_CASES if found.matrix is None else None
    return _Parts(found.value[:M], found.value[M:], found.matrix, reason)


def _difference(parts: _Parts, level: float) -> Estimate:
    M, J = parts.size
    value = float(parts.runs.mean() - parts.readers.mean())
    reason = parts.reason or (_ONE_READER if J == 1 else None)
    if reason:
        return Estimate.undefined(reason, METHOD, value=value, n=J, level=level)
    runs, readers = slice(0, M), slice(M, None)
    terms = [(float(values.var(ddof=1)) / values.size, values.size - 1) for values in (parts.runs, parts.readers) if values.size > 1]  # fmt: skip
    cases = parts.between(runs, runs) + parts.between(readers, readers) - 2 * parts.between(runs, readers)  # fmt: skip
    variance = sum(term for term, _df in terms) + max(cases, 0.0)
    if variance < ZERO_VARIANCE:
        return Estimate.undefined(_NO_VARIANCE, METHOD, value=value, n=J, se=0.0, level=level)
    below = sum(term**2 / df for term, df in terms)
    df = variance**2 / below if below > 0 else None
    se = float(np.sqrt(variance))
    half = quantile(level, df) * se
    return Estimate(
        value, value - half, value + half, METHOD,
        n=J, se=se, df=df, p=two_sided_p(value / se, df), level=level, reason=_ONE_RUN if M == 1 else None,
    )  # fmt: skip


def _ratio(above: float, below: float, df1: int, df2: int, *, level: float) -> Estimate:
    n = df1 + 1
    if min(above, below) < ZERO_VARIANCE:
        reason = _RUNS_ALIKE if below < ZERO_VARIANCE else _READERS_ALIKE
        return Estimate.undefined(reason, SPREAD, n=n, level=level)
    value, tail = above / below, (1 - level) / 2
    p = min(2 * min(float(fdtrc(df1, df2, value)), float(fdtrc(df2, df1, 1 / value))), 1.0)
    low, high = value / float(fdtri(df1, df2, 1 - tail)), value * float(fdtri(df2, df1, 1 - tail))
    return Estimate(value, low, high, SPREAD, n=n, p=p, level=level)
