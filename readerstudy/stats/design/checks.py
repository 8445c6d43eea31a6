"""What the planning functions accept."""

import math

from readerstudy.stats.result import StatisticsInputError


def check_finite(holder: object, *names: str) -> None:
    """Raises StatisticsInputError where a field is not a finite number."""
    for name in names:
        value = getattr(holder, name)
        if not isinstance(value, int | float) or not math.isfinite(value):
            raise StatisticsInputError(f"{name} must be a finite number, not {value}.")


def check_count(count: float, what: str) -> None:
    """Raises StatisticsInputError unless the number of readers or cases is a whole number above zero."""
    if not math.isfinite(count) or count < 1 or int(count) != count:
        raise StatisticsInputError(f"The number of {what} must be a whole number above zero, not {count}.")  # fmt: skip


def check_share(value: float, what: str) -> None:
    """Raises StatisticsInputError unless the value lies strictly between 0 and 1."""
    if not 0 < value < 1:
        raise StatisticsInputError(f"{what} must lie between 0 and 1, not {value}.")
