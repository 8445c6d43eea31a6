"""Interval and test from an estimate, its exact variance and the contributions to its degrees of freedom."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, fields
from enum import StrEnum
from fractions import Fraction

from readerstudy.stats.tails import quantile, two_sided_p
from readerstudy.stats.ustatistics.degrees import Contribution, UnpairedRule, degrees_of_freedom

_NEGATIVE = "The {what} variance is negative, as it may be where it is small: it gives no standard error and no test."
_ZERO = "The {what} variance is zero, which says nothing about the uncertainty: there is no test."
_UNEVEN = "The readings are spread too unevenly to estimate degrees of freedom: there is no test."
_INFINITE = "No factor alone contributes to the variance: the degrees of freedom are infinite and the normal distribution is used."  # fmt: skip
_LARGE = 50


class Distribution(StrEnum):
    """Which distribution p and the limits come from.

    `IMRMC`: t with df rounded down, normal above 50 df. `T`: t with the df as they are. `NORMAL`: always normal.
    """

    IMRMC = "imrmc"
    T = "t"
    NORMAL = "normal"

    def df(self, df: float) -> float | None:
        """Degrees of freedom to look up; None for the normal distribution."""
        if (
            self is Distribution.NORMAL
            or math.isinf(df)
            or (self is Distribution.IMRMC and df > _LARGE)
        ):
            return None
        return df if self is Distribution.T else float(math.floor(df))


@dataclass(frozen=True)
class Options:
    """How intervals and tests are made."""

    level: float
    test: Distribution
    unpaired: UnpairedRule


@dataclass(frozen=True)
class Tested:
    """Variance, interval and test by one kind of moments; `reason` where something is missing."""

    variance: float | None = None
    se: float | None = None
    df_bdg: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    reason: str | None = None

    def named(self, suffix: str) -> dict[str, float | None]:
        """All but the reason, each name with the suffix."""
        names = (field.name for field in fields(self) if field.name != "reason")
        return {name + suffix: getattr(self, name) for name in names}


def tested(
    estimate: float,
    null: float,
    variance: Fraction,
    contributions: Iterable[Contribution],
    *,
    options: Options,
    kind: str,
) -> Tested:
    """The test of estimate = null; `kind` names the variance in a reason. The variance is exact, so 0 means 0."""
    if variance <= 0:
        reason = (_NEGATIVE if variance < 0 else _ZERO).format(what=kind)
        return Tested(float(variance), None if variance < 0 else 0.0, reason=reason)
    value = float(variance)
    se, df = math.sqrt(value), degrees_of_freedom(value, contributions)
    if df is None:
        return Tested(value, se, reason=_UNEVEN)
    used = options.test.df(df)
    half = se * quantile(options.level, used)
    p = two_sided_p((estimate - null) / se, used)
    finite = math.isfinite(df)
    return Tested(value, se, df if finite else None, estimate - half, estimate + half, p, None if finite else _INFINITE)  # fmt: skip
