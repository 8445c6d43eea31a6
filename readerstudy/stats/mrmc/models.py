"""The three models of Obuchowski and Rockette: which of readers and cases are random.

Hillis, Stat Med 2007;26:596 (degrees of freedom, single modalities); Hillis, Stat Med 2014;33:330 (the models).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

from scipy.special import chdtrc, fdtrc

from readerstudy.stats.hillis import ReaderMean, mean_over_random_readers
from readerstudy.stats.mrmc.anova import MeanSquares
from readerstudy.stats.mrmc.components import ErrorComponents
from readerstudy.stats.mrmc.results import Difference, ModalityMean, ModelTest
from readerstudy.stats.tails import quantile, two_sided_p

RRRC = "Readers and cases random: Obuchowski-Rockette, degrees of freedom by Hillis 2007"
FRRC = "Readers fixed, cases random: Obuchowski-Rockette, chi-square"
RRFC = "Readers random, cases fixed: F test of the figures of merit"
_ONE_MODALITY = "There is one modality: nothing to compare."
_ONE_READER = "With one reader the variance between readers cannot be estimated."
_NO_ERROR = (
    "The differences between modalities are the same for all readers, and the cases add no variance: "
    "there is nothing to estimate an error from."
)
_NO_CASE_VARIANCE = "The cases add no variance: there is nothing to estimate an error from."
_INFINITE = (
    "The differences between modalities are the same for all readers: the degrees of freedom are infinite, "
    "and the chi-square and normal distributions are used."
)
# A denominator below this is rounding noise around zero.
_NO_DENOMINATOR = 1e-20
_MeanOf = Callable[[int], ReaderMean]


@dataclass(frozen=True)
class _Error:
    """The denominator of a model's test with its df (None: infinite), or the reason why there is none."""

    value: float | None
    df: float | None
    reason: str | None = None


def without_covariance(
    method: str, ms: MeanSquares, reason: str, names: tuple[str, ...], level: float
) -> ModelTest:
    """What a model can say where the covariance of the error cannot be estimated: the values and the reason."""

    def mean(i: int) -> ReaderMean:
        return ReaderMean(float(ms.mean[i]), None, None, None, None, reason)

    return _test(method, ms, _Error(None, None, reason), mean, names=names, level=level)


def rrrc(
    ms: MeanSquares, error: ErrorComponents, names: tuple[str, ...], level: float
) -> ModelTest:
    """F = MS(T) / den, den = MS(TR) + J max(Cov2 − Cov3, 0), ddf = den² / (MS(TR)² / ((I − 1)(J − 1)))."""
    cases = ms.cases_weight * max(error.cov2 - error.cov3, 0.0)

    def mean(i: int) -> ReaderMean:
        return mean_over_random_readers(ms.of_modality(i), float(error.modality_cov2[i]))

    return _test(RRRC, ms, _random_readers(ms, cases), mean, names=names, level=level)


def rrfc(ms: MeanSquares, names: tuple[str, ...], level: float) -> ModelTest:
    """F = MS(T) / MS(TR) with (I − 1) and (I − 1)(J − 1) degrees of freedom; the error of the cases is left out."""

    def mean(i: int) -> ReaderMean:
        return mean_over_random_readers(ms.of_modality(i), 0.0)

    return _test(RRFC, ms, _random_readers(ms, 0.0), mean, names=names, level=level)


def frrc(
    ms: MeanSquares, error: ErrorComponents, names: tuple[str, ...], level: float
) -> ModelTest:
    """X² = (I − 1) MS(T) / den, den = Var − Cov1 + (J − 1)(Cov2 − Cov3), chi-square with I − 1.

    Cov2 − Cov3 is not held at zero or above: without readers to sample, den is the variance that the covariance
    matrix itself gives to the differences of the means, and a constraint would change it.
    """

    def mean(i: int) -> ReaderMean:
        return _fixed_mean(ms, error, i)

    return _test(FRRC, ms, _fixed_readers(ms, error), mean, names=names, level=level)


def _random_readers(ms: MeanSquares, cases: float) -> _Error:
    if ms.error is None:
        return _Error(None, None, _ONE_READER)
    value = ms.error + cases
    if value < _NO_DENOMINATOR:
        return _Error(None, None, _NO_ERROR)
    if ms.error == 0:
        return _Error(value, None, _INFINITE)
    return _Error(value, ms.error_df * (value / ms.error) ** 2)


def _fixed_readers(ms: MeanSquares, error: ErrorComponents) -> _Error:
    other = error.cov2 if ms.nested else error.cov1
    weight = ms.cases_weight - (not ms.nested)
    value = error.var - other + weight * (error.cov2 - error.cov3)
    return _Error(value, None) if value > _NO_DENOMINATOR else _Error(None, None, _NO_CASE_VARIANCE)


def _fixed_mean(ms: MeanSquares, error: ErrorComponents, i: int) -> ReaderMean:
    """SE = √((Var_i + (J − 1) max(Cov2_i, 0)) / J), normal."""
    J, mean = int(ms.n_readers[i]), float(ms.mean[i])
    cov2 = float(error.modality_cov2[i])
    variance = (float(error.modality_var[i]) + (J - 1) * max(cov2, 0.0)) / J
    if variance < _NO_DENOMINATOR:
        return ReaderMean(mean, None, cov2, None, None, _NO_CASE_VARIANCE)
    return ReaderMean(mean, None, cov2, math.sqrt(variance), None, None)


def _test(
    method: str,
    ms: MeanSquares,
    error: _Error,
    mean: _MeanOf,
    *,
    names: tuple[str, ...],
    level: float,
) -> ModelTest:
    places = range(len(names))
    modalities = tuple(modality_mean(names[i], mean(i), level) for i in places)
    if len(names) == 1:
        return ModelTest(method, "none", None, None, None, None, (), modalities, _ONE_MODALITY)
    pairs = combinations(places, 2)
    differences = tuple(_difference(ms, error, names, pair, level) for pair in pairs)
    return _overall(method, ms, error, differences, modalities)


def _overall(
    method: str,
    ms: MeanSquares,
    error: _Error,
    differences: tuple[Difference, ...],
    modalities: tuple[ModalityMean, ...],
) -> ModelTest:
    """F where the error has degrees of freedom, chi-square where they are infinite or the readers fixed."""
    df1 = float(ms.mean.size - 1)
    fixed = method == FRRC
    named = "chi-square" if fixed or (error.value is not None and error.df is None) else "F"
    if error.value is None or ms.ms_t is None:
        return ModelTest(method, named, None, df1, None, None, differences, modalities, error.reason)  # fmt: skip
    ratio = ms.ms_t / error.value
    if error.df is None:
        x2 = df1 * ratio
        return ModelTest(method, named, x2, df1, None, float(chdtrc(df1, x2)), differences, modalities, error.reason)  # fmt: skip
    p = float(fdtrc(df1, error.df, ratio))
    return ModelTest(method, named, ratio, df1, error.df, p, differences, modalities)


def _difference(
    ms: MeanSquares, error: _Error, names: tuple[str, ...], pair: tuple[int, int], level: float
) -> Difference:
    """SE = √(den (1 / J_a + 1 / J_b)); all pairs share the denominator, without correction for their number."""
    a, b = pair
    estimate = float(ms.mean[a] - ms.mean[b])
    if error.value is None:
        return Difference(names[a], names[b], estimate, None, None, None, None, None, error.reason)
    se = math.sqrt(error.value * ms.per_reader(a, b))
    return difference(names[a], names[b], estimate, se, error.df, level=level)


def difference(
    a: str, b: str, estimate: float, se: float, df: float | None, *, level: float
) -> Difference:
    """With a standard error above zero: the interval and two-sided p of Student's t, of the normal for df None."""
    half = quantile(level, df) * se
    p = two_sided_p(estimate / se, df)
    return Difference(a, b, estimate, se, df, estimate - half, estimate + half, p)


def modality_mean(name: str, mean: ReaderMean, level: float) -> ModalityMean:
    """The mean over a modality's readers with its interval, or with the reason why there is none."""
    half = mean.half_width(level)
    low, high = (None, None) if half is None else (mean.mean - half, mean.mean + half)
    return ModalityMean(name, mean.mean, mean.se, mean.df, low, high, mean.reason)
