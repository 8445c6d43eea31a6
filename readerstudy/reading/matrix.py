"""Which reader has answered which case: as numbers, and as one drawing with a path for each state."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from readerstudy.reading.quality import Numbers
from readerstudy.reading.seen import places_of
from readerstudy.studies.models import Enrolment, Study, StudyCase

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
    places = places_of(study)
    readers, row = np.unique(places[:, 0], return_inverse=True)
    cases, column = np.unique(places[:, 1], return_inverse=True)
    codes = dict(Enrolment.objects.filter(study=study).values_list("pk", "code"))
    names = dict(StudyCase.objects.filter(study=study).values_list("pk", "public_id"))
    reader_names, row_of = _sorted([codes[pk] for pk in readers.tolist()])
    case_names, column_of = _sorted([names[pk] for pk in cases.tolist()])
    cells = row_of[row] * max(1, len(case_names)) + column_of[column]
    # A case may come several times, and is answered once it is answered every time.
    done = np.unique(cells[places[:, 2] == 1])
    asked = np.unique(cells[places[:, 2] == 0])
    width = max(1, len(case_names))
    return Matrix(
        reader_names, case_names, _pairs(np.setdiff1d(done, asked), width), _pairs(asked, width)
    )


def _sorted(names: list[str]) -> tuple[tuple[str, ...], Numbers]:
    """The names in order, and the place of each of them in it."""
    order = sorted(range(len(names)), key=names.__getitem__)
    places = np.empty(len(names), np.int64)
    places[order] = np.arange(len(names))
    return tuple(names[at] for at in order), places


def _pairs(cells: Numbers, width: int) -> Numbers:
    return np.column_stack(np.divmod(cells, width))


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
