"""The second checkpoint: every row of the manifest, with its file and its values."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from readerstudy.core.csvio import Table
from readerstudy.core.errors import InvalidInput, Problem
from readerstudy.intake.columns import IMAGE, Columns, names_of
from readerstudy.intake.deciding import Classes
from readerstudy.intake.mapping import LEFT_OUT, MALIGNANT
from readerstudy.intake.matching import FileIndex
from readerstudy.intake.sources import Entry
from readerstudy.intake.values import READERS, is_photograph


@dataclass(frozen=True)
class ManifestRow:
    """One row that was understood: its number, its file and its values by field."""

    number: int
    entry: Entry
    values: dict[str, Any]


@dataclass
class ReadRows:
    """All rows of a manifest: those understood, what is wrong with the others, and the files they name.

    Rows whose class has still to be asked, and the `left_out` ones, are in none of them; those left out because they show
    no photograph are in `warnings`.
    """

    columns: Columns
    rows: list[ManifestRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    first_rows: dict[str, int] = field(default_factory=dict)
    left_out: int = 0

    def unlisted(self, entries: Iterable[Entry]) -> list[Entry]:
        """The files that no row names."""
        return [entry for entry in entries if entry.name not in self.first_rows]


def read_rows(table: Table, columns: Columns, index: FileIndex, classes: Classes) -> ReadRows:
    """The rows of the table. Every cell that is wrong is one problem, with its row and column."""
    read = ReadRows(columns.with_image(column_naming_files(table, columns.image, index)))
    for (number, record), cells in zip(table.records(), table.rows, strict=True):
        _read_row(table, cells, Record(number, record, read, index, classes))
    if not table.rows:
        read.problems.append(Problem("no_rows", "The manifest has no rows.", file=table.name))
    return read


@dataclass(frozen=True)
class Record:
    """One row while it is read, with what is needed for it."""

    number: int
    cells: dict[str, str]
    read: ReadRows
    index: FileIndex
    classes: Classes

    def cell(self, name: str) -> str:
        """The cell of a field that has a column, else nothing."""
        return self.cells.get(self.read.columns.used.get(name, ""), "")


def _read_row(table: Table, cells: Sequence[str], record: Record) -> None:
    word, class_problems = _class_of(record)
    entry, image_problems = _file_of(record)
    if not is_photograph(record.cell("view")):
        record.read.warnings.append(_no_photograph(table, record))
        word = LEFT_OUT
    if word == LEFT_OUT:
        record.read.left_out += 1
        return
    values, cell_problems = _values_of(record, word)
    problems = [*_extra_cells(table, cells), *image_problems, *cell_problems, *class_problems]
    record.read.problems += [
        replace(one, file=table.name, row=record.number) for one in _each_once(problems)
    ]
    if entry and word and not problems:
        record.read.rows.append(ManifestRow(record.number, entry, values))


def _no_photograph(table: Table, record: Record) -> Problem:
    message = "Confocal microscopy is no photograph that readers grade; the row is left out."
    column = record.read.columns.used["view"]
    return Problem("not_a_photograph", message, table.name, record.number, column)


def _each_once(problems: Iterable[Problem]) -> list[Problem]:
    """A cell that is read for the diagnosis and for the class is wrong only once."""
    return list(dict.fromkeys(problems))


def missing_columns(table: Table, fields: Iterable[str]) -> list[Problem]:
    """A problem for every field that the manifest cannot do without and has not."""
    return [_missing_column(table, name) for name in fields]


def _class_of(record: Record) -> tuple[str, list[Problem]]:
    """malignant, benign, left out, or "" where it is asked or cannot be said."""
    try:
        cell = record.cell(record.classes.source)
        return record.classes.of(cell, record.cell("diagnosis")), []
    except InvalidInput as error:
        column = record.read.columns.used[record.classes.source]
        return "", [Problem(error.code, error.message, column=column)]


def _missing_column(table: Table, name: str) -> Problem:
    message = f"There is no column for {name} (known names: {names_of(name)})."
    return Problem("missing_column", message, file=table.name, row=1, column=name)


def column_naming_files(table: Table, candidates: Sequence[str], index: FileIndex) -> str:
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


def _file_of(record: Record) -> tuple[Entry | None, list[Problem]]:
    """The one file that the row means, or why there is none. Remembers the row that named a file first."""
    cell, first_rows = record.cell(IMAGE), record.read.first_rows
    found = record.index.find(cell)
    code, message = _refusal(cell, found)
    if not code:
        if found[0].name not in first_rows:
            first_rows[found[0].name] = record.number
            return found[0], []
        first = first_rows[found[0].name]
        code, message = "duplicate_row", f"{cell} already stands in row {first}."
    return None, [Problem(code, message, column=record.read.columns.used[IMAGE])]


def _refusal(cell: str, found: Sequence[Entry]) -> tuple[str, str]:
    if not cell:
        return "value_missing", "The row names no image."
    if not found:
        return "image_missing", f"There is no image {cell[:200]} in the archive."
    if len(found) > 1:
        names = " and ".join(entry.name for entry in found[:3])
        return "ambiguous_image", f"{cell[:200]} can mean {names}; name folder and extension."
    return "", ""


def _values_of(record: Record, word: str) -> tuple[dict[str, Any], list[Problem]]:
    """Field → value, and a problem for each cell that is not understood."""
    values: dict[str, Any] = {MALIGNANT: word == MALIGNANT, "diagnosis": word}
    problems: list[Problem] = []
    for name, column in record.read.columns.used.items():
        cell = record.cells[column]
        if name in (IMAGE, MALIGNANT) or (name == "diagnosis" and record.classes.fills(cell)):
            continue
        try:
            values[name] = READERS[name](cell)
        except InvalidInput as error:
            problems.append(Problem(error.code, error.message, column=column))
    return values, problems
