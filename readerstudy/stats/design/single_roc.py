"""Power and sample size for one ROC curve against chance, and for two curves of one reader on the same cases.

Obuchowski, Lieber, Wians, Clin Chem 2004;50:1118 (binormal variance, with its literal constants); the formulas of
pROC's power.roc.test.
"""

import math
from dataclasses import asdict, dataclass

from scipy.special import ndtr, ndtri

from readerstudy.stats.design.checks import check_count, check_share
from readerstudy.stats.design.hypothesis import hypothesis
from readerstudy.stats.render import Rendered
from readerstudy.stats.result import StatisticsInputError, refuse_not_finite

ONE_CURVE = (
    "One area against 0.5, normal, two-sided; binormal variance (Obuchowski, Lieber, Wians 2004)"
)
TWO_CURVES = "Two areas on the same cases, normal, two-sided (Obuchowski and McClish 1997)"
_NULL_VARIANCE = 0.0792
_SQUARE_ROOT_OF_TWO = 1.414
_CHANCE = 0.5
_NO_EFFECT = "The areas are equal: no number of cases shows a difference."
_PERFECT = "The area is 1: the binormal variance is not defined."
_NO_VARIANCE = "The difference has no variance."


@dataclass(frozen=True)
class CurvePower(Rendered):
    """Power, or the cases needed for it, of a test of areas; the counts are not rounded. None with a `reason`."""

    power: float | None
    n_positive: float | None
    n_negative: float | None
    effect: float
    alpha: float
    method: str
    reason: str | None = None

    def __post_init__(self) -> None:
        """Raises ArithmeticError for a number that is not finite."""
        refuse_not_finite(asdict(self))


def curve_power(auc: float, n_positive: int, n_negative: int, *, alpha: float = 0.05) -> CurvePower:
    """Power to show that the area under one ROC curve is not 0.5.

    The tail on the wrong side is left out, as pROC does. Raises StatisticsInputError for an area outside [0.5, 1].
    """
    check_count(n_positive, "positive cases")
    check_count(n_negative, "negative cases")
    _check_area(auc)
    level = hypothesis(0.0, alpha=alpha).alpha
    if auc == 1:
        return CurvePower(None, n_positive, n_negative, auc - _CHANCE, level, ONE_CURVE, _PERFECT)
    ratio = n_negative / n_positive
    z = -float(ndtri(level / 2))
    distance = math.sqrt(n_positive) * (auc - _CHANCE) - z * math.sqrt(_null_variance(ratio))
    found = float(ndtr(distance / math.sqrt(binormal_variance(auc, ratio))))
    return CurvePower(found, n_positive, n_negative, auc - _CHANCE, level, ONE_CURVE)


def curve_cases_needed(
    auc: float, target: float, *, ratio: float = 1.0, alpha: float = 0.05
) -> CurvePower:
    """Positive cases, and `ratio` as many negative ones, to show with power `target` that an area is not 0.5.

    Raises StatisticsInputError for an area outside [0.5, 1] and a ratio that is not above zero.
    """
    check_share(target, "The power asked for")
    _check_area(auc)
    if not 0 < ratio < math.inf:
        raise StatisticsInputError(f"The ratio of negative to positive cases must be above zero, not {ratio}.")  # fmt: skip
    level = hypothesis(0.0, alpha=alpha).alpha
    if auc in (_CHANCE, 1):
        reason = _PERFECT if auc == 1 else _NO_EFFECT
        return CurvePower(None, None, None, auc - _CHANCE, level, ONE_CURVE, reason)
    n = _cases(_null_variance(ratio), binormal_variance(auc, ratio), auc - _CHANCE, level, target)
    return CurvePower(target, n, ratio * n, auc - _CHANCE, level, ONE_CURVE)


def paired_cases_needed(
    effect: float,
    variance_a: float,
    variance_b: float,
    covariance: float,
    *,
    n_positive: int,
    n_negative: int,
    target: float = 0.8,
    alpha: float = 0.05,
) -> CurvePower:
    """Cases to show with power `target` that two readings of the same cases differ by `effect` in their areas.

    Variances and covariance are those of a pilot study of `n_positive` and `n_negative` cases, by any estimator; under
    the null hypothesis both readings have the variance of a. Raises StatisticsInputError for numbers out of range.
    """
    check_share(target, "The power asked for")
    check_count(n_positive, "positive cases")
    check_count(n_negative, "negative cases")
    level = hypothesis(effect, alpha=alpha).alpha
    null, other = 2 * (variance_a - covariance), variance_a + variance_b - 2 * covariance
    if null < 0 or other < 0:
        raise StatisticsInputError("The variances and the covariance cannot belong to two readings of the same cases.")  # fmt: skip
    reason = _NO_EFFECT if effect == 0 else _NO_VARIANCE if null == other == 0 else None
    if reason:
        return CurvePower(None, None, None, effect, level, TWO_CURVES, reason)
    n = _cases(n_positive * null, n_positive * other, effect, level, target)
    return CurvePower(target, n, n * n_negative / n_positive, effect, level, TWO_CURVES)


def binormal_variance(auc: float, ratio: float) -> float:
    """Variance of an area below 1, times the number of positive cases, with `ratio` negative cases for each."""
    squared = (_SQUARE_ROOT_OF_TWO * float(ndtri(auc))) ** 2
    return 0.0099 * math.exp(-squared / 2) * (5 * squared + 8 + (squared + 8) / ratio)


def _null_variance(ratio: float) -> float:
    return _NULL_VARIANCE * (1 + 1 / ratio)


def _cases(null: float, other: float, effect: float, level: float, target: float) -> float:
    """(z_α √V₀ + z_β √V)² / effect², V₀ and V the variances times the number of positive cases."""
    z_alpha, z_beta = -float(ndtri(level / 2)), float(ndtri(target))
    return (z_alpha * math.sqrt(null) + z_beta * math.sqrt(other)) ** 2 / effect**2


def _check_area(auc: float) -> None:
    if not _CHANCE <= auc <= 1:
        raise StatisticsInputError(f"The area must lie between 0.5 and 1, not {auc}.")
