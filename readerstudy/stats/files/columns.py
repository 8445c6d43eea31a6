"""One column of a file: its distinct texts, and which of them stands in each row."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from readerstudy.stats.result import IntArray


@dataclass(frozen=True, eq=False)
class Column:
    """The distinct texts without surrounding spaces, and for each row the place of its text among them."""

    names: tuple[str, ...]
    code: IntArray

    def __getitem__(self, row: int) -> str:
        """The text of a row."""
        return self.names[int(self.code[row])]


def column_of(cells: Sequence[str]) -> Column:
    """The column of these cells."""
    written = _places(cells)
    code = np.fromiter(map(written.__getitem__, cells), dtype=np.int64, count=len(cells))
    stripped = [cell.strip() for cell in written]
    names = _places(stripped)
    if len(names) < len(written):
        code = np.array([names[name] for name in stripped], dtype=np.int64)[code]
    return Column(tuple(names), code)


def _places(texts: Sequence[str]) -> dict[str, int]:
    return {text: place for place, text in enumerate(dict.fromkeys(texts))}
