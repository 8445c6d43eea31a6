"""What a figure of merit is: a number for each reading, and the same number without each case."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from numpy.typing import ArrayLike

from readerstudy.stats.result import FloatArray, StatisticsInputError

_C = TypeVar("_C", bound=StrEnum)


@dataclass(frozen=True)
class FigureOfMerit(ABC):
    """A measure of a reading's accuracy. Larger scores are more suspicious; every reading has every case."""

    @property
    @abstractmethod
    def name(self) -> str:
        """What it measures, for a heading."""

    @property
    @abstractmethod
    def method(self) -> str:
        """What it measures, by which rule, and the source of the rule."""

    @abstractmethod
    def values(self, truth: ArrayLike, scores: ArrayLike) -> FloatArray:
        """The figure (R,) of R readings (R, K) of the same cases.

        Raises StatisticsInputError for data that `checked_readings` refuses.
        """

    @abstractmethod
    def jackknife(self, truth: ArrayLike, scores: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """The figure (R,) of R readings (R, K), and without each of the N cases that bear on it (R, N).

        The cases are in the order of `truth`. N is K, or the cases of the one class that the figure depends on.
        Raises StatisticsInputError for data that `checked_readings` refuses and where no case would be left.
        """


def named_choice(choices: type[_C], name: str, what: str) -> _C:
    """The choice of this name. Raises StatisticsInputError for an unknown one."""
    try:
        return choices(name)
    except ValueError as error:
        known = ", ".join(choices)
        raise StatisticsInputError(f"The {what} must be one of {known}, not {name}.") from error
