"""The area under a part of the empirical ROC curve."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from readerstudy.stats.figures.base import named_choice
from readerstudy.stats.figures.curve_figure import POLYGONS, CurveFigure, Polygon, curves
from readerstudy.stats.result import FloatArray, IntArray, StatisticsInputError


class Axis(StrEnum):
    """The rate whose range bounds a partial area."""

    SPECIFICITY = "specificity"
    SENSITIVITY = "sensitivity"


class AreaScale(StrEnum):
    """Raw: the area itself. Normalised: by the width of the range. McClish: 0.5 for chance and 1 for perfect."""

    RAW = "raw"
    NORMALISED = "normalised"
    MCCLISH = "mcclish"


_UNITS = {
    AreaScale.RAW: "",
    AreaScale.NORMALISED: ", normalised",
    AreaScale.MCCLISH: ", McClish's scale",
}
_SCALES = {
    AreaScale.RAW: "",
    AreaScale.NORMALISED: ", divided by the width of the range",
    AreaScale.MCCLISH: ", rescaled so that chance is 0.5 and perfection 1 (McClish 1989)",
}
_SOURCES = {Axis.SPECIFICITY: "McClish 1989", Axis.SENSITIVITY: "Jiang, Metz and Nishikawa 1996"}


@dataclass(frozen=True)
class PartialAuc(CurveFigure):
    """The area between two specificities, ∫ TPF dFPF, or between two sensitivities, ∫ specificity dTPF.

    McClish, Med Decis Making 1989;9:190, also the scale: ½ (1 + (A − m) / (M − m)), M and m the areas of the perfect
    and of the chance curve. Range of sensitivity: Jiang, Metz, Nishikawa, Radiology 1996;201:745. Raises
    StatisticsInputError unless 0 ≤ low < high ≤ 1, and for an unknown axis, scale or polygon.
    """

    low: float
    high: float
    of: str = Axis.SPECIFICITY
    scale: str = AreaScale.RAW
    polygon: str = Polygon.EXACT

    def __post_init__(self) -> None:
        """Checks everything above."""
        if not 0 <= self.low < self.high <= 1:
            raise StatisticsInputError(
                f"A partial area needs two rates 0 ≤ low < high ≤ 1, not {self.low} and {self.high}."
            )
        named_choice(Axis, self.of, "rate")
        named_choice(AreaScale, self.scale, "scale")
        named_choice(Polygon, self.polygon, "polygon")

    @property
    def name(self) -> str:
        """For a heading."""
        unit = _UNITS[AreaScale(self.scale)]
        return f"partial AUC over {self.of} {self.low:g} to {self.high:g}{unit}"

    @property
    def method(self) -> str:
        """The rule and its source."""
        scale, source = _SCALES[AreaScale(self.scale)], _SOURCES[Axis(self.of)]
        polygon = POLYGONS[Polygon(self.polygon)]
        return f"P{self.name[1:]}: area under the {polygon} ({source}){scale}"

    def _of(self, labels: IntArray, score: FloatArray, *, left_out: bool) -> FloatArray:
        # With the classes exchanged the axes are: the area beside the curve is what its sensitivities leave over.
        exchanged = self.of == Axis.SENSITIVITY
        low, high = (self.low, self.high) if exchanged else (1 - self.high, 1 - self.low)
        found = curves(1 - labels if exchanged else labels, score, left_out=left_out, polygon=self.polygon)  # fmt: skip
        pairs = found.area_between(found.false_positives(low), found.false_positives(high))
        area = pairs / (found.n_positive * found.n_negative)
        return self._scaled((self.high - self.low) - area if exchanged else area)

    def _scaled(self, area: FloatArray) -> FloatArray:
        width = self.high - self.low
        if self.scale == AreaScale.RAW:
            return area
        if self.scale == AreaScale.NORMALISED:
            return np.asarray(area / width)
        chance = ((1 - self.low) ** 2 - (1 - self.high) ** 2) / 2
        return np.asarray((1 + (area - chance) / (width - chance)) / 2)
