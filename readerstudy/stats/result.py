"""What every estimator returns: a number with its interval, or the reason why there is none."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readerstudy.stats.render import Rendered

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


class StatisticsInputError(ValueError):
    """Data from which nothing can be computed; the message is a sentence for a person."""


def refuse_not_finite(values: dict[str, Any]) -> None:
    """Raises ArithmeticError for NaN or infinity: a number that cannot be computed is None beside its reason."""
    for name, value in values.items():
        if isinstance(value, float) and not math.isfinite(value):
            raise ArithmeticError(f"The result's {name} is {value}; it must be None with a reason.")


@dataclass(frozen=True)
class Estimate(Rendered):
    """An estimate with its confidence interval. Where a part is None that could be a number, `reason` says why.

    A `reason` may also stand beside a full interval, as a caution. `n` counts what the method's text names
    (cases or readers).
    """

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

    def __post_init__(self) -> None:
        """Raises ArithmeticError for a number that is not finite."""
        refuse_not_finite(vars(self))

    @classmethod
    def undefined(
        cls,
        reason: str,
        method: str,
        *,
        value: float | None = None,
        n: int | None = None,
        se: float | None = None,
        level: float = 0.95,
    ) -> "Estimate":
        """No interval, and why; the value itself may be known."""
        return cls(value, None, None, method, n=n, se=se, level=level, reason=reason)


@dataclass(frozen=True)
class Spread(Rendered):
    """Mean and range of several values; `sd` (denominator n − 1) is None for a single one."""

    mean: float
    low: float
    high: float
    sd: float | None
    n: int

    def __post_init__(self) -> None:
        """Raises ArithmeticError for a number that is not finite."""
        refuse_not_finite(vars(self))
