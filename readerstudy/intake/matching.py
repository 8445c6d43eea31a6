"""Which file of the archive a cell of the manifest means."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from pathlib import PurePosixPath

from readerstudy.intake.sources import Entry

MAX_DEPTH = 8


class FileIndex:
    """Files found by name, by any end of their path, with or without extension, in any case."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._by_key: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            for key in _keys(entry.name):
                self._by_key[key].append(entry)

    def find(self, cell: str) -> list[Entry]:
        """The files that the cell can mean: one if all is well. An exact path wins over its look-alikes."""
        wanted = cell.replace("\\", "/").removeprefix("./").strip("/")
        found = self._by_key.get(_normal(wanted), []) if wanted else []
        exact = [entry for entry in found if entry.name == wanted]
        return exact or found


def _keys(name: str) -> set[str]:
    parts = PurePosixPath(_normal(name)).parts
    # No more than the last folders: every end of a very deep path would take memory by the square of its length.
    starts = {0, *range(max(0, len(parts) - MAX_DEPTH), len(parts))}
    ends = {"/".join(parts[start:]) for start in starts}
    return ends | {end.rpartition(".")[0] for end in ends if "." in end.rpartition("/")[2][1:]}


def _normal(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
