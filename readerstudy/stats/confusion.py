"""The 2 × 2 table of one reader or one operating point."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from readerstudy.stats.inputs import checked_decisions, checked_truth
from readerstudy.stats.proportions import wilson
from readerstudy.stats.result import Estimate


@dataclass(frozen=True)
class ConfusionTable:
    """Counts of cases: true and false positives and negatives."""

    tp: int
    fn: int
    tn: int
    fp: int

    def sensitivity(self, level: float = 0.95) -> Estimate:
        """Share of the positive cases called positive, with Wilson's interval."""
        return wilson(self.tp, self.tp + self.fn, level)

    def specificity(self, level: float = 0.95) -> Estimate:
        """Share of the negative cases called negative, with Wilson's interval."""
        return wilson(self.tn, self.tn + self.fp, level)

    def as_dict(self) -> dict[str, Any]:
        """Counts and both rates, plain values for JSON."""
        rates = {"sensitivity": self.sensitivity(), "specificity": self.specificity()}
        return {**asdict(self), **{name: rate.as_dict() for name, rate in rates.items()}}


def confusion_table(truth: ArrayLike, decision: ArrayLike) -> ConfusionTable:
    """The table of decisions (K,) of 1, 0 and −1 (missing, not counted) against truth (K,).

    Raises StatisticsInputError for unequal lengths or other values.
    """
    labels = checked_truth(truth)
    choice = checked_decisions(np.asarray(decision)[np.newaxis], labels.size)[0]
    counts = {
        name: int(((labels == positive) & (choice == called)).sum())
        for name, positive, called in (("tp", 1, 1), ("fn", 1, 0), ("tn", 0, 0), ("fp", 0, 1))
    }
    return ConfusionTable(**counts)
