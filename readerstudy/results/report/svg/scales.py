"""Scales: from a value of the data to a place in pixels."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from readerstudy.results.report.svg.numbers import (
    is_number,
    log_ticks,
    nice_ticks,
    steps_between,
    tick_words,
)

_PAD = 0.05


@dataclass(frozen=True)
class Linear:
    """`low` is at the pixel `start`, `high` at `end`; with `is_log` both are exponents of ten."""

    low: float
    high: float
    start: float
    end: float
    spec: dict[str, Any]
    is_log: bool = False

    def at(self, value: Any) -> float | None:
        """The pixel of a value; None where it has none."""
        if not is_number(value) or (self.is_log and value <= 0):
            return None
        place = math.log10(value) if self.is_log else value
        return self.start + (place - self.low) / (self.high - self.low) * (self.end - self.start)

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """(pixel, words) of each tick in sight."""
        if "tickvals" in self.spec:
            words = self.spec.get("ticktext") or self.spec["tickvals"]
            named = zip(self.spec["tickvals"], map(str, words), strict=True)
        else:
            values = self._values()
            named = zip(
                values,
                (tick_words(one, self.spec.get("tickformat"), values) for one in values),
                strict=True,
            )
        return [
            (pixel, text)
            for value, text in named
            if (pixel := self.at(value)) is not None and self.holds(pixel)
        ]

    def _values(self) -> list[float]:
        low, high = sorted((self.low, self.high))
        if self.is_log:
            return log_ticks(low, high)
        step = self.spec.get("dtick")
        return (
            steps_between(low, high, step)
            if is_number(step) and step > 0
            else nice_ticks(low, high)
        )

    def holds(self, pixel: float) -> bool:
        """Whether the pixel lies on the axis."""
        low, high = sorted((self.start, self.end))
        return low - 0.5 <= pixel <= high + 0.5


@dataclass(frozen=True)
class Categories:
    """Names side by side; each has a band of the same width, and its place is the middle of it."""

    names: tuple[str, ...]
    start: float
    end: float
    spec: dict[str, Any]
    is_log: bool = False

    @property
    def band(self) -> float:
        """The width of one band in pixels, negative where the axis runs up or to the left."""
        return (self.end - self.start) / max(len(self.names), 1)

    def at(self, value: Any) -> float | None:
        """The middle of a name's band; a plain number counts bands from 0."""
        place = self.names.index(str(value)) if str(value) in self.names else value
        return self.start + (place + 0.5) * self.band if is_number(place) else None

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """(pixel, name) of every band."""
        return [(self.start + (n + 0.5) * self.band, name) for n, name in enumerate(self.names)]

    def holds(self, pixel: float) -> bool:
        """Whether the pixel lies on the axis."""
        low, high = sorted((self.start, self.end))
        return low - 0.5 <= pixel <= high + 0.5


Scale = Linear | Categories


def scale_of(
    spec: dict[str, Any],
    values: Sequence[Any],
    start: float,
    end: float,
    *,
    with_zero: bool = False,
) -> Scale:
    """The scale that an axis' layout and the values on it ask for."""
    if spec.get("type") == "category" or any(isinstance(one, str) for one in values):
        return _categories(spec, values, start, end)
    is_log = spec.get("type") == "log"
    low, high = _range(spec, values, is_log=is_log, with_zero=with_zero)
    return Linear(low, high, start, end, spec, is_log)


def _categories(
    spec: dict[str, Any], values: Sequence[Any], start: float, end: float
) -> Categories:
    given = [str(one) for one in spec.get("categoryarray", [])]
    names = tuple(dict.fromkeys([*given, *(str(one) for one in values if one is not None)]))
    if spec.get("autorange") == "reversed":
        start, end = end, start
    return Categories(names, start, end, spec)


def _range(
    spec: dict[str, Any], values: Sequence[Any], *, is_log: bool, with_zero: bool
) -> tuple[float, float]:
    found = [one for one in values if is_number(one) and (one > 0 or not is_log)]
    found = [math.log10(one) for one in found] if is_log else found
    found = [*found, 0.0] if with_zero and not is_log else found
    low, high = min(found, default=0.0), max(found, default=1.0)
    pad = _PAD * (high - low) or 0.5
    # A bar stands on its zero; everything else gets air on both sides.
    low, high = low - pad * (not with_zero or low != 0), high + pad
    given = spec.get("range") or (None, None)
    low, high = low if given[0] is None else given[0], high if given[1] is None else given[1]
    return (high, low) if spec.get("autorange") == "reversed" else (low, high)
