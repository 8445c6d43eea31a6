"""Further confidence intervals and variances of one AUC; Wald's is `auc_interval`."""

import math
from dataclasses import replace

from numpy.typing import ArrayLike
from scipy.special import expit, logit

from readerstudy.stats.delong import auc_interval
from readerstudy.stats.inputs import check_level
from readerstudy.stats.result import Estimate, StatisticsInputError
from readerstudy.stats.roc import auc
from readerstudy.stats.tails import quantile

LOGIT = "DeLong's standard error on the scale of the logit, transformed back; n = cases"
HANLEY_MCNEIL = (
    "Hanley and McNeil's exponential standard error, normal interval clipped to [0, 1]; n = cases"
)
_AT_THE_END = "At an area of 0 or 1 the exponential standard error is zero, which says nothing about the uncertainty."


def logit_auc_interval(truth: ArrayLike, score: ArrayLike, level: float = 0.95) -> Estimate:
    """AUC with an interval inside 0 to 1: logit θ ± z SE / (θ (1 − θ)), transformed back.

    SE is DeLong's and reported on the scale of the AUC (Pepe, The Statistical Evaluation of Medical Tests, Oxford 2003,
    section 5.2; compared by Qin and Hotilovac, Stat Methods Med Res 2008;17:207). No interval where `auc_interval` has
    none, so for an area of 0 or 1. Raises StatisticsInputError as `auc_interval`.
    """
    wald = auc_interval(truth, score, level)
    if not wald.se or wald.value is None:
        return replace(wald, method=LOGIT)
    half = quantile(level) * wald.se / (wald.value * (1 - wald.value))
    low, high = (float(expit(logit(wald.value) + side * half)) for side in (-1, 1))
    return replace(wald, low=low, high=high, method=LOGIT)


def hanley_mcneil_interval(truth: ArrayLike, score: ArrayLike, level: float = 0.95) -> Estimate:
    """AUC with the standard error that only the area and the numbers of cases decide (Radiology 1982;143:29).

    Meant for planning and for areas from the literature; with the scores at hand DeLong's assumes less. Raises
    StatisticsInputError as `auc`.
    """
    check_level(level)
    value = auc(truth, score)
    n, n_positive = len(truth), sum(truth)  # type: ignore[arg-type]
    variance = hanley_mcneil_variance(value, n_positive, n - n_positive)
    if not variance:
        return Estimate.undefined(_AT_THE_END, HANLEY_MCNEIL, value=value, n=n, se=0.0, level=level)
    half = quantile(level) * math.sqrt(variance)
    low, high = max(value - half, 0.0), min(value + half, 1.0)
    return Estimate(value, low, high, HANLEY_MCNEIL, n=n, se=math.sqrt(variance), level=level)
