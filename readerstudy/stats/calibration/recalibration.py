"""Calibration intercept and slope: the logistic regression of the truth on the logit of the probabilities.

Cox, Biometrika 1958;45:562; Van Calster et al., BMC Med 2019;17:230.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import logit

from readerstudy.stats.calibration.logistic import LogisticFit, Regression, fit_logistic
from readerstudy.stats.calibration.probabilities import (
    case_weights,
    checked_probabilities,
    prevalence_text,
)
from readerstudy.stats.covariance import TOO_FEW_CASES, ZERO_VARIANCE
from readerstudy.stats.inputs import check_level
from readerstudy.stats.render import Rendered
from readerstudy.stats.result import Estimate, FloatArray, IntArray, StatisticsInputError
from readerstudy.stats.tails import quantile, two_sided_p

_LARGE = "Calibration in the large (slope held at 1; p tests 0)"
_SLOPE = "Calibration slope (p tests 1)"
_INTERCEPT = "Intercept beside the slope (p tests 0)"
_INFORMATION = "Wald interval from the information matrix"
_SANDWICH = "Wald interval from the sandwich covariance with the classes as strata"
_CONSTANT = "All probabilities are equal: there is no slope."
_SEPARATED = "The probabilities separate the classes: the slope has no finite estimate."
_NOT_CONVERGED = "The logistic regression did not converge."
_NO_VARIANCE = "All cases of a class have equal probabilities: the variance is zero."
# Logits that differ by less differ by rounding alone.
_SAME_LOGIT = 1e-12


@dataclass(frozen=True)
class Recalibration(Rendered):
    """How predicted logits must be moved and stretched to fit the truth: 0 and 1 are perfect.

    `in_the_large` is the intercept with the slope held at 1 (above 0: predictions are too low). `slope` below 1 means
    that predictions are too extreme; `intercept` belongs to the line with that slope. `moved` probabilities of 0 or 1
    were moved inwards by the clip.
    """

    in_the_large: Estimate
    slope: Estimate
    intercept: Estimate
    moved: int


def recalibration(
    truth: ArrayLike,
    p: ArrayLike,
    *,
    prevalence: float | None = None,
    clip: float | None = None,
    level: float = 0.95,
) -> Recalibration:
    """Calibration in the large, slope and intercept of probabilities p (K,), by maximum likelihood.

    The p values test in_the_large = 0, slope = 1 and intercept = 0. With a `prevalence` the cases are weighted to it
    and the covariance is the sandwich over strata (Binder, Int Stat Rev 1983;51:279). Probabilities of 0 and 1 have no
    logit: they are refused, or, with a `clip`, all p are held between clip and 1 − clip. Raises StatisticsInputError
    for these, for a clip outside 0 to 0.5, and for data that cannot be probabilities of both classes of cases.
    """
    check_level(level)
    labels, values = checked_probabilities(truth, p)
    logits, moved = _logits(values, clip)
    weights = case_weights(labels, prevalence)
    strata = None if prevalence is None else labels
    ones = np.ones((labels.size, 1))
    large = fit_logistic(Regression(ones, labels, logits, weights, strata))
    line = _line(labels, logits, weights, strata)
    method, n = _method(prevalence, clip), int(labels.size)
    return Recalibration(
        in_the_large=_estimate(_LARGE + method, large, 0, n=n, level=level),
        slope=_estimate(_SLOPE + method, line, 1, null=1.0, n=n, level=level),
        intercept=_estimate(_INTERCEPT + method, line, 0, n=n, level=level),
        moved=moved,
    )


def _logits(p: FloatArray, clip: float | None) -> tuple[FloatArray, int]:
    extreme = int(((p == 0) | (p == 1)).sum())
    if clip is not None:
        if not 0 < clip < 0.5:  # noqa: PLR2004 (the middle of the probabilities)
            raise StatisticsInputError(f"A clip must lie between 0 and 0.5, not {clip}.")
        held = np.clip(p, clip, 1 - clip)
        return np.asarray(logit(held)), int((held != p).sum())
    if extreme:
        raise StatisticsInputError(
            f"{extreme} of {p.size} probabilities are 0 or 1, whose logit is infinite: name a clip to hold them off."
        )
    return np.asarray(logit(p)), 0


def _line(
    truth: IntArray, logits: FloatArray, weights: FloatArray, strata: IntArray | None
) -> LogisticFit | str:
    """The regression with intercept and slope, or the sentence why it has no finite estimate."""
    if np.ptp(logits) < _SAME_LOGIT:
        return _CONSTANT
    positive, negative = logits[truth == 1], logits[truth == 0]
    if positive.min() >= negative.max() or negative.min() >= positive.max():
        return _SEPARATED
    design = np.column_stack([np.ones(logits.size), logits])
    no_offset = np.zeros(logits.size)
    return fit_logistic(Regression(design, truth, no_offset, weights, strata)) or _NOT_CONVERGED


def _method(prevalence: float | None, clip: float | None) -> str:
    kind = _INFORMATION if prevalence is None else _SANDWICH
    held = "" if clip is None else f"; probabilities held between {clip:g} and {1 - clip:g}"
    return f", logistic regression on the logit (Cox 1958); {prevalence_text(prevalence)}{held}; {kind}; n = cases"


def _estimate(
    method: str,
    fit: LogisticFit | str | None,
    place: int,
    *,
    n: int,
    level: float,
    null: float = 0.0,
) -> Estimate:
    """The coefficient at `place`; `null` is the value that p tests."""
    if fit is None or isinstance(fit, str):
        return Estimate.undefined(fit or _NOT_CONVERGED, method, n=n, level=level)
    value = float(fit.coefficients[place])
    if fit.covariance is None:
        return Estimate.undefined(TOO_FEW_CASES, method, value=value, n=n, level=level)
    variance = float(fit.covariance[place, place])
    if variance < ZERO_VARIANCE:
        return Estimate.undefined(_NO_VARIANCE, method, value=value, n=n, se=0.0, level=level)
    se = float(np.sqrt(variance))
    half = quantile(level) * se
    p = two_sided_p((value - null) / se)
    return Estimate(value, value - half, value + half, method, n=n, se=se, p=p, level=level)
