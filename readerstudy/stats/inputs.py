"""What the estimators accept: every fault of the data is told in one sentence."""

from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from readerstudy.stats.result import FloatArray, IntArray, StatisticsInputError

_T = TypeVar("_T", bound=np.generic)
MISSING = -1
_TABLE = 2  # dimensions of an array readers × cases


def check_level(level: float) -> None:
    """Raises StatisticsInputError unless the confidence level lies strictly between 0 and 1."""
    if not 0 < level < 1:
        raise StatisticsInputError(f"A confidence level must lie between 0 and 1, not {level}.")


def checked_truth(truth: ArrayLike) -> IntArray:
    """Truth as (K,) of 1 (positive) and 0 (negative). Raises StatisticsInputError unless both are present."""
    labels = np.asarray(truth)
    if labels.ndim != 1:
        raise StatisticsInputError(f"Truth must be one list of cases, not of shape {labels.shape}.")
    if not np.isin(labels, (0, 1)).all():
        raise StatisticsInputError("Truth must be 1 for positive and 0 for negative cases.")
    for value, what in ((1, "positive"), (0, "negative")):
        if not (labels == value).any():
            raise StatisticsInputError(f"There is no {what} case.")
    return labels.astype(np.int64)


def checked_readings(truth: ArrayLike, scores: ArrayLike) -> tuple[IntArray, FloatArray]:
    """Truth (K,) and the scores of R readings of the same cases (R, K); one reading may come as (K,).

    Raises StatisticsInputError for unequal lengths, a missing class, or a score that is not a finite number.
    """
    labels, values = checked_truth(truth), np.atleast_2d(numbers(scores, "Scores"))
    if values.ndim != _TABLE or values.shape[1] != labels.size or not values.shape[0]:
        raise StatisticsInputError(
            f"There are {labels.size} cases, but the scores have shape {np.shape(scores)}."
        )
    if not np.isfinite(values).all():
        row, column = np.argwhere(~np.isfinite(values))[0]
        raise StatisticsInputError(
            f"Reading {row + 1} has the score {values[row, column]} for case {column + 1}, not a finite number."
        )
    return labels, values


def checked_decisions(decisions: ArrayLike, cases: int | None = None) -> IntArray:
    """Decisions or answers (J, K) of 1, 0 and −1 (missing). Raises StatisticsInputError for anything else."""
    choice = np.asarray(decisions)
    if choice.ndim != _TABLE or (cases is not None and choice.shape[1] != cases):
        expected = "readers × cases" if cases is None else f"readers × {cases} cases"
        raise StatisticsInputError(f"Decisions must be {expected}, not of shape {choice.shape}.")
    if not np.isin(choice, (0, 1, MISSING)).all():
        raise StatisticsInputError("Decisions must be 1, 0, or -1 where the answer is missing.")
    return choice.astype(np.int64)


def numbers(values: ArrayLike, name: str) -> FloatArray:
    """As an array of float64. Raises StatisticsInputError where something is not a number."""
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise StatisticsInputError(f"{name} must be numbers in equally long rows.") from error


def read_only(array: NDArray[_T]) -> NDArray[_T]:
    """The same array, closed against writing: results do not change."""
    array.setflags(write=False)
    return array
