"""How two measurements of the same readers or cases go together: rank correlation and the least-squares line."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata

from readerstudy.stats.covariance import ZERO_VARIANCE
from readerstudy.stats.inputs import check_level, numbers
from readerstudy.stats.render import Rendered
from readerstudy.stats.result import Estimate, FloatArray, StatisticsInputError
from readerstudy.stats.tails import quantile, two_sided_p

SPEARMAN = (
    "Spearman's rank correlation; interval by Fisher's z with the standard error of Bonett and Wright 2000, p by "
    "Student's t with n − 2 degrees of freedom; n = pairs"
)
LINE = (
    "Least-squares line; Student's t interval of the slope with n − 2 degrees of freedom; n = pairs"
)
_FEWEST = 4
_TOO_FEW = "A correlation with an interval needs four pairs; there are {}."
_CONSTANT = "All values of one of the two are equal: there is no correlation."
_MONOTONE = "The ranks agree perfectly: Fisher's z is infinite, and there is no interval."
_EXACT = "The line passes through every point: the variance of its slope is zero."
# Values that differ by a smaller share of the largest differ by rounding alone.
_NOISE = 1e-12


@dataclass(frozen=True)
class Line(Rendered):
    """y = intercept + slope × x by least squares, and its ends (x, y) at the smallest and the largest x."""

    slope: Estimate
    intercept: float | None
    start: tuple[float, float] | None
    end: tuple[float, float] | None


def spearman(x: ArrayLike, y: ArrayLike, level: float = 0.95) -> Estimate:
    """Spearman's ρ of two lists (n,), Pearson's r of the mid-ranks; pairs with a NaN do not count.

    SE of Fisher's z: √((1 + ρ² / 2) / (n − 3)) (Bonett and Wright, Psychometrika 2000;65:23). Raises
    StatisticsInputError for lists of unequal length.
    """
    check_level(level)
    first, second = _pairs(x, y)
    n = first.size
    if n < _FEWEST:
        return Estimate.undefined(_TOO_FEW.format(n), SPEARMAN, n=n, level=level)
    rho = _pearson(rankdata(first), rankdata(second))
    if rho is None:
        return Estimate.undefined(_CONSTANT, SPEARMAN, n=n, level=level)
    if 1 - abs(rho) < 1e-12:  # noqa: PLR2004 (sums of ranks: rounding)
        return Estimate.undefined(_MONOTONE, SPEARMAN, value=float(np.sign(rho)), n=n, level=level)
    z, half = math.atanh(rho), quantile(level) * math.sqrt((1 + rho**2 / 2) / (n - 3))
    p = two_sided_p(rho * math.sqrt((n - 2) / (1 - rho**2)), n - 2)
    return Estimate(rho, math.tanh(z - half), math.tanh(z + half), SPEARMAN, n=n, p=p, level=level)


def least_squares(x: ArrayLike, y: ArrayLike, level: float = 0.95) -> Line:
    """The line through pairs of two lists (n,); pairs with a NaN do not count.

    Raises StatisticsInputError for lists of unequal length.
    """
    check_level(level)
    first, second = _pairs(x, y)
    n = first.size
    if n < _FEWEST or _is_constant(first):
        why = _TOO_FEW.format(n) if n < _FEWEST else _CONSTANT
        return Line(Estimate.undefined(why, LINE, n=n, level=level), None, None, None)
    around = first - first.mean()
    value = float(around @ second / (around @ around))
    intercept = float(second.mean() - value * first.mean())
    residual = second - intercept - value * first
    se = float(np.sqrt(residual @ residual / (n - 2) / (around @ around)))
    start, end = ((float(at), intercept + value * float(at)) for at in (first.min(), first.max()))
    return Line(_slope(value, se, n, level), intercept, start, end)


def _slope(value: float, se: float, n: int, level: float) -> Estimate:
    if se**2 < ZERO_VARIANCE:
        return Estimate.undefined(_EXACT, LINE, value=value, n=n, se=0.0, level=level)
    half, p = quantile(level, n - 2) * se, two_sided_p(value / se, n - 2)
    return Estimate(value, value - half, value + half, LINE, n=n, se=se, df=n - 2, p=p, level=level)


def _pairs(x: ArrayLike, y: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """The pairs without a NaN, both (n,)."""
    first, second = (numbers(values, "Values") for values in (x, y))
    if first.shape != second.shape or first.ndim != 1:
        raise StatisticsInputError(f"Two equally long lists are needed, not {first.shape} and {second.shape}.")  # fmt: skip
    known = np.isfinite(first) & np.isfinite(second)
    return first[known], second[known]


def _is_constant(values: FloatArray) -> bool:
    return float(np.ptp(values)) <= _NOISE * float(np.abs(values).max())


def _pearson(x: FloatArray, y: FloatArray) -> float | None:
    """Pearson's r; None where one of the two is constant."""
    if _is_constant(x) or _is_constant(y):
        return None
    first, second = x - x.mean(), y - y.mean()
    r = float(first @ second / np.sqrt((first @ first) * (second @ second)))
    return min(max(r, -1.0), 1.0)
