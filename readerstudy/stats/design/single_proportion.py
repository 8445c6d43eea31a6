"""How many cases one proportion needs, such as a sensitivity (positive cases) or a specificity (negative cases)."""

import math
from dataclasses import asdict, dataclass

import numpy as np
from scipy.stats import binom, norm

from readerstudy.stats.design.checks import check_count, check_share
from readerstudy.stats.design.hypothesis import hypothesis
from readerstudy.stats.design.sample_size import smallest
from readerstudy.stats.inputs import check_level
from readerstudy.stats.render import Rendered
from readerstudy.stats.result import FloatArray, StatisticsInputError, refuse_not_finite

PRECISION = "Half width of Wilson's score interval"
EXACT = "Exact binomial test, one-sided"
_MOST = 200_000
_WIDEST = 0.5


@dataclass(frozen=True)
class ProportionSize(Rendered):
    """The smallest number of cases that gives the precision or power asked for; None with a `reason`.

    `achieved` is the half width or the power with that number. The power of an exact test goes up and down with n:
    `always_from` is the number from which every larger one reaches the target too.
    """

    n: int | None
    achieved: float | None
    always_from: int | None
    method: str
    reason: str | None = None

    def __post_init__(self) -> None:
        """Raises ArithmeticError for a number that is not finite."""
        refuse_not_finite(asdict(self))


@dataclass(frozen=True)
class ProportionPower(Rendered):
    """Power of the exact binomial test: reject with `critical` or more successes of `n` (or fewer, for a decrease).

    `level` is the true probability to reject under the null hypothesis; `critical` is None where no result rejects.
    """

    power: float
    critical: int | None
    level: float
    n: int
    method: str

    def __post_init__(self) -> None:
        """Raises ArithmeticError for a number that is not finite."""
        refuse_not_finite(asdict(self))


def precision_cases_needed(
    proportion: float, half_width: float, *, level: float = 0.95
) -> ProportionSize:
    """Cases for which Wilson's interval (Wilson, JASA 1927;22:209) is at most ± `half_width` around its middle.

    Raises StatisticsInputError for a proportion outside [0, 1] and a half width outside (0, 0.5).
    """
    check_level(level)
    if not 0 <= proportion <= 1:
        raise StatisticsInputError(f"A proportion lies between 0 and 1, not {proportion}.")
    if not 0 < half_width < _WIDEST:
        raise StatisticsInputError(f"The half width must lie between 0 and 0.5, not {half_width}.")
    z = float(norm.isf((1 - level) / 2))
    n = smallest(lambda n: -_half_width(proportion, n, z), 1, -half_width)
    if n is None:
        return ProportionSize(None, None, None, PRECISION, "More than 1,000,000,000 cases would be needed.")  # fmt: skip
    return ProportionSize(n, float(_half_width(proportion, np.array(float(n)), z)), n, PRECISION)


def proportion_power(null: float, true: float, n: int, *, alpha: float = 0.025) -> ProportionPower:
    """Power to show with `n` cases that a proportion is above `null`, or below it where the `true` one is.

    One-sided: of all critical numbers the one that rejects most with a probability of at most alpha under the null
    hypothesis (Clopper and Pearson, Biometrika 1934;26:404). Raises StatisticsInputError for numbers out of range.
    """
    check_count(n, "cases")
    _check(null, true, alpha)
    upwards = true > null
    critical, size, found = _exact(np.array(float(n)), *_as_upwards(null, true), alpha)
    number = int(critical) if upwards else n - int(critical)
    return ProportionPower(float(found), number if 0 <= number <= n else None, float(size), n, _test(upwards))  # fmt: skip


def proportion_cases_needed(
    null: float, true: float, target: float = 0.8, *, alpha: float = 0.025
) -> ProportionSize:
    """Cases with which the exact test of `proportion_power` shows with power `target` that a proportion is `true`.

    Raises StatisticsInputError for numbers out of range.
    """
    check_share(target, "The power asked for")
    _check(null, true, alpha)
    method = _test(true > null)
    bound = _bound(null, true, target, alpha)
    if bound > _MOST:
        reason = f"More than {_MOST:,} cases would be needed."
        return ProportionSize(None, None, None, method, reason)
    n = np.arange(1.0, bound + 1)
    found = _exact(n, *_as_upwards(null, true), alpha)[2]
    reached = np.flatnonzero(found >= target)
    below = np.flatnonzero(found < target)
    always = int(below[-1]) + 2 if below.size else 1
    return ProportionSize(int(n[reached[0]]), float(found[reached[0]]), always, method)


def _exact(n: FloatArray, null: float, true: float, alpha: float) -> tuple[FloatArray, ...]:
    """The first number of successes that rejects, its probability under the null hypothesis, and the power."""
    critical = binom.isf(alpha, n, null) + 1
    # The library inverts by 1 − alpha, which may miss by one where the tail equals alpha.
    critical = critical + (binom.sf(critical - 1, n, null) > alpha)
    critical = critical - (binom.sf(critical - 2, n, null) <= alpha)
    return critical, binom.sf(critical - 1, n, null), binom.sf(critical - 1, n, true)


def _as_upwards(null: float, true: float) -> tuple[float, float]:
    """A decrease of successes is an increase of failures."""
    return (null, true) if true > null else (1 - null, 1 - true)


def _bound(null: float, true: float, target: float, alpha: float) -> int:
    """Cases enough by the normal approximation with continuity correction, and twice as many to be sure."""
    z = norm.isf(alpha) * math.sqrt(null * (1 - null)) + max(norm.ppf(target), 0) * math.sqrt(true * (1 - true))  # fmt: skip
    effect = abs(true - null)
    return math.ceil(2 * float(z / effect) ** 2 + 20 / effect + 20)


def _half_width(proportion: float, n: FloatArray, z: float) -> FloatArray:
    return np.asarray(z / (1 + z * z / n) * np.sqrt(proportion * (1 - proportion) / n + z * z / (4 * n * n)))  # fmt: skip


def _test(upwards: bool) -> str:  # noqa: FBT001 (a direction)
    return (
        f"{EXACT}: the proportion is {'above' if upwards else 'below'} that of the null hypothesis"
    )


def _check(null: float, true: float, alpha: float) -> None:
    check_share(null, "The proportion of the null hypothesis")
    hypothesis(0.0, alpha=alpha)
    if not 0 <= true <= 1 or true == null:
        raise StatisticsInputError(f"The true proportion lies between 0 and 1 and differs from {null}; it is {true}.")  # fmt: skip
