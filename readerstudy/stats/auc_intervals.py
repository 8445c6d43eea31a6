"""Further confidence intervals and variances of one AUC; Wald's is `auc_interval`."""

import math
from dataclasses import replace

from numpy.typing import ArrayLike
from scipy.special import expit, logit

from readerstudy.stats.covariance import ZERO_VARIANCE
from readerstudy.stats.delong import auc_interval
from readerstudy.stats.inputs import check_level
from readerstudy.stats.result import Estimate, StatisticsInputError
from readerstudy.stats.roc import auc, checked_reading
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
    """AUC with the standard error that the area and the numbers of cases alone decide (Radiology 1982;143:29).

    Meant for comparison with the literature; with the scores at hand DeLong's assumes less. Raises
    StatisticsInputError as `auc`.
    """
    check_level(level)
    labels, values = checked_reading(truth, score)
    value, n, n_positive = auc(labels, values), labels.size, int(labels.sum())
    variance = hanley_mcneil_variance(value, n_positive, n - n_positive)
    se = math.sqrt(variance) if variance > ZERO_VARIANCE else 0.0
    if not se:
        return Estimate.undefined(_AT_THE_END, HANLEY_MCNEIL, value=value, n=n, se=se, level=level)
    half = quantile(level) * se
    low, high = max(value - half, 0.0), min(value + half, 1.0)
    return Estimate(value, low, high, HANLEY_MCNEIL, n=n, se=se, level=level)


def hanley_mcneil_variance(auc: float, n_positive: int, n_negative: int) -> float:
    """The variance of an AUC as if the scores were exponential (Hanley and McNeil, Radiology 1982;143:29).

    (θ (1 − θ) + (n1 − 1)(θ / (2 − θ) − θ²) + (n0 − 1)(2θ² / (1 + θ) − θ²)) / (n0 n1). Raises StatisticsInputError for
    an area outside 0 to 1 and for no cases.
    """
    _check(n_positive, n_negative)
    if not 0 <= auc <= 1:
        raise StatisticsInputError(f"An area must lie between 0 and 1, not {auc:g}.")
    same_negative, same_positive = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    total = auc * (1 - auc) + (n_positive - 1) * (same_negative - auc**2) + (n_negative - 1) * (same_positive - auc**2)  # fmt: skip
    return total / (n_positive * n_negative)


def obuchowski_mcclish_variance(a: float, b: float, n_positive: int, n_negative: int) -> float:
    """The large-sample variance of a binormal AUC with parameters a and b, for continuous scores.

    (f² (1 + b² / κ + a² / 2) + g² b² (1 + κ) / (2κ)) / n1, κ = n0 / n1, f and g the derivatives of Φ(a / √(1 + b²)) by a
    and b (Obuchowski and McClish, Stat Med 1997;16:1529), as published without the covariance a b / (2 n1) of the two
    parameters, which makes it larger than need be. Raises StatisticsInputError for b ≤ 0 and for no cases.
    """
    _check(n_positive, n_negative)
    if not (b > 0 and math.isfinite(a) and math.isfinite(b)):
        raise StatisticsInputError("A binormal curve needs a finite a and a finite b above zero.")
    ratio, scale = n_negative / n_positive, 1 + b**2
    f = math.exp(-(a**2) / (2 * scale)) / math.sqrt(2 * math.pi * scale)
    g = -f * a * b / scale
    spread = f**2 * (1 + b**2 / ratio + a**2 / 2) + g**2 * b**2 * (1 + ratio) / (2 * ratio)
    return spread / n_positive


def _check(n_positive: int, n_negative: int) -> None:
    if n_positive < 1 or n_negative < 1:
        raise StatisticsInputError("A variance of an area needs positive and negative cases.")
