"""What is wrong with a file, all at once and in the order of its lines."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from readerstudy.stats.result import IntArray, StatisticsInputError

LISTED = 20
_KEPT = 1000
_SHOWN = 60


class FileProblems(StatisticsInputError):
    """A file that cannot be used; the message is one sentence a problem, each with its line.

    `problems` holds the first twenty, `count` how many there are.
    """

    def __init__(self, name: str, problems: Sequence[str], count: int | None = None) -> None:
        """`name` is the file's, put before the first sentence."""
        self.name, self.problems = name, tuple(problems[:LISTED])
        self.count = len(problems) if count is None else count
        more = self.count - len(self.problems)
        rest = [f"... and {more} more."] if more > 0 else []
        super().__init__("\n".join([f"{name}: {self.problems[0]}", *self.problems[1:], *rest]))

    def __reduce__(self) -> tuple[type["FileProblems"], tuple[str, tuple[str, ...], int]]:
        """So that it can be sent from one process to another."""
        return type(self), (self.name, self.problems, self.count)


class Problems:
    """Collects sentences with their lines; those of the whole file (line 0) come first."""

    def __init__(self) -> None:
        """None yet."""
        self.count = 0
        self._told: list[tuple[int, str]] = []

    def add(self, sentence: str, line: int = 0) -> None:
        """One more; only as many are kept as could be listed."""
        self.count += 1
        self._told.append((line, f"Line {line}: {sentence}" if line else sentence))
        if len(self._told) > _KEPT:
            self._told = self._first()

    def add_rows(self, lines: IntArray, rows: IntArray, tell: Callable[[int], str]) -> None:
        """One for each of the rows; `tell` makes the sentence, for those that can be listed."""
        first = rows[np.argsort(lines[rows], kind="stable")[:LISTED]].tolist()
        for row in first:
            self.add(tell(row), int(lines[row]))
        self.count += int(rows.size) - len(first)

    def error(self, name: str) -> FileProblems:
        """All of them as the exception to raise."""
        return FileProblems(name, [sentence for _line, sentence in self._first()], self.count)

    def _first(self) -> list[tuple[int, str]]:
        return sorted(self._told, key=lambda told: told[0])[:LISTED]


def shown(text: str) -> str:
    """A text of the file for a sentence: one line, not too long."""
    line = text if text.isprintable() else repr(text)[1:-1]
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


def quoted(text: str) -> str:
    """A value of the file for a sentence, in quotation marks."""
    return f'"{shown(text)}"' if text else "empty"


def listed(names: Iterable[str], most: int = 12) -> str:
    """Names for a sentence, the first ones of many."""
    every = [shown(name) or "(no name)" for name in names]
    return ", ".join(every[:most]) + (", ..." if len(every) > most else "")
