"""Intraclass correlations of readers' scores.

Shrout and Fleiss, Psychol Bull 1979;86:420; intervals of McGraw and Wong, Psychol Methods 1996;1:30.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import fdtrc, fdtri

from readerstudy.stats.inputs import check_level, numbers
from readerstudy.stats.render import Rendered
from readerstudy.stats.result import FloatArray, StatisticsInputError

_TABLE = 2


class IccForm(StrEnum):
    """Which readers, and whether one reader's scores or the mean of all k are used."""

    ONE_WAY = "(1,1)"
    RANDOM_READERS = "(2,1)"
    FIXED_READERS = "(3,1)"
    ONE_WAY_MEAN = "(1,k)"
    RANDOM_READERS_MEAN = "(2,k)"
    FIXED_READERS_MEAN = "(3,k)"


@dataclass(frozen=True)
class IntraclassCorrelation(Rendered):
    """An ICC with its F test of zero and its interval; None with a `reason` where all scores are equal."""

    form: str
    estimate: float | None
    low: float | None
    high: float | None
    f: float | None
    df1: int
    df2: int
    p: float | None
    n_cases: int
    n_readers: int
    level: float
    method: str = "Shrout and Fleiss 1979; interval of McGraw and Wong 1996"
    reason: str | None = None


@dataclass(frozen=True)
class _MeanSquares:
    cases: float
    readers: float
    error: float
    within: float
    n: int
    k: int


def intraclass_correlation(
    scores: ArrayLike, form: IccForm | str = IccForm.RANDOM_READERS, level: float = 0.95
) -> IntraclassCorrelation:
    """The ICC of scores (k readers, n cases), complete. (1,·): readers differ from case to case; (2,·): the same readers,
    a sample of many, absolute agreement; (3,·): these readers, consistency.

    Raises StatisticsInputError for an unknown form, missing scores, fewer than two readers or two cases.
    """
    check_level(level)
    kind, ms = _form(form), _mean_squares(scores)
    one_way = kind in (IccForm.ONE_WAY, IccForm.ONE_WAY_MEAN)
    error = ms.within if one_way else ms.error
    df1, df2 = ms.n - 1, ms.n * (ms.k - 1) if one_way else (ms.n - 1) * (ms.k - 1)
    if ms.cases + ms.within < 1e-24:  # noqa: PLR2004 (rounding noise of a mean square)
        why = "All scores are the same: there is no variance to divide up."
        return IntraclassCorrelation(kind.value, None, None, None, None, df1, df2, None, ms.n, ms.k, level, reason=why)  # fmt: skip
    estimate = _estimate(kind, ms)
    if estimate is None or error < 1e-24:  # noqa: PLR2004
        why = (
            "The cases have the same mean score: the coefficient is not defined."
            if estimate is None
            else "The readers differ by a constant at most: the F statistic is infinite."
        )
        return IntraclassCorrelation(kind.value, estimate, None, None, None, df1, df2, None, ms.n, ms.k, level, reason=why)  # fmt: skip
    f = ms.cases / error
    low, high = _limits(kind, ms, f, (df1, df2), level)
    return IntraclassCorrelation(kind.value, estimate, low, high, f, df1, df2, float(fdtrc(df1, df2, f)), ms.n, ms.k, level)  # fmt: skip


def _form(name: IccForm | str) -> IccForm:
    try:
        return IccForm(name)
    except ValueError as error:
        raise StatisticsInputError(f"The form must be one of {', '.join(IccForm)}, not {name}.") from error  # fmt: skip


def _mean_squares(scores: ArrayLike) -> _MeanSquares:
    values = numbers(scores, "Scores")
    if values.ndim != _TABLE or min(values.shape) < 2:  # noqa: PLR2004 (a variance needs two)
        raise StatisticsInputError(f"An ICC needs two readers and two cases; the scores have the shape {values.shape}.")  # fmt: skip
    if not np.isfinite(values).all():
        reader, case = np.argwhere(~np.isfinite(values))[0]
        raise StatisticsInputError(f"Reader {reader + 1} has no score for case {case + 1}: an ICC needs all.")  # fmt: skip
    return _of_table(values)


def _of_table(values: FloatArray) -> _MeanSquares:
    k, n = values.shape
    by_case, by_reader, grand = values.mean(axis=0), values.mean(axis=1), values.mean()
    rest = values - by_case - by_reader[:, np.newaxis] + grand
    return _MeanSquares(
        cases=float(k * ((by_case - grand) ** 2).sum() / (n - 1)),
        readers=float(n * ((by_reader - grand) ** 2).sum() / (k - 1)),
        error=float((rest**2).sum() / ((n - 1) * (k - 1))),
        within=float(((values - by_case) ** 2).sum() / (n * (k - 1))),
        n=n,
        k=k,
    )


def _estimate(kind: IccForm, ms: _MeanSquares) -> float | None:
    """None where the denominator is zero but for rounding: the cases do not differ at all."""
    n, k = ms.n, ms.k
    one_way, two_way = ms.cases - ms.within, ms.cases - ms.error
    above, below = {
        IccForm.ONE_WAY: (one_way, ms.cases + (k - 1) * ms.within),
        IccForm.RANDOM_READERS: (two_way, ms.cases + (k - 1) * ms.error + k * (ms.readers - ms.error) / n),
        IccForm.FIXED_READERS: (two_way, ms.cases + (k - 1) * ms.error),
        IccForm.ONE_WAY_MEAN: (one_way, ms.cases),
        IccForm.RANDOM_READERS_MEAN: (two_way, ms.cases + (ms.readers - ms.error) / n),
        IccForm.FIXED_READERS_MEAN: (two_way, ms.cases),
    }[kind]  # fmt: skip
    return above / below if abs(below) > 1e-12 else None  # noqa: PLR2004 (rounding noise of a mean square)


def _limits(
    kind: IccForm, ms: _MeanSquares, f: float, df: tuple[int, int], level: float
) -> tuple[float, float]:
    k, upper = ms.k, 1 - (1 - level) / 2
    if kind in (IccForm.RANDOM_READERS, IccForm.RANDOM_READERS_MEAN):
        limits = _limits_of_random_readers(ms, upper)
        if kind is IccForm.RANDOM_READERS:
            return limits
        low, high = (k * limit / (1 + (k - 1) * limit) for limit in limits)
        return low, high
    least, most = f / float(fdtri(*df, upper)), f * float(fdtri(*df[::-1], upper))
    if kind in (IccForm.ONE_WAY_MEAN, IccForm.FIXED_READERS_MEAN):
        return 1 - 1 / least, 1 - 1 / most
    return (least - 1) / (least + k - 1), (most - 1) / (most + k - 1)


def _limits_of_random_readers(ms: _MeanSquares, upper: float) -> tuple[float, float]:
    """With Satterthwaite's degrees of freedom of the readers' and the error's mean squares (McGraw and Wong, table 7)."""
    n, k = ms.n, ms.k
    # a = k ρ / (n (1 − ρ)) and b = 1 + k ρ (n − 1) / (n (1 − ρ)); k ρ / (1 − ρ) written without ρ, which may be 1.
    odds = (ms.cases - ms.error) / (ms.error + (ms.readers - ms.error) / n)
    a, b = odds / n, 1 + odds * (n - 1) / n
    v = (a * ms.readers + b * ms.error) ** 2 / ((a * ms.readers) ** 2 / (k - 1) + (b * ms.error) ** 2 / ((n - 1) * (k - 1)))  # fmt: skip
    above, below = float(fdtri(n - 1, v, upper)), float(fdtri(v, n - 1, upper))
    rest = k * ms.readers + (k * n - k - n) * ms.error
    low = n * (ms.cases - above * ms.error) / (above * rest + n * ms.cases)
    high = n * (below * ms.cases - ms.error) / (rest + n * below * ms.cases)
    return low, high
