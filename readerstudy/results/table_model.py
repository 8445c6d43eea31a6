"""A table of results, for pages, CSV, report and bundle."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ResultTable:
    """Cells are raw values: fractions, counts, text or None. `kinds` says how a page shows each column."""

    name: str
    title: str
    header: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    @property
    def columns(self) -> list[tuple[str, str]]:
        """(heading, kind) of each column."""
        return list(zip(self.header, self.kinds, strict=True))

    @property
    def cells(self) -> list[list[tuple[Any, str]]]:
        """Rows of (value, kind), as the template wants them."""
        return [list(zip(row, self.kinds, strict=True)) for row in self.rows]
