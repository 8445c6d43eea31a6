"""What every estimator returns: a number with its interval, or the reason why there is none."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]


class StatisticsInputError(ValueError):
    """Data from which nothing can be computed; the message is a sentence for a person."""


@dataclass(frozen=True)
class Estimate:
    """An estimate with its confidence interval. Where a part is None, `reason` says why."""

    value: float | None
    low: float | None
    high: float | None
    method: str
    n: int | None = None
    se: float | None = None
    df: float | None = None
    p: float | None = None
    level: float = 0.95
    reason: str | None = None

    @classmethod
    def undefined(
        cls, reason: str, method: str, *, value: float | None = None, n: int | None = None
    ) -> "Estimate":
        """No interval, and why."""
        return cls(value=value, low=None, high=None, method=method, n=n, reason=reason)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Spread:
    """Mean and range of several values; `sd` is None for a single one."""

    mean: float
    low: float
    high: float
    sd: float | None
    n: int

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


def mean_and_range(values: ArrayLike) -> Spread:
    """The "mean (range)" of the paper, over readers or training runs. Raises StatisticsInputError for no values."""
    array = np.asarray(values, dtype=np.float64)
    if array.size == 0:
        raise StatisticsInputError("There are no values to average.")
    sd = float(array.std(ddof=1)) if array.size > 1 else None
    return Spread(float(array.mean()), float(array.min()), float(array.max()), sd, int(array.size))
