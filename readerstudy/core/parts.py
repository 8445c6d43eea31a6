"""Long lists, some of them at a time."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

One = TypeVar("One")


def in_parts(items: Sequence[One], size: int) -> Iterator[Sequence[One]]:
    """The items in their order, `size` at a time; the last part may be shorter."""
    return (items[start : start + size] for start in range(0, len(items), size))
