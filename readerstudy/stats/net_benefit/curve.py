"""Net benefit over threshold probabilities (Vickers and Elkin, Med Decis Making 2006;26:565)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from readerstudy.stats.calibration.probabilities import checked_prevalence, checked_probabilities
from readerstudy.stats.covariance import ZERO_VARIANCE
from readerstudy.stats.inputs import check_level, numbers
from readerstudy.stats.net_benefit.precision import (
    INTERVALS,
    BenefitInterval,
    Called,
    Setting,
    Shares,
    limits,
    shares,
    standard_error,
)
from readerstudy.stats.render import Rendered
from readerstudy.stats.result import FloatArray, StatisticsInputError
from readerstudy.stats.roc import snapped

_SAMPLED = "prevalence of the study, estimated with the rest (cases a random sample)"
_GIVEN = "prevalence {:g}, taken as known (classes of fixed size; Pfeiffer and Gail 2020)"
_NO_VARIANCE = "Every case of a class is called alike: the variance is zero."


@dataclass(frozen=True)
class NetBenefit(Rendered):
    """Net benefit at one threshold, in true positives per case; `standardised` is its share of the prevalence.

    `se` is that of the delta method.
    """

    threshold: float
    net_benefit: float
    se: float
    low: float | None
    high: float | None
    standardised: float
    sensitivity: float
    specificity: float
    treat_all: float
    reason: str | None = None


@dataclass(frozen=True)
class DecisionCurve(Rendered):
    """Net benefit at each threshold, beside that of treating all cases; treating none has net benefit 0."""

    points: tuple[NetBenefit, ...]
    prevalence: float
    n_positive: int
    n_negative: int
    method: str
    level: float = 0.95


def decision_curve(
    truth: ArrayLike,
    p: ArrayLike,
    thresholds: ArrayLike,
    *,
    prevalence: float | None = None,
    interval: BenefitInterval | str = BenefitInterval.WILSON,
    level: float = 0.95,
) -> DecisionCurve:
    """Net benefit of "positive where p >= t" at each threshold t (T,): TP/n − FP/n × t / (1 − t).

    With a known `prevalence` π: sensitivity π − (1 − specificity)(1 − π) t / (1 − t) (Pfeiffer and Gail, Biom J
    2020;62:764); give it for a study enriched with positive cases. Raises StatisticsInputError for p outside 0 to 1, a
    missing class, and thresholds or a prevalence not strictly between 0 and 1.
    """
    labels, values = checked_probabilities(truth, p)
    at = checked_thresholds(thresholds)
    setting = checked_setting(prevalence, interval, level)
    positive, negative = (np.sort(values[labels == value]) for value in (1, 0))
    # A threshold from a grid that misses a probability by rounding alone is that probability.
    exact = snapped(at, np.unique(values))
    called = Called(
        positive.size - np.searchsorted(positive, exact),
        negative.size - np.searchsorted(negative, exact),
        positive.size,
        negative.size,
    )
    return curve_of(called, at, setting)


def treat_all(prevalence: float, thresholds: ArrayLike) -> FloatArray:
    """Net benefit (T,) of calling every case positive: π − (1 − π) t / (1 − t)."""
    at = checked_thresholds(thresholds)
    return np.asarray(checked_prevalence(prevalence) - (1 - prevalence) * odds(at))


def checked_thresholds(thresholds: ArrayLike) -> FloatArray:
    """As (T,). Raises StatisticsInputError for none, and for one that is not strictly between 0 and 1."""
    at = np.atleast_1d(numbers(thresholds, "Thresholds"))
    if at.ndim != 1 or not at.size:
        raise StatisticsInputError("Thresholds must be one list of at least one number.")
    if not ((at > 0) & (at < 1)).all():
        raise StatisticsInputError("A threshold probability must lie between 0 and 1, both excluded.")  # fmt: skip
    return at


def checked_setting(
    prevalence: float | None, interval: BenefitInterval | str, level: float
) -> Setting:
    """Raises StatisticsInputError for an impossible prevalence or level and for an unknown interval."""
    check_level(level)
    share = None if prevalence is None else checked_prevalence(prevalence)
    try:
        return Setting(share, BenefitInterval(interval), level)
    except ValueError as error:
        raise StatisticsInputError(
            f"The interval must be one of {', '.join(BenefitInterval)}, not {interval}."
        ) from error


def odds(thresholds: FloatArray) -> FloatArray:
    """How many true positives a false positive costs: t / (1 − t)."""
    return np.asarray(thresholds / (1 - thresholds))


def prevalence_method(prevalence: float | None) -> str:
    """For the method's text."""
    return _SAMPLED if prevalence is None else _GIVEN.format(prevalence)


def curve_of(called: Called, at: FloatArray, setting: Setting) -> DecisionCurve:
    """The decision curve of these counts at thresholds (T,)."""
    n1, n0 = called.n_positive, called.n_negative
    share = n1 / (n1 + n0) if setting.prevalence is None else setting.prevalence
    columns = {
        "threshold": at.tolist(),
        **_benefit(shares(called, odds(at), setting.prevalence), share, setting),
        "sensitivity": (called.tp / n1).tolist(),
        "specificity": ((n0 - called.fp) / n0).tolist(),
        "treat_all": treat_all(share, at).tolist(),
    }
    rows = zip(*columns.values(), strict=True)
    points = tuple(NetBenefit(**dict(zip(columns, row, strict=True))) for row in rows)
    method = f"Net benefit (Vickers and Elkin 2006); {prevalence_method(setting.prevalence)}; {INTERVALS[setting.interval]}"
    return DecisionCurve(points, share, n1, n0, method, setting.level)


def _benefit(parts: Shares, share: float, setting: Setting) -> dict[str, list[Any]]:
    """The columns of the net benefit and its precision; no limits where the delta method's variance is zero."""
    value, se = parts.net_benefit, standard_error(parts)
    low, high = (edge.tolist() for edge in limits(parts, setting))
    delta = setting.interval is BenefitInterval.DELTA
    none = [delta and variance < ZERO_VARIANCE for variance in (se**2).tolist()]
    return {
        "net_benefit": value.tolist(),
        "se": se.tolist(),
        "low": [None if gone else edge for gone, edge in zip(none, low, strict=True)],
        "high": [None if gone else edge for gone, edge in zip(none, high, strict=True)],
        "standardised": (value / share).tolist(),
        "reason": [_NO_VARIANCE if gone else None for gone in none],
    }
