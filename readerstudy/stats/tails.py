"""Tails of the t and normal distributions: always survival functions, never 1 − cdf."""

import math

from scipy.special import ndtri, stdtr, stdtrit


def quantile(level: float, df: float | None = None) -> float:
    """The two-sided quantile of Student's t with `df` degrees of freedom; of the normal distribution for None."""
    tail = (1 - level) / 2
    return float(-ndtri(tail) if df is None else -stdtrit(df, tail))


def two_sided_p(statistic: float, df: float | None = None) -> float:
    """Two-sided p of a t statistic with `df` degrees of freedom; of a normal one for None."""
    if df is None:
        return math.erfc(abs(statistic) / math.sqrt(2))
    return float(2 * stdtr(df, -abs(statistic)))


def upper_p(statistic: float, df: float | None = None) -> float:
    """One-sided p: the probability of a larger statistic."""
    if df is None:
        return math.erfc(statistic / math.sqrt(2)) / 2
    return float(stdtr(df, -statistic))
