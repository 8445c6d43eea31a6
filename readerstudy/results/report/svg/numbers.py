"""Numbers on axes: where ticks stand, and how they are written in the reader's language."""

import math
import re
from typing import Any, TypeGuard

from readerstudy.results.sentences import decimal, percent

_FORMAT = re.compile(r"^,?\.?(\d*)~?([%fdsge]?)$")
_NICE = (1.0, 2.0, 2.5, 5.0, 10.0)


def nice_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers between low and high, at most about so many."""
    if not high > low:
        return [low]
    return steps_between(low, high, nice_step((high - low) / most))


def steps_between(low: float, high: float, step: float) -> list[float]:
    """The multiples of a step from low to high."""
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(place * step, 12) for place in range(first, last + 1)]


def nice_step(rough: float) -> float:
    """The round step that is at least so long."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * one for one in _NICE if power * one >= rough * (1 - 1e-9))


def log_ticks(low: float, high: float) -> list[float]:
    """Powers of ten between 10^low and 10^high, with twos and fives where these are few."""
    powers = range(math.floor(low), math.ceil(high) + 1)
    factors = (1, 2, 5) if high - low <= 3 else (1,)  # noqa: PLR2004 (decades)
    every = [factor * 10.0**power for power in powers for factor in factors]
    return [one for one in every if low - 1e-9 <= math.log10(one) <= high + 1e-9]


def tick_words(value: float, tickformat: str | None, ticks: list[float]) -> str:
    """A tick as its axis writes it; without a format with as many decimals as the ticks need."""
    if value < 0:
        return f"−{tick_words(-value, tickformat, ticks)}"
    match = _FORMAT.match(tickformat or "")
    digits, kind = match.groups() if match else ("", "")
    if kind == "%":
        return percent(value, int(digits or 0))
    if digits and kind in ("f", ""):
        return decimal(value, int(digits))
    return decimal(value, max(map(_decimals, ticks), default=0))


def _decimals(value: float) -> int:
    text = f"{value:.6f}".rstrip("0")
    return len(text.split(".")[1])


def is_number(value: Any) -> TypeGuard[float]:
    """Whether this can be placed on an axis of numbers."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
