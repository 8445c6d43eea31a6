"""Reading a JSON object field by field; every problem is kept with the field's path."""

import math
import reprlib
from collections.abc import Mapping, Sequence
from typing import Any

_LARGEST_NUMBER = 1e30
LARGEST_SIDE = 4096


class Fields:
    """One object of a JSON file. A wrong or missing field adds a sentence to `problems` and gives a stand-in.

    The caller reads everything, calls `finish` on every object, and uses the values only if `problems` is empty.
    """

    def __init__(self, data: Any, *, path: str, source: str, problems: list[str]) -> None:
        self.path, self.source, self.problems = path, source, problems
        self._data: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
        self._read: set[str] = set()
        if not isinstance(data, Mapping):
            self.problem("", f"must be an object, but is {reprlib.repr(data)}")

    def problem(self, name: str, sentence: str) -> None:
        """Keep one sentence about the field `name` of this object."""
        path = ".".join(part for part in (self.path, name) if part) or "the file"
        self.problems.append(f"{self.source}: {path} {sentence}")

    def get(self, name: str) -> Any:
        """The raw value, or None where the field is absent."""
        self._read.add(name)
        return self._data.get(name)

    def section(self, name: str) -> "Fields":
        """The object inside the field `name`."""
        path = f"{self.path}.{name}" if self.path else name
        value = self.get(name)
        if value is None:
            self.problem(name, "is missing")
            value = {}
        return Fields(value, path=path, source=self.source, problems=self.problems)

    def choice(self, name: str, options: Sequence[str], *, default: str | None = None) -> str:
        """One of the words in `options`."""
        value = self.get(name)
        if value is None and default is not None:
            return default
        if value not in options:
            self._wrong(name, value, f"one of {', '.join(options)}")
            return options[0]
        return str(value)

    def text(self, name: str) -> str:
        """A text that is not empty."""
        value = self.get(name)
        if isinstance(value, str) and value:
            return value
        self._wrong(name, value, "a text")
        return ""

    def flag(self, name: str, *, default: bool) -> bool:
        """True or false."""
        value = self.get(name)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        self._wrong(name, value, "true or false")
        return default

    def number(self, name: str) -> float:
        """A finite number."""
        value = self.get(name)
        if is_number(value):
            return float(value)
        self._wrong(name, value, "a number")
        return 0.0

    def three(self, name: str) -> tuple[float, float, float]:
        """Three finite numbers, one for each colour channel."""
        value = self.get(name)
        if isinstance(value, list) and len(value) == 3 and all(map(is_number, value)):  # noqa: PLR2004 - colours
            return (float(value[0]), float(value[1]), float(value[2]))
        self._wrong(name, value, "a list of three numbers")
        return (1.0, 1.0, 1.0)

    def size(self, name: str) -> tuple[int, int]:
        """Height and width in pixels, at most 4096; a single number stands for both."""
        value = self.get(name)
        pair = value if isinstance(value, list) else [value, value]
        if len(pair) in (1, 2) and all(map(_is_side, pair)):
            return (int(pair[0]), int(pair[-1]))
        self._wrong(name, value, f"[height, width] in pixels, each from 1 to {LARGEST_SIDE}")
        return (1, 1)

    def finish(self) -> None:
        """Refuse the fields that nobody has asked for: they are misspelt."""
        for name in sorted(set(self._data) - self._read):
            self.problem(name, "is not a field that is known here")

    def _wrong(self, name: str, value: Any, expected: str) -> None:
        if value is None:
            self.problem(name, f"is missing: it must be {expected}")
        else:
            self.problem(name, f"must be {expected}, but is {reprlib.repr(value)}")


def is_number(value: Any) -> bool:
    """Whether a JSON value is a finite number (true and false are not)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    # Before anything else: an integer of hundreds of digits has no float.
    return abs(value) <= _LARGEST_NUMBER and math.isfinite(value)


def _is_side(value: Any) -> bool:
    return type(value) is int and 0 < value <= LARGEST_SIDE
