"""Where two JSON documents differ, leaf by leaf, with the path of each."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

NOTHING = object()
# Another processor or another version of a library may add in another order; nobody can mistype so little.
ROUNDING = 1e-9
_SHOWN = 60


@dataclass(frozen=True)
class Difference:
    """One leaf that differs; NOTHING where one of the two has none."""

    path: str
    stored: Any
    computed: Any

    @property
    def is_rounding(self) -> bool:
        """Whether both are numbers that agree to nine significant digits."""
        if not (_is_number(self.stored) and _is_number(self.computed)):
            return False
        return math.isclose(self.stored, self.computed, rel_tol=ROUNDING, abs_tol=1e-14)

    def __str__(self) -> str:
        return f"{self.path}: {_shown(self.stored)} in the file, {_shown(self.computed)} recomputed"


def differences(stored: Any, computed: Any, path: str = "") -> Iterator[Difference]:
    """Every leaf in which two documents differ. A list of another length is one difference."""
    if isinstance(stored, dict) and isinstance(computed, dict):
        for key in sorted(stored.keys() | computed.keys()):
            of = stored.get(key, NOTHING), computed.get(key, NOTHING)
            yield from differences(*of, f"{path}.{key}" if path else str(key))
    elif isinstance(stored, list) and isinstance(computed, list) and len(stored) == len(computed):
        for place, (one, other) in enumerate(zip(stored, computed, strict=True)):
            yield from differences(one, other, f"{path}[{place}]")
    elif not _is_same(stored, computed):
        yield Difference(path, stored, computed)


def count_numbers(document: Any) -> int:
    """How many numbers a document holds."""
    if isinstance(document, dict):
        return sum(count_numbers(value) for value in document.values())
    if isinstance(document, list):
        return sum(count_numbers(value) for value in document)
    return int(_is_number(document))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_same(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return bool(one == other)


def _shown(value: Any) -> str:
    if value is NOTHING:
        return "nothing"
    if isinstance(value, list | dict):
        return f"{len(value)} entries"
    text = repr(value) if isinstance(value, str) else "null" if value is None else f"{value!r}"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
