"""The Brier score, its parts, and Spiegelhalter's test."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from readerstudy.stats.calibration.probabilities import (
    case_weights,
    checked_probabilities,
    prevalence_text,
)
from readerstudy.stats.calibration.reliability import Binning, binned
from readerstudy.stats.covariance import TOO_FEW_CASES, ZERO_VARIANCE
from readerstudy.stats.inputs import check_level
from readerstudy.stats.render import Rendered
from readerstudy.stats.result import Estimate, FloatArray, IntArray
from readerstudy.stats.tails import quantile, two_sided_p

BRIER = "Brier score; {}, normal interval from the variance of the squared errors {}, clipped to [0, 1]; n = cases"
SPIEGELHALTER = "Spiegelhalter's z (1986), normal, two-sided; n = cases"
_ALL_ALIKE = "All squared errors are equal: their variance is zero."
_NO_VARIANCE = "Every probability is 0, 0.5 or 1: Spiegelhalter's statistic has variance zero."


@dataclass(frozen=True)
class Decomposition(Rendered):
    """Brier score = reliability − resolution + uncertainty + within_bins.

    `binned` is the score of the forecasts replaced by the mean of their bin: the first three parts make it exactly.
    """

    reliability: float
    resolution: float
    uncertainty: float
    binned: float
    within_bins: float
    method: str


def brier_score(
    truth: ArrayLike, p: ArrayLike, *, prevalence: float | None = None, level: float = 0.95
) -> Estimate:
    """Mean of (p − truth)² with its interval (Brier, Mon Weather Rev 1950;78:1; interval: Bradley 2008;23:992).

    With a `prevalence` the classes' means are weighted to it, and their variances added (strata of fixed size).
    Raises StatisticsInputError for data that cannot be probabilities of both classes of cases.
    """
    check_level(level)
    labels, values = checked_probabilities(truth, p)
    errors = (values - labels) ** 2
    value = _mean(errors, labels, prevalence)
    variance = _variance_of_mean(errors, labels, prevalence)
    method = BRIER.format(prevalence_text(prevalence), "of all cases" if prevalence is None else "within the classes")  # fmt: skip
    if variance is None or variance < ZERO_VARIANCE:
        reason, se = (TOO_FEW_CASES, None) if variance is None else (_ALL_ALIKE, 0.0)
        return Estimate.undefined(reason, method, value=value, n=labels.size, se=se, level=level)
    se = float(np.sqrt(variance))
    half = quantile(level) * se
    low, high = max(value - half, 0.0), min(value + half, 1.0)
    return Estimate(value, low, high, method, n=labels.size, se=se, level=level)


def brier_skill(truth: ArrayLike, p: ArrayLike, *, prevalence: float | None = None) -> float:
    """1 − Brier score / that of predicting the prevalence for every case; 0 is no better than that, 1 perfect."""
    labels, values = checked_probabilities(truth, p)
    share = float(labels.mean()) if prevalence is None else prevalence
    return 1 - _mean((values - labels) ** 2, labels, prevalence) / (share * (1 - share))


def brier_decomposition(
    truth: ArrayLike,
    p: ArrayLike,
    *,
    bins: int = 10,
    binning: Binning | str = Binning.EQUAL_WIDTH,
    prevalence: float | None = None,
) -> Decomposition:
    """Murphy's parts of the Brier score (J Appl Meteorol 1973;12:595) over bins of the probabilities.

    `within_bins` is what the spread of the probabilities within bins adds (Stephenson, Coelho, Jolliffe, Weather
    Forecast 2008;23:752); it is zero where every bin holds one distinct probability. Raises StatisticsInputError as
    `reliability_curve`.
    """
    labels, values = checked_probabilities(truth, p)
    found = binned(labels, values, bins, binning, prevalence)
    overall = float(found.share @ found.observed)
    reliability = float(found.share @ (found.predicted - found.observed) ** 2)
    resolution = float(found.share @ (found.observed - overall) ** 2)
    uncertainty = overall * (1 - overall)
    score = reliability - resolution + uncertainty
    method = f"Murphy (1973), {bins} bins of {Binning(binning)}; {prevalence_text(prevalence)}"
    within = _mean((values - labels) ** 2, labels, prevalence) - score
    return Decomposition(reliability, resolution, uncertainty, score, within, method)


def spiegelhalter_test(truth: ArrayLike, p: ArrayLike, level: float = 0.95) -> Estimate:
    """Spiegelhalter's z as value, and the p of the hypothesis that every p is right; there is no interval of z.

    z = Σ (y − p)(1 − 2p) / √Σ (1 − 2p)² p (1 − p) (Spiegelhalter, Stat Med 1986;5:421). Raises StatisticsInputError as
    `brier_score`.
    """
    check_level(level)
    labels, values = checked_probabilities(truth, p)
    lean = 1 - 2 * values
    variance = float((lean**2 * values * (1 - values)).sum())
    if variance < ZERO_VARIANCE:
        return Estimate.undefined(_NO_VARIANCE, SPIEGELHALTER, n=labels.size, level=level)
    z = float(((labels - values) * lean).sum() / np.sqrt(variance))
    reason = "A test statistic has no interval."
    return Estimate(z, None, None, SPIEGELHALTER, n=labels.size, p=two_sided_p(z), level=level, reason=reason)  # fmt: skip


def _mean(values: FloatArray, truth: IntArray, prevalence: float | None) -> float:
    return float(np.mean(values * case_weights(truth, prevalence)))


def _variance_of_mean(
    values: FloatArray, truth: IntArray, prevalence: float | None
) -> float | None:
    """None where a class has a single case and its variance is needed."""
    if prevalence is None:
        return float(values.var(ddof=1) / values.size)
    parts = [(prevalence, values[truth == 1]), (1 - prevalence, values[truth == 0])]
    if min(part.size for _share, part in parts) < 2:  # noqa: PLR2004 (a variance needs two)
        return None
    return float(sum(share**2 * part.var(ddof=1) / part.size for share, part in parts))
