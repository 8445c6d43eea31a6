"""A table of a file, column by column as codes: a million readings take their distinct texts and four bytes a cell."""

import csv
import io
import re
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from readerstudy.core.csvio import decode_text
from readerstudy.core.errors import InvalidInput
from readerstudy.results.finished.workbook import is_workbook, workbook_rows
from readerstudy.stats.files.columns import Column
from readerstudy.stats.result import IntArray

MAX_BYTES = 128 * 2**20
MAX_ROWS = 2_000_000
MAX_COLUMNS = 2_000
MAX_CELLS = 40_000_000
_DELIMITERS = ",;\t"
# A cell that a spreadsheet would run, as `write_table` marks it.
_QUOTED = "\ufeff"


@dataclass(frozen=True, eq=False)
class Sheet:
    """Header and columns of a file; `lines[i]` is the row of the spreadsheet in which data row i stands, from 1."""

    name: str
    header: tuple[str, ...]
    columns: tuple[Column, ...]
    lines: IntArray
    decimal_comma: bool

    def __len__(self) -> int:
        """Rows of data."""
        return int(self.lines.size)

    def column(self, heading: str) -> Column:
        """The column of this heading."""
        return self.columns[self.header.index(heading)]


def read_sheet(content: bytes, *, name: str, header_row: int = 1) -> Sheet:
    """The table in a CSV file (comma, semicolon, tab) or in the first sheet of a workbook (.xlsx).

    `header_row` counts the rows that hold anything. Raises InvalidInput, naming file and row, for a file that is no table,
    is too large, repeats a column, or has rows longer than its header.
    """
    check_size(content, name)
    if is_workbook(content):
        rows, comma = workbook_rows(content, name=name), False
    else:
        rows, comma = _csv_rows(content, name)
    filled = ((number, row) for number, row in rows if any(row))
    try:
        for _ in range(header_row - 1):
            next(filled)
        line, header = next(filled)
    except StopIteration:
        raise InvalidInput(f"{name} is empty: it has no header.", code="empty_file") from None
    except csv.Error as error:
        raise InvalidInput(f"{name} is no readable CSV file: {error}.", code="not_csv") from error
    return _collected(name, _checked_header(header, line, name), filled, decimal_comma=comma)


def check_size(content: bytes, name: str) -> None:
    """Raises InvalidInput for a file that is larger than is read."""
    if len(content) > MAX_BYTES:
        message = f"{name} has {len(content)} bytes; at most {MAX_BYTES} are read."
        raise InvalidInput(message, code="too_large")


def _checked_header(header: list[str], line: int, name: str) -> tuple[str, ...]:
    # R and pandas write the numbers of the rows into a first column without a name.
    names = tuple(cell.strip().removeprefix(_QUOTED) for cell in header)
    while names and not names[-1]:
        names = names[:-1]
    if len(names) > MAX_COLUMNS:
        message = (
            f"{name}, row {line}: there are {len(names)} columns; at most {MAX_COLUMNS} are read."
        )
        raise InvalidInput(message, code="too_wide")
    twice = next((one for one in names if one and names.count(one) > 1), None)
    if twice is not None:
        message = f"{name}, row {line}: column {twice} stands there twice."
        raise InvalidInput(message, code="repeated_column")
    return names


def _collected(
    name: str,
    header: tuple[str, ...],
    rows: Iterable[tuple[int, list[str]]],
    *,
    decimal_comma: bool,
) -> Sheet:
    width = len(header)
    places: list[dict[str, int]] = [{} for _ in header]
    codes = [array("i") for _ in header]
    lines = array("q")
    try:
        for line, row in rows:
            lines.append(line)
            _check_row(name, line, row, width, len(lines))
            for known, code, cell in zip(places, codes, row, strict=False):
                code.append(known.setdefault(cell, len(known)))
            for missing in range(len(row), width):
                codes[missing].append(places[missing].setdefault("", len(places[missing])))
    except csv.Error as error:
        raise InvalidInput(f"{name} is no readable CSV file: {error}.", code="not_csv") from error
    if not lines:
        raise InvalidInput(f"{name} has a header but no rows.", code="no_rows")
    columns = tuple(_stripped(known, code) for known, code in zip(places, codes, strict=True))
    return Sheet(name, header, columns, np.array(lines, np.int64), decimal_comma)


def _check_row(name: str, line: int, row: list[str], width: int, count: int) -> None:
    if len(row) > width and any(row[width:]):
        message = f"{name}, row {line}: there are {len(row)} cells, but {width} columns."
        raise InvalidInput(message, code="too_many_cells")
    if count > MAX_ROWS or count * width > MAX_CELLS:
        message = (
            f"{name} is too large a table: at most {MAX_ROWS} rows and {MAX_CELLS} cells are read."
        )
        raise InvalidInput(message, code="too_large")


def _stripped(known: dict[str, int], code: "array[int]") -> Column:
    """Texts that differ in surrounding spaces alone are one."""
    names: dict[str, int] = {}
    merged = [names.setdefault(text.strip(), len(names)) for text in known]
    codes = np.frombuffer(code, np.int32).astype(np.int64)
    return Column(
        tuple(names), np.array(merged, np.int64)[codes] if len(names) < len(known) else codes
    )


def _csv_rows(content: bytes, name: str) -> tuple[Iterator[tuple[int, list[str]]], bool]:
    text = decode_text(content, name=name)
    first = next((line for line in io.StringIO(text[:100_000]) if line.strip()), "")
    directive = re.fullmatch(r"\s*sep=([,;\t])\s*", first, re.IGNORECASE)
    delimiter = directive[1] if directive else max(_DELIMITERS, key=first.count)
    # StringIO would take four bytes a character.
    stream = io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8", newline="")
    return _numbered(csv.reader(stream, delimiter=delimiter, strict=True), skip=bool(directive)), delimiter == ";"  # fmt: skip


def _numbered(reader: Iterator[list[str]], *, skip: bool) -> Iterator[tuple[int, list[str]]]:
    for number, row in enumerate(reader, start=1):
        if skip and "".join(row).strip():
            skip = False
        else:
            yield number, row
