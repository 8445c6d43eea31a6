"""What is wrong with a file, with its row and column: the first of each kind, all kinds at once."""

from collections.abc import Callable

import numpy as np

from readerstudy.core.errors import InvalidInputs, Problem
from readerstudy.stats.result import BoolArray, IntArray

LISTED = 20
_PER_KIND = 5
_SHOWN = 60


class Problems:
    """Collects problems of one file."""

    def __init__(self, file: str) -> None:
        """None yet."""
        self.file = file
        self.count = 0
        self._told: list[Problem] = []

    def add(self, code: str, message: str, *, row: int | None = None, column: str = "") -> None:
        """One more."""
        self.count += 1
        if len(self._told) < LISTED:
            self._told.append(
                Problem(code, message, file=self.file, row=row or None, column=column)
            )

    def add_rows(
        self, code: str, column: str, lines: IntArray, bad: BoolArray | IntArray, tell: Callable[[int], str]
    ) -> None:  # fmt: skip
        """One for each bad row, by mask or by index; `tell` makes the sentence for those that are listed."""
        rows = np.flatnonzero(bad) if bad.dtype == np.bool_ else bad
        for row in rows[:_PER_KIND].tolist():
            self.add(code, tell(row), row=int(lines[row]), column=column)
        self.count += max(0, int(rows.size) - _PER_KIND)

    def raise_any(self) -> None:
        """Raises InvalidInputs with all of them, if there are any."""
        if self.count:
            raise InvalidInputs(
                f"{self.file} cannot be read: {self.count} problems; nothing was changed.", tuple(self._told)
            )  # fmt: skip


def shown(text: str) -> str:
    """A text of the file for a sentence: one line, not too long."""
    line = text if text.isprintable() else repr(text)[1:-1]
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"
