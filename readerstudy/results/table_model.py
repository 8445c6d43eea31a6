"""A table of results, for pages, CSV, report and bundle."""

from dataclasses import dataclass
from typing import Any

# Longer tables are for a program: a page gives the file instead.
MOST_ROWS_ON_A_PAGE = 2000
# Longer ones are folded up between others.
_LONG = 40


@dataclass(frozen=True)
class ResultTable:
    """Cells are raw values: fractions, counts, text or None. `kinds` says how a page shows each column.

    A "reason" is a sentence of the document, English in every file and in the reader's language on a page.
    """

    name: str
    title: str
    header: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    @property
    def is_for_files(self) -> bool:
        """Whether the table is too long for a page."""
        return len(self.rows) > MOST_ROWS_ON_A_PAGE

    @property
    def is_long(self) -> bool:
        """Whether a page with several tables folds it up."""
        return len(self.rows) > _LONG

    @property
    def columns(self) -> list[tuple[str, str]]:
        """(heading, kind) of each column."""
        return list(zip(self.header, self.kinds, strict=True))

    @property
    def cells(self) -> list[list[tuple[Any, str]]]:
        """Rows of (value, kind), as the template wants them."""
        return [list(zip(row, self.kinds, strict=True)) for row in self.rows]
