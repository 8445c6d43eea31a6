"""The empirical ROC curve of a reading, and the curve without each of its cases, in closed form."""

from dataclasses import dataclass

import numpy as np

from readerstudy.stats.result import FloatArray, IntArray
from readerstudy.stats.roc import SAME_RATE, empirical_roc


@dataclass(frozen=True, eq=False)
class LeftOutCurves:
    """D curves of one reading, each with all cases or without one. Counts of cases instead of rates.

    `tp` and `fp` (P,) are the points of the curve with all cases, from (0, 0). The curve without a case has the same
    points, but from point `step` on, one case less of its class. Nothing of size D × P is ever held.
    With `collapsed`, as MRMCaov: of the points with an equal FPF only the top is there to interpolate a height, and an
    area is joined from the heights at its two ends and the points strictly between them.
    """

    tp: FloatArray
    fp: FloatArray
    step: IntArray
    without_positive: IntArray
    without_negative: IntArray
    collapsed: bool = False

    @property
    def n_positive(self) -> FloatArray:
        """Positive cases of each curve (D,)."""
        return np.asarray(self.tp[-1] - self.without_positive)

    @property
    def n_negative(self) -> FloatArray:
        """Negative cases of each curve (D,)."""
        return np.asarray(self.fp[-1] - self.without_negative)

    def tp_at(self, point: IntArray) -> FloatArray:
        """True positives at one point of each curve (D,)."""
        return np.asarray(self.tp[point] - self.without_positive * (point >= self.step))

    def fp_at(self, point: IntArray) -> FloatArray:
        """False positives at one point of each curve (D,)."""
        return np.asarray(self.fp[point] - self.without_negative * (point >= self.step))

    def false_positives(self, fpf: float | FloatArray) -> FloatArray:
        """An FPF as a count of each curve's negative cases (D,); whole where it is whole but for rounding."""
        count = fpf * self.n_negative
        whole = np.rint(count)
        return np.where(np.abs(count - whole) <= SAME_RATE * self.n_negative, whole, count)

    def last_point(self, false_positives: FloatArray) -> IntArray:
        """The last point of each curve (D,) with at most so many false positives: the top of its vertical piece."""
        before = np.searchsorted(self.fp, false_positives, side="right") - 1
        after = np.searchsorted(self.fp, false_positives + 1, side="right") - 1
        return np.where((self.without_negative == 1) & (after >= self.step), after, before)

    def end_of_line(self, point: IntArray) -> IntArray:
        """Where the line that leaves each curve's point (D,) ends; the last point leads to itself."""
        end = self._next_point(point)
        return self.last_point(self.fp_at(end)) if self.collapsed else end

    def height(self, false_positives: FloatArray) -> FloatArray:
        """True positives (D,) on the polygon; on a vertical piece the most."""
        start = self.last_point(false_positives)
        end, at = self.end_of_line(start), self.fp_at(start)
        width = self.fp_at(end) - at
        share = np.divide(false_positives - at, width, out=np.zeros(width.shape), where=width > 0)
        return np.asarray(self.tp_at(start) + share * (self.tp_at(end) - self.tp_at(start)))

    def area_between(self, low: FloatArray, high: FloatArray) -> FloatArray:
        """The area (D,) from the height at `low` over the points between to the height at `high` false positives."""
        first = self._next_point(self.last_point(low))
        # Levels are whole numbers: the largest below `high` is at most ⌈high⌉ − 1.
        last = self.last_point(np.ceil(high) - 1 if self.collapsed else high)
        left, right = self.height(low), self.height(high)
        pieces = (
            (self.fp_at(first) - low) * (left + self.tp_at(first)) / 2,
            self.area_before(last) - self.area_before(first),
            (high - self.fp_at(last)) * (self.tp_at(last) + right) / 2,
        )
        return np.where(first <= last, sum(pieces), (high - low) * (left + right) / 2)

    def area_before(self, point: IntArray) -> FloatArray:
        """The area (D,) under the polygon left of one point of each curve.

        A positive case is a ramp from 0 to 1 over the false positives of its score, and one from there on. Without a
        negative case, one column at its score is missing, as high as the middle of the line there.
        """
        areas = np.append(0, np.cumsum(np.diff(self.fp) * (self.tp[1:] + self.tp[:-1]) / 2))
        ramp = self.fp[point] - (self.fp[self.step - 1] + self.fp[self.step]) / 2
        column = (self.tp[self.step - 1] + self.tp[self.step]) / 2
        missing = self.without_positive * ramp + self.without_negative * column
        return np.asarray(areas[point] - missing * (point >= self.step))

    def _next_point(self, point: IntArray) -> IntArray:
        return np.minimum(point + 1, self.fp.size - 1)


def curve_counts(labels: IntArray, score: FloatArray) -> tuple[FloatArray, FloatArray, IntArray]:
    """True and false positives (P,) at the points of a reading's curve, and the point from which each case counts."""
    curve = empirical_roc(labels, score)
    counting_from = 1 + np.searchsorted(-curve.threshold[1:], -score)
    return (
        np.rint(curve.tpf * curve.n_positive),
        np.rint(curve.fpf * curve.n_negative),
        counting_from,
    )
