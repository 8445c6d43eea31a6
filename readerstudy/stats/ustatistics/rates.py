"""Multi-reader multi-case analysis of sensitivity and specificity at a threshold, for studies of any design.

A rate is the AUC of decisions against a constant: positives score 1 where called positive, else 0, against a constant
½ for negatives, and the other way round. Gallas, Pennello and Myers, J Opt Soc Am A 2007;24:B70; iMRMC.
"""

import math
from dataclasses import replace

import numpy as np

from readerstudy.stats.readings import Readings
from readerstudy.stats.result import StatisticsInputError
from readerstudy.stats.ustatistics.analysis import analysed, checked_options
from readerstudy.stats.ustatistics.degrees import UnpairedRule
from readerstudy.stats.ustatistics.inference import Distribution
from readerstudy.stats.ustatistics.result import UStatistics


def u_statistics_of_sensitivity(
    readings: Readings,
    threshold: float,
    *,
    inclusive: bool = True,
    level: float = 0.95,
    test: Distribution | str = Distribution.IMRMC,
    unpaired: UnpairedRule | str = UnpairedRule.SEPARATE,
) -> UStatistics:
    """As `u_statistics`, of the share of positive cases called positive: score >= threshold, or > if not `inclusive`.

    As in iMRMC every reader counts by pairs of cases, so one who read no negative case does not count.
    Raises StatisticsInputError for a threshold that is not a finite number, and for an impossible level.
    """
    called = _against_constant(readings, threshold, inclusive=inclusive, label=1)
    return analysed(called, "sensitivity", checked_options(level, test, unpaired))


def u_statistics_of_specificity(
    readings: Readings,
    threshold: float,
    *,
    inclusive: bool = True,
    level: float = 0.95,
    test: Distribution | str = Distribution.IMRMC,
    unpaired: UnpairedRule | str = UnpairedRule.SEPARATE,
) -> UStatistics:
    """As `u_statistics`, of the share of negative cases not called positive; see `u_statistics_of_sensitivity`."""
    called = _against_constant(readings, threshold, inclusive=inclusive, label=0)
    return analysed(called, "specificity", checked_options(level, test, unpaired))


def _against_constant(
    readings: Readings, threshold: float, *, inclusive: bool, label: int
) -> Readings:
    """The decisions on the cases of one class; ½ for the others."""
    if not math.isfinite(threshold):
        raise StatisticsInputError(f"A threshold must be a finite number, not {threshold}.")
    scores = readings.scores
    called = scores >= threshold if inclusive else scores > threshold
    decided = np.where(readings.truth == label, called, 0.5)
    return replace(readings, scores=np.where(readings.read, decided, np.nan))
