"""For how many readers a curve lies above the reader's own operating point."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from readerstudy.stats.inputs import read_only
from readerstudy.stats.operating_points import (
    ReaderPoints,
    sensitivity_at_specificity,
    specificity_at_sensitivity,
)
from readerstudy.stats.result import BoolArray, FloatArray, StatisticsInputError
from readerstudy.stats.roc import SAME_RATE, RocCurve

COMPARISON_RULE = (
    "The CNN is better than a reader in specificity if its specificity at the reader's own sensitivity is strictly "
    "larger than the reader's specificity, and better in sensitivity if its sensitivity at the reader's own "
    "specificity is strictly larger than the reader's sensitivity. Both are read off the empirical ROC polygon; "
    "where several of its points have the matched rate, the best one counts. Equality counts as not better. "
    "Over several training runs the mean of the runs' rates is compared."
)


@dataclass(frozen=True, eq=False)
class ReaderComparison:
    """The curve's rates at each reader's point, and in which of the two it is better; arrays (J,).

    A reader whose point is not defined (no answer to a class) has NaN rates, and is in none of the three counts.
    """

    specificity: FloatArray
    sensitivity: FloatArray
    better_in_specificity: BoolArray
    better_in_sensitivity: BoolArray
    defined: BoolArray
    rule: str = COMPARISON_RULE

    @property
    def both(self) -> int:
        """Readers whom the curve beats in specificity and in sensitivity."""
        return int((self.better_in_specificity & self.better_in_sensitivity).sum())

    @property
    def one(self) -> int:
        """Readers whom the curve beats in exactly one of the two."""
        return int((self.better_in_specificity ^ self.better_in_sensitivity).sum())

    @property
    def neither(self) -> int:
        """Readers whom the curve beats in neither."""
        return int(self.defined.sum()) - self.both - self.one

    def as_dict(self) -> dict[str, int]:
        """The three counts, for JSON."""
        return {"both": self.both, "one": self.one, "neither": self.neither}


def compare_with_readers(curve: RocCurve, points: ReaderPoints) -> ReaderComparison:
    """In which rates one curve lies above each of J readers' points, by `COMPARISON_RULE`."""
    return _compared(*_rates_at(curve, points), points)


def compare_runs_with_readers(
    curves: Sequence[RocCurve], points: ReaderPoints
) -> tuple[list[ReaderComparison], ReaderComparison]:
    """The comparison of each training run, and that of the mean of the runs' rates at each reader's point.

    Raises StatisticsInputError for no curves.
    """
    if not curves:
        raise StatisticsInputError("There are no curves to compare with the readers.")
    rates = [_rates_at(curve, points) for curve in curves]
    specificity, sensitivity = np.mean(rates, axis=0)
    each = [_compared(*pair, points) for pair in rates]
    return each, _compared(specificity, sensitivity, points)


def _rates_at(curve: RocCurve, points: ReaderPoints) -> tuple[FloatArray, FloatArray]:
    """Specificity at each reader's sensitivity and sensitivity at each reader's specificity; NaN if not defined."""
    known = points.defined
    specificity, sensitivity = np.full(known.shape, np.nan), np.full(known.shape, np.nan)
    specificity[known] = specificity_at_sensitivity(curve, points.sensitivity[known])
    sensitivity[known] = sensitivity_at_specificity(curve, points.specificity[known])
    return specificity, sensitivity


def _compared(
    specificity: FloatArray, sensitivity: FloatArray, points: ReaderPoints
) -> ReaderComparison:
    # The tolerance keeps rounding from turning a tie into a win; NaN compares as not better.
    return ReaderComparison(
        specificity=read_only(specificity),
        sensitivity=read_only(sensitivity),
        better_in_specificity=read_only(specificity > points.specificity + SAME_RATE),
        better_in_sensitivity=read_only(sensitivity > points.sensitivity + SAME_RATE),
        defined=points.defined,
    )
