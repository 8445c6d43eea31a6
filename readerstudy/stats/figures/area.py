"""The area under the empirical ROC curve."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata

from readerstudy.stats.figures.base import FigureOfMerit
from readerstudy.stats.inputs import checked_readings, read_only
from readerstudy.stats.jackknife import jackknife_aucs
from readerstudy.stats.result import FloatArray


@dataclass(frozen=True)
class Auc(FigureOfMerit):
    """The area under the whole empirical curve, equal to the Wilcoxon statistic (Bamber, J Math Psychol 1975;12:387)."""

    @property
    def name(self) -> str:
        """For a heading."""
        return "AUC"

    @property
    def method(self) -> str:
        """The rule and its source."""
        return "AUC: area under the empirical ROC curve (Bamber 1975)"

    def values(self, truth: ArrayLike, scores: ArrayLike) -> FloatArray:
        """The AUC (R,) of R readings (R, K), by the sum of the positive cases' mid-ranks."""
        labels, readings = checked_readings(truth, scores)
        positive = labels == 1
        n1, n0 = int(positive.sum()), int((~positive).sum())
        ranks = rankdata(readings, axis=1)[:, positive].sum(axis=1)
        return read_only((ranks - n1 * (n1 + 1) / 2) / (n1 * n0))

    def jackknife(self, truth: ArrayLike, scores: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """The AUC (R,), and without each case (R, K). Raises StatisticsInputError where a class has a single case."""
        labels, readings = checked_readings(truth, scores)
        positives_first = np.argsort(-labels, kind="stable")
        left_out = np.empty(readings.shape)
        left_out[:, positives_first] = jackknife_aucs(labels, readings)
        return self.values(labels, readings), read_only(left_out)
