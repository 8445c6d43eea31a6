"""Which file of the archive a cell of the manifest means."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from pathlib import PurePosixPath

from readerstudy.intake.sources import Entry

MAX_DEPTH = 8


class FileIndex:
    """Files found by name, by any end of their path, with or without extension, in any case.

    A cell may name folders above them, too, where the file's whole path is the end of it: `C:/study/images/1.png` is
    `images/1.png` or `1.png`, but never `other/1.png`. Backslashes count as slashes.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._by_key: dict[str, list[Entry]] = defaultdict(list)
        self._by_path: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            for key in _keys(entry.name):
                self._by_key[key].append(entry)
            for key in _with_and_without_ending(_normal(entry.name)):
                self._by_path[key].append(entry)

    def find(self, cell: str) -> list[Entry]:
        """The files that the cell can mean: one if all is well. An exact path wins over its look-alikes."""
        wanted = _composed(cell.replace("\\", "/").removeprefix("./").strip("/"))
        found = self._by_key.get(_normal(wanted), []) if wanted else []
        exact = [entry for entry in found if _composed(entry.name) == wanted]
        return exact or found or self._below(_normal(wanted))

    def _below(self, wanted: str) -> list[Entry]:
        """The files whose whole path is an end of this one, the longest first."""
        parts = wanted.split("/")[-MAX_DEPTH:]
        ends = ("/".join(parts[start:]) for start in range(1, len(parts)))
        return next((found for end in ends if (found := self._by_path.get(end, []))), [])


def _keys(name: str) -> set[str]:
    parts = PurePosixPath(_normal(name)).parts
    # No more than the last folders: every end of a very deep path would take memory by the square of its length.
    starts = {0, *range(max(0, len(parts) - MAX_DEPTH), len(parts))}
    ends = ("/".join(parts[start:]) for start in starts)
    return {key for end in ends for key in _with_and_without_ending(end)}


def _with_and_without_ending(path: str) -> tuple[str, ...]:
    has_ending = "." in path.rpartition("/")[2][1:]
    return (path, path.rpartition(".")[0]) if has_ending else (path,)


def _normal(name: str) -> str:
    return _composed(name).casefold()


def _composed(name: str) -> str:
    """The name with one code point for ä, where Macintoshes write two."""
    return unicodedata.normalize("NFC", name)
