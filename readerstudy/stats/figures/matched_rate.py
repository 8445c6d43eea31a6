"""One rate of the empirical ROC curve where the other one has a given value.

Zhou, Obuchowski, McClish, Statistical Methods in Diagnostic Medicine, 2nd edition, Wiley 2011. Such a rate hangs on a
quantile of the scores of one class, for which the jackknife variance is not consistent (Shao and Wu, Ann Stat
1989;17:1176): it is what MRMCaov reports, and rougher than that of an area.
"""

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from readerstudy.stats.figures.base import named_choice
from readerstudy.stats.figures.curve_figure import POLYGONS, CurveFigure, Polygon, curves
from readerstudy.stats.figures.left_out_curves import LeftOutCurves
from readerstudy.stats.operating_points import MatchingRule, matching_rule
from readerstudy.stats.result import FloatArray, IntArray, StatisticsInputError
from readerstudy.stats.roc import SAME_RATE, checked_rates

_RULES = {
    MatchingRule.INTERPOLATED: "interpolated on the {polygon}",
    MatchingRule.NEXT: "at the empirical point with the next {matched}",
    MatchingRule.NEAREST: "at the empirical point with the nearest {matched}",
}


class _RateAt(CurveFigure):
    """What both rates share: the rule, and where it stops on a curve."""

    rule: str
    polygon: str

    def __post_init__(self) -> None:
        """Raises StatisticsInputError for a rate outside 0 to 1, and for an unknown rule or polygon.

        The collapsed polygon goes with the interpolated rule alone.
        """
        checked_rates(self._target[1])
        rule, polygon = matching_rule(self.rule), named_choice(Polygon, self.polygon, "polygon")
        if polygon is Polygon.COLLAPSED and rule is not MatchingRule.INTERPOLATED:
            raise StatisticsInputError(f"The collapsed polygon is for the interpolated rule, not for {rule}.")  # fmt: skip

    @property
    @abstractmethod
    def _target(self) -> tuple[str, float]:
        """The matched rate and its value."""

    @property
    def method(self) -> str:
        """The rule and its source."""
        polygon, matched = POLYGONS[Polygon(self.polygon)], self._target[0]
        rule = _RULES[MatchingRule(self.rule)].format(polygon=polygon, matched=matched)
        return f"{self.name[:1].upper()}{self.name[1:]}, {rule} (Zhou, Obuchowski and McClish 2011)"

    def _matched(self, found: LeftOutCurves, fpf: float | FloatArray) -> FloatArray:
        """The TPF of each curve (D,) at the FPF, one for all or its own (D,), or several of its own (J, D)."""
        at = found.false_positives(fpf)
        # The curve without the only case of a class is not needed: such data have no interval.
        n_positive = np.maximum(found.n_positive, 1)
        if self.rule == MatchingRule.INTERPOLATED:
            return np.asarray(found.height(at) / n_positive)
        point = found.last_point(at)
        if self.rule == MatchingRule.NEAREST:
            point = _nearest(found, point, at)
        return np.asarray(found.tp_at(point) / n_positive)


def _nearest(found: LeftOutCurves, point: IntArray, at: FloatArray) -> IntArray:
    """The point with the next larger FPF where that is nearer than `point`; at equal distance `point`."""
    beyond = found.last_point(found.fp_at(found.end_of_line(point)))
    low, high = found.fp_at(point), found.fp_at(beyond)
    return np.where(high - at < (0.5 - SAME_RATE) * (high - low), beyond, point)


@dataclass(frozen=True)
class SensitivityAt(_RateAt):
    """The sensitivity of the curve at a specificity; see `MatchingRule`."""

    specificity: float
    rule: str = MatchingRule.INTERPOLATED
    polygon: str = Polygon.EXACT

    @property
    def name(self) -> str:
        """For a heading."""
        return f"sensitivity at specificity {self.specificity:g}"

    @property
    def _target(self) -> tuple[str, float]:
        return "specificity", self.specificity

    def _of(self, labels: IntArray, score: FloatArray, *, left_out: bool) -> FloatArray:
        found = curves(labels, score, left_out=left_out, polygon=self.polygon)
        return self._matched(found, 1 - self.specificity)


@dataclass(frozen=True)
class SpecificityAt(_RateAt):
    """The specificity of the curve at a sensitivity; see `MatchingRule`."""

    sensitivity: float
    rule: str = MatchingRule.INTERPOLATED
    polygon: str = Polygon.EXACT

    @property
    def name(self) -> str:
        """For a heading."""
        return f"specificity at sensitivity {self.sensitivity:g}"

    @property
    def _target(self) -> tuple[str, float]:
        return "sensitivity", self.sensitivity

    def _of(self, labels: IntArray, score: FloatArray, *, left_out: bool) -> FloatArray:
        if self.polygon == Polygon.COLLAPSED:
            # MRMCaov keeps the largest FPF of equal TPF: the top, once the classes are exchanged and with them the axes.
            found = curves(1 - labels, score, left_out=left_out, polygon=self.polygon)
            return 1 - self._matched(found, self.sensitivity)
        # Looking for the healthy instead of the diseased turns the specificity into the sensitivity of the curve.
        return self._matched(curves(1 - labels, -score, left_out=left_out), 1 - self.sensitivity)


def left_out_rates_at(
    figure: SensitivityAt | SpecificityAt, labels: IntArray, score: FloatArray, targets: FloatArray
) -> FloatArray:
    """The matched rate (J, 1 + K) of one reading where its own target belongs to each curve: targets (J, 1 + K).

    Column 0 is the curve of all cases, column k + 1 the curve without case k. The figure's own target is not used.
    """
    found = _curves_of(figure, labels, score, left_out=True)
    return figure._matched(found, 1 - targets)  # noqa: SLF001 (same module)


def rates_at(
    figure: SensitivityAt | SpecificityAt, labels: IntArray, score: FloatArray, targets: FloatArray
) -> FloatArray:
    """The matched rate (J,) of one reading on all its cases at each target (J,). The figure's own target is not used."""
    found = _curves_of(figure, labels, score, left_out=False)
    return figure._matched(found, 1 - targets)  # noqa: SLF001 (same module)


def _curves_of(
    figure: SensitivityAt | SpecificityAt, labels: IntArray, score: FloatArray, *, left_out: bool
) -> LeftOutCurves:
    """The curve whose TPF is the figure's rate, of all cases and, with `left_out`, without each."""
    if isinstance(figure, SpecificityAt):
        return curves(1 - labels, -score, left_out=left_out)
    return curves(labels, score, left_out=left_out)
