"""The net benefit of readers, who decide once: at every threshold the same sensitivity and specificity."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from readerstudy.stats.inputs import MISSING, checked_decisions, checked_truth
from readerstudy.stats.net_benefit.curve import (
    DecisionCurve,
    checked_setting,
    checked_thresholds,
    curve_of,
    odds,
    prevalence_method,
)
from readerstudy.stats.net_benefit.precision import BenefitInterval, Called, Setting
from readerstudy.stats.operating_points import ReaderPoints, reader_points
from readerstudy.stats.reader_means import READERS_AND_CASES, mean_over_readers
from readerstudy.stats.render import Rendered
from readerstudy.stats.result import Estimate, FloatArray, IntArray, StatisticsInputError


@dataclass(frozen=True)
class ReadersNetBenefit(Rendered):
    """Each reader's decision curve, and at each threshold the mean over readers with its interval."""

    thresholds: tuple[float, ...]
    mean: tuple[Estimate, ...]
    readers: tuple[DecisionCurve, ...]


def readers_net_benefit(
    truth: ArrayLike,
    decisions: ArrayLike,
    thresholds: ArrayLike,
    *,
    prevalence: float | None = None,
    interval: BenefitInterval | str = BenefitInterval.WILSON,
    level: float = 0.95,
) -> ReadersNetBenefit:
    """Net benefit of J readers' decisions (J, K) of 1, 0 and −1 (missing) at each threshold (T,).

    Formulas and `prevalence` as `decision_curve`; with missing answers each reader's own cases count, and the mean has
    no interval. Raises StatisticsInputError as `decision_curve`, and for a reader without answers to a class.
    """
    labels, at = checked_truth(truth), checked_thresholds(thresholds)
    choice = checked_decisions(decisions, labels.size)
    setting = checked_setting(prevalence, interval, level)
    points = reader_points(labels, choice)
    _check_defined(points)
    curves = tuple(_curve(points, j, at, setting) for j in range(choice.shape[0]))
    values = np.array([[point.net_benefit for point in curve.points] for curve in curves])
    return ReadersNetBenefit(
        tuple(at.tolist()), _means(values, labels, choice, at, setting), curves
    )


def mean_net_benefit(
    truth: ArrayLike,
    decisions: ArrayLike,
    thresholds: ArrayLike,
    *,
    prevalence: float | None = None,
    level: float = 0.95,
) -> tuple[FloatArray, tuple[Estimate, ...]]:
    """The net benefit (J, T) of J readers, and its mean with its interval at each threshold: no intervals of readers.

    Everything else, and what is raised, as `readers_net_benefit`, which takes far longer for many readers.
    """
    labels, at = checked_truth(truth), checked_thresholds(thresholds)
    choice = checked_decisions(decisions, labels.size)
    setting = checked_setting(prevalence, BenefitInterval.WILSON, level)
    points = reader_points(labels, choice)
    _check_defined(points)
    cases = points.n_positive + points.n_negative
    share = points.n_positive / cases if prevalence is None else np.full(cases.size, prevalence)
    gain, loss = share * points.sensitivity, (1 - share) * (1 - points.specificity)
    values = gain[:, np.newaxis] - np.multiply.outer(loss, odds(at))
    return values, _means(values, labels, choice, at, setting)


def _means(
    values: FloatArray, truth: IntArray, choice: IntArray, at: FloatArray, setting: Setting
) -> tuple[Estimate, ...]:
    """The mean of the columns of values (J, T) at each of the thresholds (T,)."""
    cost = odds(at).tolist()
    return tuple(
        _mean(values[:, place], truth, choice, each, setting) for place, each in enumerate(cost)
    )


def _check_defined(points: ReaderPoints) -> None:
    if not points.defined.size:
        raise StatisticsInputError("There are no readers.")
    if not points.defined.all():
        reader = int(np.flatnonzero(~points.defined)[0])
        what = "negative" if points.n_positive[reader] else "positive"
        raise StatisticsInputError(f"Reader {reader + 1} answered no {what} case.")


def _curve(points: ReaderPoints, j: int, at: FloatArray, setting: Setting) -> DecisionCurve:
    tp, fp = (np.full(at.size, counts[j]) for counts in (points.tp, points.fp))
    called = Called(tp, fp, int(points.n_positive[j]), int(points.n_negative[j]))
    return curve_of(called, at, setting)


def _mean(
    values: FloatArray, truth: IntArray, choice: IntArray, cost: float, setting: Setting
) -> Estimate:
    """The mean at one threshold; `cost` is its odds."""
    method = f"Mean net benefit; {prevalence_method(setting.prevalence)}; {READERS_AND_CASES}"
    missing = int((choice == MISSING).sum())
    if missing:
        reason = f"{missing} of {choice.size} answers are missing: every reader must have read every case."
        return Estimate.undefined(reason, method, value=float(values.mean()), n=values.size, level=setting.level)  # fmt: skip
    tables = _contributions(truth, choice, cost, setting.prevalence)
    return mean_over_readers(values, *tables, method=method, level=setting.level)


def _contributions(
    truth: IntArray, choice: IntArray, cost: float, prevalence: float | None
) -> list[FloatArray]:
    """What each case adds to a reader's net benefit: one table of all cases, or, with a known prevalence, one a class."""
    if prevalence is None:
        return [np.asarray(choice * np.where(truth == 1, 1.0, -cost))]
    weight = np.where(truth == 1, prevalence, -(1 - prevalence) * cost)
    return [np.asarray((choice * weight)[:, truth == value]) for value in (1, 0)]
