"""The ordered categories that a binormal curve is fitted to."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from readerstudy.stats.inputs import read_only
from readerstudy.stats.result import BoolArray, FloatArray, IntArray
from readerstudy.stats.roc import checked_reading

CONSTANT = "All cases have the same score: there is no curve to fit."
PERFECT = (
    "The scores separate the classes perfectly: the area is {} and the parameters are infinite."
)
_EXACT = (
    "The curve's points lie on one horizontal and one vertical line, which the model fits in the limit only: "
    "degenerate data."
)


@dataclass(frozen=True, eq=False)
class Categories:
    """Counts of positive and of negative cases (M,) in categories of increasing score."""

    positive: IntArray
    negative: IntArray

    @property
    def counts(self) -> FloatArray:
        """(2, M): negative cases first."""
        return np.stack([self.negative, self.positive]).astype(np.float64)

    @property
    def above(self) -> IntArray:
        """(2, M − 1): negative and positive cases above each boundary between two categories."""
        table = np.stack([self.negative, self.positive])
        return np.asarray(table.sum(axis=1, keepdims=True) - np.cumsum(table, axis=1)[:, :-1])

    @property
    def totals(self) -> tuple[int, int]:
        """Negative and positive cases."""
        return int(self.negative.sum()), int(self.positive.sum())

    def perfect(self) -> float | None:
        """1 where a boundary separates the classes, 0 where it does so the wrong way round, else None."""
        (false, true), (n0, n1) = self.above, self.totals
        if ((false == 0) & (true == n1)).any():
            return 1.0
        return 0.0 if ((false == n0) & (true == 0)).any() else None

    def has_interior_point(self) -> bool:
        """Whether a point of the curve lies off the edges of the unit square."""
        (false, true), (n0, n1) = self.above, self.totals
        return bool((_inside(false, n0) & _inside(true, n1)).any())

    def degenerate(self) -> str | None:
        """Why the conventional binormal model has no best fit, as a sentence.

        It fits exactly, with b → 0, points inside 0 < FPF < 1 of one TPF, with b → ∞ points inside 0 < TPF < 1 of one
        FPF (Metz, Invest Radiol 1989;24:234; Dorfman, Berbaum, Acad Radiol 1995;2:1087).
        """
        if self.positive.size == 1:
            return CONSTANT
        perfect = self.perfect()
        if perfect is not None:
            return PERFECT.format(int(perfect))
        (false, true), (n0, n1) = self.above, self.totals
        return _EXACT if _one_value(true, _inside(false, n0)) or _one_value(false, _inside(true, n1)) else None  # fmt: skip


def truth_state_runs(truth: ArrayLike, score: ArrayLike) -> Categories:
    """The distinct scores as categories, where neighbours of one class only are joined (Metz, Herman, Shen 1998).

    The place of a boundary inside such a run tells nothing of the curve: the fit is the same, with fewer boundaries
    (Stat Med 1998;17:1033). Raises StatisticsInputError as `checked_readings`.
    """
    labels, values = checked_reading(truth, score)
    code = np.unique(values, return_inverse=True)[1]
    table = np.stack([np.bincount(code[labels == value]  , minlength=code.max() + 1) for value in (1, 0)])  # fmt: skip
    # 1: positive cases only; 0: negative only; 2: both, which never joins.
    kind = np.where((table > 0).all(axis=0), 2, (table[0] > 0).astype(int))
    starts = np.append(True, (kind[1:] != kind[:-1]) | (kind[1:] == 2))  # noqa: PLR2004
    joined = np.add.reduceat(table, np.flatnonzero(starts), axis=1)
    return Categories(read_only(joined[0]), read_only(joined[1]))


def _inside(count: IntArray, total: int) -> BoolArray:
    return np.asarray((count > 0) & (count < total))


def _one_value(values: IntArray, where: BoolArray) -> bool:
    return np.unique(values[where]).size <= 1
