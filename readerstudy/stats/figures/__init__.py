"""Figures of merit with their delete-one-case values, for the analysis of Obuchowski and Rockette.

The jackknife of any figure of merit over cases: Dorfman, Berbaum, Metz, Invest Radiol 1992;27:723.
"""

from readerstudy.stats.figures.area import Auc
from readerstudy.stats.figures.base import FigureOfMerit
from readerstudy.stats.figures.curve_figure import Polygon
from readerstudy.stats.figures.matched_rate import SensitivityAt, SpecificityAt
from readerstudy.stats.figures.partial_area import AreaScale, Axis, PartialAuc
from readerstudy.stats.figures.rates import Sensitivity, Specificity

__all__ = [
    "AreaScale",
    "Auc",
    "Axis",
    "FigureOfMerit",
    "PartialAuc",
    "Polygon",
    "Sensitivity",
    "SensitivityAt",
    "Specificity",
    "SpecificityAt",
]
