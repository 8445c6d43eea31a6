"""Which reader has answered which case: as numbers, and as one drawing with a path for each state."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from readerstudy.reading.quality import Numbers
from readerstudy.reading.seen import places_of
from readerstudy.studies.kept import Counted, kept_by_reader
from readerstudy.studies.models import Study, StudyCase
from readerstudy.studies.selectors import taking_part

NAME = "places-1"
CELL = 8
_SQUARE = "M{x} {y}h7v7h-7z"  # a pixel less than a cell, so that neighbours stay apart
# A drawing of more cells is more than a browser likes to lay out; further readers stand on further pages.
MOST_CELLS = 40_000


@dataclass(frozen=True, eq=False)
class Matrix:
    """Readers × cases: which of them are answered, which are to come, as (N, 2) of row and column.

    Rows are readers by their codes, columns cases by their public ids.
    """

    readers: tuple[str, ...]
    cases: tuple[str, ...]
    answered: Numbers
    open: Numbers

    @property
    def by_case(self) -> list[tuple[str, int, int]]:
        """Case, how many readers have answered it, of how many who are asked."""
        done, waiting = (
            np.bincount(cells[:, 1], minlength=len(self.cases)).tolist()
            for cells in (self.answered, self.open)
        )
        return [(case, done[at], done[at] + waiting[at]) for at, case in enumerate(self.cases)]

    @property
    def readers_on_a_page(self) -> int:
        """How many rows are drawn at once."""
        return max(1, MOST_CELLS // max(1, len(self.cases)))


def matrix_of(study: Study) -> Matrix:
    """The completeness of every position of readers who take part; withdrawn cases are left out."""
    readers = list(taking_part(study).values_list("pk", "code"))
    names = dict(StudyCase.objects.filter(study=study).values_list("pk", "public_id"))
    places = _places(study, [pk for pk, _code in readers])
    asked = [(code, places[pk]) for pk, code in sorted(readers, key=_by_code) if pk in places]
    row = np.repeat(np.arange(len(asked)), [len(cells) for _code, cells in asked])
    cells = np.concatenate([np.empty((0, 2), np.int64), *(cells for _code, cells in asked)])
    cases, column = np.unique(cells[:, 0], return_inverse=True)
    case_names, column_of = _sorted([names[pk] for pk in cases.tolist()])
    found = np.column_stack([row, column_of[column]])
    is_done = cells[:, 1] == 1
    codes = tuple(code for code, _cells in asked)
    return Matrix(codes, case_names, _ordered(found[is_done]), _ordered(found[~is_done]))


def _by_code(reader: tuple[int, str]) -> str:
    return reader[1]


def _places(study: Study, readers: Sequence[int]) -> dict[int, Numbers]:
    """Reader → rows (N, 2) of case and whether it is done."""

    def count(some: Sequence[int]) -> Counted:
        return {
            reader: (cells[:, 0].astype(np.uint32).tobytes(), np.packbits(cells[:, 1]).tobytes())
            for reader, cells in places_of(study, some)
        }

    kept = kept_by_reader(study, readers, count, name=NAME)
    return {reader: _unpacked(*kept[reader]) for reader in readers if reader in kept}


def _unpacked(cases: bytes, done: bytes) -> Numbers:
    keys = np.frombuffer(cases, np.uint32).astype(np.int64)
    return np.column_stack([keys, np.unpackbits(np.frombuffer(done, np.uint8), count=len(keys))])


def _ordered(cells: Numbers) -> Numbers:
    """By row, then by column."""
    return cells[np.lexsort(cells[:, ::-1].T)]


def _sorted(names: list[str]) -> tuple[tuple[str, ...], Numbers]:
    """The names in order, and the place of each of them in it."""
    order = sorted(range(len(names)), key=names.__getitem__)
    places = np.empty(len(names), np.int64)
    places[order] = np.arange(len(names))
    return tuple(names[at] for at in order), places


def rows_between(cells: Numbers, first: int, last: int) -> list[tuple[int, int]]:
    """The cells of the rows from `first` until before `last`, which are counted from `first`."""
    inside = cells[(first <= cells[:, 0]) & (cells[:, 0] < last)] - (first, 0)
    return [(row, column) for row, column in inside.tolist()]


def cells_path(cells: Iterable[tuple[int, int]]) -> str:
    """The data of an SVG path with a square for each (row, column)."""
    return "".join(_SQUARE.format(x=column * CELL, y=row * CELL) for row, column in sorted(cells))


def size(rows: int, columns: int) -> tuple[int, int]:
    """Width and height of the drawing."""
    return columns * CELL, rows * CELL
