"""Sensitivity and specificity at a threshold."""

import math
from abc import abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from readerstudy.stats.figures.base import FigureOfMerit
from readerstudy.stats.inputs import checked_readings, read_only
from readerstudy.stats.result import BoolArray, FloatArray, StatisticsInputError


@dataclass(frozen=True)
class _Rate(FigureOfMerit):
    """The share of right calls among the cases of one class; a score at or above the threshold is called positive.

    Only the cases of that class bear on it, so only they are left out: its jackknife variance is p (1 − p) / (n − 1).
    """

    threshold: float

    def __post_init__(self) -> None:
        """Raises StatisticsInputError for a threshold that is not a finite number."""
        if not math.isfinite(self.threshold):
            raise StatisticsInputError(
                f"A threshold must be a finite number, not {self.threshold}."
            )

    @property
    @abstractmethod
    def _class(self) -> tuple[int, str]:
        """The truth of the cases that count, and its name."""

    @property
    def method(self) -> str:
        """The rule."""
        return f"{self.name[:1].upper()}{self.name[1:]}: share of {self._class[1]} cases called right, over these cases alone"

    def values(self, truth: ArrayLike, scores: ArrayLike) -> FloatArray:
        """The rate (R,) of R readings (R, K)."""
        return read_only(self._right(truth, scores).mean(axis=1))

    def jackknife(self, truth: ArrayLike, scores: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """The rate (R,), and without each case of its class (R, n). Raises StatisticsInputError where n is 1."""
        right = self._right(truth, scores)
        n = right.shape[1]
        if n == 1:
            what = self._class[1]
            raise StatisticsInputError(f"There is a single {what} case: without it no {self.name} is left.")  # fmt: skip
        count = right.sum(axis=1, keepdims=True)
        return read_only(right.mean(axis=1)), read_only((count - right) / (n - 1))

    def _right(self, truth: ArrayLike, scores: ArrayLike) -> BoolArray:
        """Which cases of the class are called right, (R, n)."""
        labels, readings = checked_readings(truth, scores)
        value = self._class[0]
        return np.asarray((readings[:, labels == value] >= self.threshold) == bool(value))


@dataclass(frozen=True)
class Sensitivity(_Rate):
    """The share of positive cases with a score at or above the threshold."""

    @property
    def name(self) -> str:
        """For a heading."""
        return f"sensitivity at threshold {self.threshold:g}"

    @property
    def _class(self) -> tuple[int, str]:
        return 1, "positive"


@dataclass(frozen=True)
class Specificity(_Rate):
    """The share of negative cases with a score below the threshold."""

    @property
    def name(self) -> str:
        """For a heading."""
        return f"specificity at threshold {self.threshold:g}"

    @property
    def _class(self) -> tuple[int, str]:
        return 0, "negative"
