"""CSV cells of the bundle, both ways: what is written is read back as the same value."""

import csv
import io
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from readerstudy.core.csvio import without_inner_marks, write_table
from readerstudy.results.bundle.columns import BOOLEAN, INTEGER, NUMBER, TEXT, Column
from readerstudy.results.bundle.faults import BundleFaultsError, Faults

# `write_table` puts an apostrophe before what a spreadsheet would run; one more keeps apart what has one already.
_LOOKS_ESCAPED = re.compile(r"'+[=+\-@\t\r]")
_INTEGER = re.compile(r"-?[0-9]{1,15}")
_NUMBER = re.compile(r"-?[0-9]{1,400}(\.[0-9]{1,400})?([eE][+-]?[0-9]{1,3})?")
_LONGEST_CELL = 100_000
_MOST_ROWS = 5_000_000


@dataclass(frozen=True)
class Records:
    """The typed rows of one file; row `i` of them stands in row `i + 2` of the file."""

    file: str
    columns: tuple[Column, ...]
    rows: list[tuple[Any, ...]]

    def dicts(self) -> Iterable[tuple[int, dict[str, Any]]]:
        """(row number, column → value) for every row."""
        names = [column.name for column in self.columns]
        for number, row in enumerate(self.rows, start=2):
            yield number, dict(zip(names, row, strict=True))


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """CSV in UTF-8 (RFC 4180); floats at full precision, whole ones without a decimal point."""
    return write_table(header, ([_written(cell) for cell in row] for row in rows)).encode()


def _written(cell: Any) -> Any:
    if isinstance(cell, str):
        return f"'{cell}" if _LOOKS_ESCAPED.match(cell) else cell
    if isinstance(cell, float):
        return _number(cell)
    return cell


def _number(value: float) -> Any:
    if math.isnan(value):
        return None
    is_whole = value.is_integer() and abs(value) < 10**15
    return int(value) if is_whole and not _is_negative_zero(value) else value


def _is_negative_zero(value: float) -> bool:
    return value == 0 and math.copysign(1.0, value) < 0


def read_records(file: str, data: bytes, columns: tuple[Column, ...]) -> Records:
    """The rows of a CSV file with exactly these columns. Raises BundleFaultsError naming rows and columns."""
    rows = _raw_rows(file, data)
    expected = [column.name for column in columns]
    if not rows or rows[0] != expected:
        found = ", ".join(rows[0]) if rows else "nothing"
        raise BundleFaultsError(
            [f"{file}, row 1: the columns must be {', '.join(expected)}, not {found[:500]}."]
        )
    faults = Faults(file)
    typed = [_typed(row, number, columns, faults) for number, row in enumerate(rows[1:], start=2)]
    faults.check()
    return Records(file, columns, typed)


def _raw_rows(file: str, data: bytes) -> list[list[str]]:
    try:
        reader = csv.reader(io.StringIO(data.decode(), newline=""), strict=True)
        rows = []
        for row in reader:
            rows.append(row)
            if len(rows) > _MOST_ROWS:
                raise BundleFaultsError([f"{file} has more than {_MOST_ROWS} rows."])
    except UnicodeDecodeError as error:
        raise BundleFaultsError([f"{file} is not UTF-8 text (byte {error.start + 1})."]) from error
    except csv.Error as error:
        raise BundleFaultsError(
            [f"{file}, row {len(rows) + 1}: not readable as CSV ({error})."]
        ) from error
    return rows


def _typed(
    row: list[str], number: int, columns: tuple[Column, ...], faults: Faults
) -> tuple[Any, ...]:
    if len(row) != len(columns):
        faults.add(f"there are {len(row)} cells, not {len(columns)}.", row=number)
        return ()
    return tuple(
        _value(cell, column, number, faults) for cell, column in zip(row, columns, strict=True)
    )


def _value(cell: str, column: Column, number: int, faults: Faults) -> Any:
    if not cell:
        if column.required:
            faults.add("the cell is empty.", row=number, column=column.name)
        return "" if column.type == TEXT else None
    try:
        return _checked(_PARSE[column.type](cell), column)
    except ValueError as error:
        faults.add(f"{cell[:60]!r} {error}.", row=number, column=column.name)
        return None


def _checked(value: Any, column: Column) -> Any:
    if column.choices and value not in column.choices:
        raise ValueError(f"is none of {', '.join(column.choices)}")
    return value


def _text(cell: str) -> str:
    if len(cell) > _LONGEST_CELL or "\0" in cell:
        raise ValueError("is no text that a cell may hold")
    return without_inner_marks(cell[1:] if _LOOKS_ESCAPED.match(cell) else cell)


def _integer(cell: str) -> int:
    if not _INTEGER.fullmatch(cell):
        raise ValueError("is not a whole number")
    return int(cell)


def _float(cell: str) -> float:
    value = float(cell) if _NUMBER.fullmatch(cell) else float("inf")
    if abs(value) == float("inf"):
        raise ValueError("is not a finite number")
    return value


def _boolean(cell: str) -> bool:
    if cell not in {"0", "1"}:
        raise ValueError("is not 0 or 1")
    return cell == "1"


_PARSE: dict[str, Callable[[str], Any]] = {
    TEXT: _text, INTEGER: _integer, NUMBER: _float, BOOLEAN: _boolean,
}  # fmt: skip
