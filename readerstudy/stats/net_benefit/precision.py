"""How precise a net benefit is: standard errors and confidence limits."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from readerstudy.stats.proportions import wilson
from readerstudy.stats.result import FloatArray, IntArray
from readerstudy.stats.tails import quantile


class BenefitInterval(StrEnum):
    """Which confidence interval a net benefit has.

    Wilson: Wilson's limits of the two rates joined by the square-and-add method (Newcombe, Stat Med 1998;17:873; Zou
    and Donner, Stat Med 2008;27:1693), never degenerate. Delta: normal, with binomial variances (Marsh, Janes, Pepe,
    Biometrics 2020;76:843); none where the variance is zero.
    """

    WILSON = "wilson"
    DELTA = "delta"


INTERVALS = {
    BenefitInterval.WILSON: "Wilson's limits of both rates joined by square-and-add (Zou and Donner 2008)",
    BenefitInterval.DELTA: "normal interval from binomial variances (delta method)",
}


@dataclass(frozen=True, eq=False)
class Called:
    """True and false positives at each threshold (T,), of n_positive and n_negative cases."""

    tp: IntArray
    fp: IntArray
    n_positive: int
    n_negative: int


@dataclass(frozen=True)
class Setting:
    """The prevalence (None: the study's own, estimated), the kind of interval and its level."""

    prevalence: float | None
    interval: BenefitInterval
    level: float


@dataclass(frozen=True, eq=False)
class Shares:
    """Net benefit a x − b y (T,) of two shares x of n_x and y of n_y cases, correlated by `rho` (T,)."""

    a: float
    b: FloatArray
    tp: IntArray
    fp: IntArray
    n_x: int
    n_y: int
    rho: FloatArray

    @property
    def net_benefit(self) -> FloatArray:
        """The difference (T,)."""
        return np.asarray(self.a * self.tp / self.n_x - self.b * self.fp / self.n_y)


def shares(called: Called, cost: FloatArray, prevalence: float | None) -> Shares:
    """The two shares of which the net benefit at cost (T,) is the difference."""
    n1, n0 = called.n_positive, called.n_negative
    if prevalence is not None:
        return Shares(prevalence, (1 - prevalence) * cost, called.tp, called.fp, n1, n0, np.zeros(cost.size))  # fmt: skip
    n = n1 + n0
    x, y = called.tp / n, called.fp / n
    # Two shares of one multinomial sample.
    return Shares(1.0, cost, called.tp, called.fp, n, n, -np.sqrt(x * y / ((1 - x) * (1 - y))))


def standard_error(parts: Shares) -> FloatArray:
    """By the delta method (T,)."""
    x, y = parts.tp / parts.n_x, parts.fp / parts.n_y
    own = parts.a**2 * x * (1 - x) / parts.n_x + parts.b**2 * y * (1 - y) / parts.n_y
    both = parts.rho * parts.a * parts.b * np.sqrt(x * (1 - x) * y * (1 - y) / (parts.n_x * parts.n_y))  # fmt: skip
    return np.asarray(np.sqrt(np.maximum(own - 2 * both, 0)))


def limits(parts: Shares, setting: Setting) -> tuple[FloatArray, FloatArray]:
    """By the chosen interval; MOVER: the distance to the lower limit is √(d1² + d2² − 2 ρ d1 d2)."""
    value = parts.net_benefit
    if setting.interval is BenefitInterval.DELTA:
        half = quantile(setting.level) * standard_error(parts)
        return value - half, value + half
    x, y = parts.tp / parts.n_x, parts.fp / parts.n_y
    (x_low, x_high), (y_low, y_high) = (
        _wilson(count, n, setting.level)
        for count, n in ((parts.tp, parts.n_x), (parts.fp, parts.n_y))
    )
    below = _joined(parts.a * (x - x_low), parts.b * (y_high - y), parts.rho)
    above = _joined(parts.a * (x_high - x), parts.b * (y - y_low), parts.rho)
    return value - below, value + above


def _joined(first: FloatArray, second: FloatArray, rho: FloatArray) -> FloatArray:
    return np.asarray(np.sqrt(first**2 + second**2 - 2 * rho * first * second))


def _wilson(counts: IntArray, n: int, level: float) -> tuple[FloatArray, FloatArray]:
    """Wilson's limits (T,) of counts (T,) of n; each distinct count once."""
    distinct, place = np.unique(counts, return_inverse=True)
    found = [wilson(int(count), n, level) for count in distinct]
    limits = np.array([(one.low, one.high) for one in found], dtype=np.float64)
    return limits[place, 0], limits[place, 1]
