"""The area under a part of one reading's empirical ROC curve, with its interval."""

import math
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from readerstudy.stats.covariance import TOO_FEW_CASES, ZERO_VARIANCE
from readerstudy.stats.figures import AreaScale, Axis, PartialAuc
from readerstudy.stats.figures.base import named_choice
from readerstudy.stats.inputs import check_level
from readerstudy.stats.result import Estimate, FloatArray, IntArray
from readerstudy.stats.roc import checked_reading, empirical_roc, tpf_at
from readerstudy.stats.tails import quantile

_NO_VARIANCE = "All cases bear alike on this part of the curve: the variance is zero, which says nothing about the uncertainty."


class PartialVariance(StrEnum):
    """How the variance of a partial area is estimated.

    Jackknife: over all K cases, positive and negative in one list, as in multi-reader analyses. Components: what each
    case adds to the area, as DeLong's, which it equals over the whole range.
    """

    JACKKNIFE = "jackknife"
    COMPONENTS = "components"


_TOLD = {
    PartialVariance.JACKKNIFE: "jackknife over all cases",
    PartialVariance.COMPONENTS: "variances of both classes' structural components",
}


@dataclass(frozen=True, eq=False)
class PartialComponents:
    """What each positive case (n1,) and each negative case (n0,) contributes to a partial area over specificities."""

    v10: FloatArray
    v01: FloatArray


def partial_auc(
    truth: ArrayLike,
    score: ArrayLike,
    low: float,
    high: float,
    *,
    of: str = Axis.SPECIFICITY,
    scale: str = AreaScale.RAW,
    variance: str = PartialVariance.JACKKNIFE,
    level: float = 0.95,
) -> Estimate:
    """The area of the empirical polygon between two specificities or sensitivities, with a normal interval.

    The interval is clipped to the areas of a reading that is always wrong and one that is always right. For scales and
    sources see `figures.PartialAuc`. No interval for a single case of a class and for variance zero. Raises
    StatisticsInputError for a range outside 0 to 1, unknown choices, and as `checked_readings`.
    """
    check_level(level)
    figure = PartialAuc(low, high, of=of, scale=scale)
    kind = named_choice(PartialVariance, variance, "variance")
    labels, values = checked_reading(truth, score)
    method = f"{figure.method}; {_TOLD[kind]}, normal interval clipped; n = cases"
    value = float(figure.values(labels, values)[0])
    told = Estimate.undefined(TOO_FEW_CASES, method, value=value, n=labels.size, level=level)
    if np.bincount(labels).min() == 1:
        return told
    found = _by_jackknife(figure, labels, values) if kind is PartialVariance.JACKKNIFE else _by_components(figure, labels, values)  # fmt: skip
    if found < ZERO_VARIANCE:
        return replace(told, se=0.0, reason=_NO_VARIANCE)
    se = math.sqrt(found)
    half, (worst, best) = quantile(level) * se, _bounds(figure)
    return replace(told, se=se, low=max(value - half, worst), high=min(value + half, best), reason=None)  # fmt: skip


def partial_components(
    truth: ArrayLike, score: ArrayLike, low: float, high: float
) -> PartialComponents:
    """The structural components of the raw partial area between two specificities: FPF from f = 1 − high to g = 1 − low.

    A positive case adds the length of [f, g] beyond its place on the FPF axis; their mean is the area. A negative case
    adds its place on the TPF axis, held between TPF(f) and TPF(g), up to a constant: it also moves the ends of the
    range, which are quantiles. Places are means over tied scores of the other class. These are the influence functions
    of the area; the same variance by U-statistics: Yu, Yang, Vexler, Hutson, Stat Med 2016. Over the whole range they
    vary as DeLong's V10 and V01. Raises StatisticsInputError as `partial_auc`.
    """
    PartialAuc(low, high)
    return _components(*checked_reading(truth, score), 1 - high, 1 - low)


def _components(labels: IntArray, values: FloatArray, start: float, end: float) -> PartialComponents:  # fmt: skip
    curve = empirical_roc(labels, values)
    block = np.searchsorted(-curve.threshold[1:], -values)
    lowest, highest = tpf_at(curve, np.array([start, end]))
    v10 = end - _mean_clipped(curve.fpf, start, end)[block]
    v01 = _mean_clipped(curve.tpf, lowest, highest)[block]
    return PartialComponents(v10[labels == 1], v01[labels == 0])


def _mean_clipped(ends: FloatArray, low: float, high: float) -> FloatArray:
    """The mean, over each piece between two successive ends (P,), of the place on it held between low and high (P − 1,)."""
    inside = np.clip(ends, low, high)
    integral = inside**2 / 2 + low * np.minimum(ends - low, 0) + high * np.maximum(ends - high, 0)
    width = np.diff(ends)
    return np.divide(np.diff(integral), width, out=inside[:-1].copy(), where=width > 0)


def _by_components(figure: PartialAuc, labels: IntArray, values: FloatArray) -> float:
    exchanged = figure.of == Axis.SENSITIVITY
    start, end = (figure.low, figure.high) if exchanged else (1 - figure.high, 1 - figure.low)
    found = _components(1 - labels if exchanged else labels, values, start, end)
    worst, best = _bounds(figure)
    raw = found.v10.var(ddof=1) / found.v10.size + found.v01.var(ddof=1) / found.v01.size
    return float(raw * ((best - worst) / (figure.high - figure.low)) ** 2)


def _by_jackknife(figure: PartialAuc, labels: IntArray, values: FloatArray) -> float:
    """((K − 1) / K) Σ of the squared deviations of the delete-one areas from their mean."""
    left_out = figure.jackknife(labels, values)[1][0]
    return float(left_out.var() * (labels.size - 1))


def _bounds(figure: PartialAuc) -> tuple[float, float]:
    """The figure of a reading that is always wrong, and of one that is always right."""
    worst, best = figure.values([1, 0], [[0.0, 1.0], [1.0, 0.0]])
    return float(worst), float(best)
