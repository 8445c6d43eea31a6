"""Confidence intervals of a single proportion."""

import math

from scipy.stats import beta

from readerstudy.stats.inputs import check_level
from readerstudy.stats.result import Estimate, StatisticsInputError
from readerstudy.stats.tails import quantile

WILSON = "Wilson score interval"
CLOPPER_PEARSON = "Clopper-Pearson exact interval"
_NOTHING = "There is no case to take the proportion of."


def wilson(successes: int, n: int, level: float = 0.95) -> Estimate:
    """The proportion with Wilson's score interval (Wilson, JASA 1927;22:209).

    Raises StatisticsInputError unless 0 <= successes <= n.
    """
    _check(successes, n, level)
    if n == 0:
        return Estimate.undefined(_NOTHING, WILSON, n=0, level=level)
    share, z = successes / n, quantile(level)
    scale = 1 + z * z / n
    centre = (share + z * z / (2 * n)) / scale
    half = z / scale * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    # The ends are exactly 0 and 1 there; rounding would leave 1e-18.
    low = 0.0 if successes == 0 else centre - half
    high = 1.0 if successes == n else centre + half
    return Estimate(share, low, high, WILSON, n=int(n), level=level)


def clopper_pearson(successes: int, n: int, level: float = 0.95) -> Estimate:
    """The proportion with the exact binomial interval (Clopper and Pearson, Biometrika 1934;26:404).

    Raises StatisticsInputError unless 0 <= successes <= n.
    """
    _check(successes, n, level)
    if n == 0:
        return Estimate.undefined(_NOTHING, CLOPPER_PEARSON, n=0, level=level)
    tail = (1 - level) / 2
    low = 0.0 if successes == 0 else float(beta.ppf(tail, successes, n - successes + 1))
    high = 1.0 if successes == n else float(beta.isf(tail, successes + 1, n - successes))
    return Estimate(successes / n, low, high, CLOPPER_PEARSON, n=int(n), level=level)


def _check(successes: int, n: int, level: float) -> None:
    check_level(level)
    if int(successes) != successes or int(n) != n or not 0 <= successes <= n:
        raise StatisticsInputError(
            f"{successes} of {n} is no proportion: both must be whole numbers with 0 ≤ successes ≤ n."
        )
