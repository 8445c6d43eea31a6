"""Figures of merit read off the empirical ROC curve of each reading."""

from abc import abstractmethod
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from readerstudy.stats.covariance import TOO_FEW_CASES
from readerstudy.stats.figures.base import FigureOfMerit
from readerstudy.stats.figures.left_out_curves import LeftOutCurves, curve_counts
from readerstudy.stats.inputs import checked_readings, read_only
from readerstudy.stats.result import FloatArray, IntArray, StatisticsInputError


class Polygon(StrEnum):
    """How the points of the curve are joined.

    Exact: the empirical curve. Collapsed: as MRMCaov, which interpolates after it dropped all but one of the points with
    an equal rate; not the empirical curve, and meant only for comparison with that package.
    """

    EXACT = "exact"
    COLLAPSED = "collapsed"


POLYGONS = {Polygon.EXACT: "empirical polygon", Polygon.COLLAPSED: "collapsed polygon of MRMCaov"}


class CurveFigure(FigureOfMerit):
    """A figure of the curve, which all K cases bear on."""

    def values(self, truth: ArrayLike, scores: ArrayLike) -> FloatArray:
        """The figure (R,) of R readings (R, K)."""
        labels, readings = checked_readings(truth, scores)
        return read_only(np.array([self._of(labels, row, left_out=False)[0] for row in readings]))

    def jackknife(self, truth: ArrayLike, scores: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """The figure (R,), and without each case (R, K). Raises StatisticsInputError where a class has a single case."""
        labels, readings = checked_readings(truth, scores)
        if np.bincount(labels).min() == 1:
            raise StatisticsInputError(TOO_FEW_CASES)
        found = np.stack([self._of(labels, row, left_out=True) for row in readings])
        return read_only(found[:, 0]), read_only(found[:, 1:])

    @abstractmethod
    def _of(self, labels: IntArray, score: FloatArray, *, left_out: bool) -> FloatArray:
        """The figure of one reading (1,), followed by the figures without each case where they are wanted (1 + K,)."""


def curves(
    labels: IntArray, score: FloatArray, *, left_out: bool, polygon: str = Polygon.EXACT
) -> LeftOutCurves:
    """The curve of a reading, followed by the curves without each case in their order where they are wanted."""
    tp, fp, counting_from = curve_counts(labels, score)
    count = labels.size if left_out else 0
    return LeftOutCurves(
        tp,
        fp,
        step=np.append(1, counting_from[:count]),
        without_positive=np.append(0, labels[:count]),
        without_negative=np.append(0, 1 - labels[:count]),
        collapsed=polygon == Polygon.COLLAPSED,
    )
