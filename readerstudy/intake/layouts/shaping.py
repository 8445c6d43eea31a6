"""Tables made from tables: one diagnosis from columns of ones and noughts, one row for every photograph."""

from collections.abc import Callable, Sequence

from readerstudy.core.csvio import Table
from readerstudy.core.errors import Problem
from readerstudy.intake.columns import key_of
from readerstudy.intake.layouts.layout import Shaped

Row = tuple[str, ...]


def with_column(table: Table, name: str, cells: Sequence[str]) -> Table:
    """The table with one column more, in front: surplus cells at the end of a row stay surplus."""
    rows = tuple((cell, *row) for cell, row in zip(cells, table.rows, strict=True))
    return Table(table.name, (name, *table.header), rows, table.row_numbers)


def one_hot(codes: frozenset[str], *, none: str = "") -> Callable[[Table], Shaped]:
    """A shape that puts the name of the one column with a 1 into a column of its own; `none` where there is no 1."""

    def shape(table: Table) -> Shaped:
        places = [at for at, column in enumerate(table.header) if key_of(column) in codes]
        columns = [table.header[at] for at in places]
        title = f"{columns[0]} … {columns[-1]}"
        found = [_ones(row, places, table.header) for row in table.rows]
        problems = [
            _two(table.name, number, title, ones)
            for number, ones in zip(table.row_numbers, found, strict=True)
            if len(ones) > 1
        ]
        cells = [ones[0] if ones else none for ones in found]
        return Shaped(with_column(table, title, cells), problems)

    return shape


def _ones(row: Row, places: Sequence[int], header: Row) -> list[str]:
    return [header[at] for at in places if at < len(row) and _is_one(row[at])]


def _is_one(cell: str) -> bool:
    return cell.casefold() in {"1", "1.0", "true"}


def _two(name: str, number: int, title: str, ones: Sequence[str]) -> Problem:
    message = f"{len(ones)} of these columns say 1; a photograph has one diagnosis."
    return Problem("not_one_diagnosis", message, name, number, title)


def deepest(*levels: str) -> Callable[[Table], Shaped]:
    """A shape that puts the last of these columns that says something into a column of its own."""

    def shape(table: Table) -> Shaped:
        places = [at for level in levels for at in _places(table, level)]
        title = f"{table.header[places[0]]} … {table.header[places[-1]]}"
        return Shaped(with_column(table, title, [_last(row, places) for row in table.rows]))

    return shape


def _places(table: Table, key: str) -> list[int]:
    return [at for at, column in enumerate(table.header) if key_of(column) == key]


def _last(row: Row, places: Sequence[int]) -> str:
    return next((row[at] for at in reversed(places) if at < len(row) and row[at]), "")


def row_per_view(views: dict[str, str]) -> Callable[[Table], Shaped]:
    """A shape that makes a row of each named column (column → view); the row's number stays the same.

    A photograph that stands in two rows stays with the first of them: it shows two lesions of one patient.
    """

    def shape(table: Table) -> Shaped:
        places = [(_places(table, key)[0], view) for key, view in views.items()]
        title = ", ".join(table.header[at] for at, _ in places)
        named = [
            (row[at], view, number, row)
            for number, row in zip(table.row_numbers, table.rows, strict=True)
            for at, view in places
            if at < len(row) and row[at]
        ]
        first: dict[str, int] = {}
        own = [one for one in named if first.setdefault(one[0], id(one)) == id(one)]
        shared = [one for one in named if first[one[0]] != id(one)]
        header = (title, f"view of {title}", *table.header)
        rows = tuple((cell, view, *row) for cell, view, _, row in own)
        made = Table(table.name, header, rows, tuple(number for _, _, number, _ in own))
        return Shaped(made, (), [_shared(table.name, number, title) for _, _, number, _ in shared])

    return shape


def _shared(name: str, number: int, title: str) -> Problem:
    message = "The photograph stands in a row before, too; it is imported with that one alone."
    return Problem("shared_photograph", message, name, number, title)


def with_header(*header: str) -> Callable[[Table], Shaped]:
    """A shape for a table without a header: what was read as one is its first row."""

    def shape(table: Table) -> Shaped:
        rows = (table.header, *table.rows)
        return Shaped(Table(table.name, header, rows, (1, *table.row_numbers)))

    return shape
