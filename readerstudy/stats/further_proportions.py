"""Two more confidence intervals of a single proportion, beside Wilson's and Clopper and Pearson's.

Compared by Brown, Cai, DasGupta, Stat Sci 2001;16:101.
"""

import math
from dataclasses import replace

from scipy.stats import beta

from readerstudy.stats.proportions import wilson
from readerstudy.stats.result import Estimate, StatisticsInputError
from readerstudy.stats.tails import quantile

AGRESTI_COULL = "Agresti-Coull interval, clipped to [0, 1]"
JEFFREYS = "Jeffreys interval: equal tails of the beta distribution from the prior (½, ½)"


def agresti_coull(successes: int, n: int, level: float = 0.95) -> Estimate:
    """The proportion with the interval around Wilson's centre (Agresti and Coull, Am Stat 1998;52:119).

    It contains Wilson's. Raises StatisticsInputError unless 0 <= successes <= n.
    """
    checked = wilson(successes, n, level)
    if checked.value is None:
        return replace(checked, method=AGRESTI_COULL)
    added = quantile(level) ** 2
    centre = (successes + added / 2) / (n + added)
    half = math.sqrt(added * centre * (1 - centre) / (n + added))
    limits = max(centre - half, 0.0), min(centre + half, 1.0)
    return Estimate(checked.value, *limits, AGRESTI_COULL, n=int(n), level=level)


def jeffreys(successes: int, n: int, level: float = 0.95) -> Estimate:
    """The proportion with the equal-tailed interval of Jeffreys' prior (Brown, Cai, DasGupta, Stat Sci 2001;16:101).

    As they advise, the lower limit of no success is 0 and the upper limit of no failure 1: otherwise the interval would
    not contain the proportion. Raises StatisticsInputError unless 0 <= successes <= n.
    """
    checked = wilson(successes, n, level)
    if checked.value is None:
        return replace(checked, method=JEFFREYS)
    tail, shape = (1 - level) / 2, (successes + 0.5, n - successes + 0.5)
    low = 0.0 if successes == 0 else float(beta.ppf(tail, *shape))
    high = 1.0 if successes == n else float(beta.isf(tail, *shape))
    return Estimate(checked.value, low, high, JEFFREYS, n=int(n), level=level)


def wilson_limits(successes: int, n: int, level: float) -> tuple[float, float, float]:
    """A proportion of at least one case with both of Wilson's limits, for methods that join those of several."""
    found = wilson(successes, n, level)
    if found.value is None or found.low is None or found.high is None:
        raise StatisticsInputError("There is no case to take the proportion of.")
    return found.value, found.low, found.high
