"""Ratings of several readers, as places among the sorted categories, and the weights of disagreement."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from readerstudy.stats.inputs import numbers
from readerstudy.stats.render import Rendered
from readerstudy.stats.result import FloatArray, IntArray, StatisticsInputError
from readerstudy.stats.tails import quantile

UNREAD = -1
_TABLE = 2


class Weights(StrEnum):
    """How far two categories agree, by the distance of their places among the categories."""

    NOMINAL = "nominal"
    LINEAR = "linear"
    QUADRATIC = "quadratic"


@dataclass(frozen=True)
class Agreement(Rendered):
    """A coefficient of agreement of J readers on n cases. Where a part is None, `reason` says why.

    The standard error and the limits are over cases, readers fixed; limits are not clipped.
    """

    coefficient: str
    estimate: float | None
    se: float | None
    low: float | None
    high: float | None
    n_cases: int
    n_readers: int
    method: str
    level: float = 0.95
    p: float | None = None
    reason: str | None = None


@dataclass(frozen=True, eq=False)
class Ratings:
    """Places (J, K) of the ratings among the sorted categories (q,), −1 where a reader did not rate a case."""

    place: IntArray
    categories: FloatArray

    @property
    def counts(self) -> FloatArray:
        """How many readers put each case into each category, (K, q)."""
        case = np.broadcast_to(np.arange(self.place.shape[1]), self.place.shape)
        read, q = self.place != UNREAD, self.categories.size
        flat = np.bincount(case[read] * q + self.place[read], minlength=self.place.shape[1] * q)
        return flat.reshape(-1, q).astype(np.float64)

    @property
    def one_hot(self) -> FloatArray:
        """(J, K, q), all zero where a reader did not rate a case."""
        return np.asarray(self.place[:, :, np.newaxis] == np.arange(self.categories.size), dtype=np.float64)  # fmt: skip

    @property
    def is_complete(self) -> bool:
        """Whether every reader rated every case."""
        return bool((self.place != UNREAD).all())


def checked_ratings(ratings: ArrayLike) -> Ratings:
    """From an array (J, K) of J readers and K cases, NaN for missing; categories are sorted as numbers.

    Raises StatisticsInputError for another shape, infinite values, and where there is no rating.
    """
    values = numbers(ratings, "Ratings")
    if values.ndim != _TABLE:
        raise StatisticsInputError(f"Ratings must be readers × cases, not of shape {values.shape}.")
    if np.isinf(values).any():
        reader, case = np.argwhere(np.isinf(values))[0]
        raise StatisticsInputError(f"Reader {reader + 1} has an infinite rating of case {case + 1}.")  # fmt: skip
    known = ~np.isnan(values)
    if not known.any():
        raise StatisticsInputError("There are no ratings.")
    categories = np.unique(values[known])
    place = np.where(known, np.searchsorted(categories, np.where(known, values, categories[0])), UNREAD)  # fmt: skip
    return Ratings(place, categories)


def weight_matrix(weights: Weights | str | ArrayLike, q: int) -> FloatArray:
    """1 for equal categories down to 0 for the farthest ones; an array (q, q) of one's own is taken as it is.

    Cohen, Psychol Bull 1968;70:213; quadratic weights make κ an intraclass correlation (Fleiss and Cohen 1973). Raises
    StatisticsInputError for an unknown name and for a matrix of another shape or with other than 1 in the diagonal.
    """
    if not isinstance(weights, str):
        return _own_matrix(weights, q)
    if weights not in set(Weights):
        raise StatisticsInputError(f"Weights must be one of {', '.join(Weights)}, not {weights}.")
    if weights == Weights.NOMINAL or q == 1:
        return np.eye(q)
    distance = np.abs(np.subtract.outer(np.arange(q), np.arange(q))) / (q - 1)
    return np.asarray(1 - distance ** (2 if weights == Weights.QUADRATIC else 1))


def _own_matrix(weights: ArrayLike, q: int) -> FloatArray:
    matrix = numbers(weights, "Weights")
    if matrix.shape != (q, q) or not np.allclose(np.diag(matrix), 1):
        raise StatisticsInputError(f"Weights must be a table of the {q} categories with 1 in its diagonal.")  # fmt: skip
    return matrix


def with_jackknife(
    name: str,
    estimate: float,
    left_out: NDArray[np.float64],
    size: tuple[int, int],
    *,
    method: str,
    level: float,
    p: float | None = None,
) -> Agreement:
    """The coefficient with the jackknife's standard error over n cases, from the values without each (n,).

    SE² = ((n − 1) / n) Σ (θ⁽⁻ᵏ⁾ − mean)², normal (Efron and Stein, Ann Stat 1981;9:586). `size` is readers, cases.
    """
    J, n = size
    told = f"{method}; jackknife over cases, normal interval"
    if n < 2 or not np.isfinite(left_out).all():  # noqa: PLR2004 (one must be left)
        why = "Without one of the cases the coefficient is not defined: there is no standard error."
        return Agreement(name, estimate, None, None, None, n, J, told, level, p, why)
    se = float(np.sqrt((n - 1) / n * ((left_out - left_out.mean()) ** 2).sum()))
    half = quantile(level) * se
    return Agreement(name, estimate, se, estimate - half, estimate + half, n, J, told, level, p)


def undefined(
    name: str, why: str, size: tuple[int, int], *, method: str, level: float
) -> Agreement:
    """No coefficient, and why."""
    return Agreement(name, None, None, None, None, size[1], size[0], method, level, None, why)


def ratio(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    """Above / below, NaN where below is zero but for rounding."""
    known = np.abs(below) > 1e-12  # noqa: PLR2004 (shares of counts: rounding)
    return np.asarray(np.divide(above, below, out=np.full(np.broadcast(above, below).shape, np.nan), where=known))  # fmt: skip
