"""The second checkpoint: every row of the manifest, with its file and its values."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from readerstudy.core.csvio import Table
from readerstudy.core.errors import InvalidInput, Problem
from readerstudy.intake.archive import Entry
from readerstudy.intake.columns import IMAGE, Columns, names_of
from readerstudy.intake.matching import FileIndex
from readerstudy.intake.values import READERS


@dataclass(frozen=True)
class ManifestRow:
    """One row that was understood: its number, its file and its values by field."""

    number: int
    entry: Entry
    values: dict[str, Any]


@dataclass
class ReadRows:
    """All rows of a manifest: those understood, what is wrong with the others, and the files they name."""

    columns: Columns
    rows: list[ManifestRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    first_rows: dict[str, int] = field(default_factory=dict)

    def unlisted(self, entries: Iterable[Entry]) -> list[Entry]:
        """The files that no row names."""
        return [entry for entry in entries if entry.name not in self.first_rows]


def read_rows(table: Table, columns: Columns, index: FileIndex) -> ReadRows:
    """The rows of the table. Every cell that is wrong is one problem, with its row and column."""
    if columns.missing:
        problems = [_missing_column(table, name) for name in columns.missing]
        return ReadRows(columns, problems=problems)
    read = ReadRows(columns.with_image(_column_naming_files(table, columns.image, index)))
    for (number, record), cells in zip(table.records(), table.rows, strict=True):
        entry, image_problems = _file_of(record[read.columns.used[IMAGE]], number, index, read)
        values, cell_problems = _values_of(record, read.columns.used)
        problems = [*_extra_cells(table, cells), *image_problems, *cell_problems]
        read.problems += [replace(one, file=table.name, row=number) for one in problems]
        if entry and not problems:
            read.rows.append(ManifestRow(number, entry, values))
    if not table.rows:
        read.problems.append(Problem("no_rows", "The manifest has no rows.", file=table.name))
    return read


def _missing_column(table: Table, name: str) -> Problem:
    message = f"There is no column for {name} (known names: {names_of(name)})."
    return Problem("missing_column", message, file=table.name, row=1, column=name)


def _column_naming_files(table: Table, candidates: Sequence[str], index: FileIndex) -> str:
    """The candidate whose cells match most files; among equals the preferred name."""
    if len(candidates) == 1:
        return candidates[0]
    records = [record for _, record in table.records()]
    return max(candidates, key=lambda name: sum(bool(index.find(one[name])) for one in records))


def _extra_cells(table: Table, cells: Sequence[str]) -> list[Problem]:
    if not any(cells[len(table.header) :]):
        return []
    message = f"The row has {len(cells)} cells, the header {len(table.header)}; is a cell with a comma not quoted?"
    return [Problem("too_many_cells", message)]


def _file_of(
    cell: str, number: int, index: FileIndex, read: ReadRows
) -> tuple[Entry | None, list[Problem]]:
    """The one file that the row means, or why there is none. Remembers the row that named a file first."""
    found = index.find(cell)
    code, message = _refusal(cell, found)
    if not code:
        first = read.first_rows.setdefault(found[0].name, number)
        if first == number:
            return found[0], []
        code, message = "duplicate_row", f"{cell} already stands in row {first}."
    return None, [Problem(code, message, column=read.columns.used[IMAGE])]


def _refusal(cell: str, found: Sequence[Entry]) -> tuple[str, str]:
    if not cell:
        return "value_missing", "The row names no image."
    if not found:
        return "image_missing", f"There is no image {cell[:200]} in the archive."
    if len(found) > 1:
        names = " and ".join(entry.name for entry in found[:3])
        return "ambiguous_image", f"{cell[:200]} can mean {names}; name folder and extension."
    return "", ""


def _values_of(
    record: dict[str, str], used: dict[str, str]
) -> tuple[dict[str, Any], list[Problem]]:
    """Field → value, and a problem for each cell that is not understood."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, column in used.items():
        if name == IMAGE:
            continue
        try:
            values[name] = READERS[name](record[column])
        except InvalidInput as error:
            problems.append(Problem(error.code, error.message, column=column))
    return values, problems
