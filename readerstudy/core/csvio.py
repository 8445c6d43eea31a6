"""CSV as people make it, read; CSV that a spreadsheet cannot be tricked by, written."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from readerstudy.core.errors import InvalidInput

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
MAX_COLUMNS = 1_000


@dataclass(frozen=True)
class Table:
    """The header and the rows of a CSV file. `row_numbers[i]` is the spreadsheet row of `rows[i]`; empty ones count."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    row_numbers: tuple[int, ...]

    def records(self) -> Iterable[tuple[int, dict[str, str]]]:
        """(row number, column → cell) for every row; missing cells are empty."""
        for number, row in zip(self.row_numbers, self.rows, strict=True):
            padded = (*row, *[""] * (len(self.header) - len(row)))
            yield number, dict(zip(self.header, padded, strict=False))


def decode_text(content: bytes, *, name: str) -> str:
    """The text of a file in UTF-8, UTF-16 (with its mark) or Windows-1252. Raises InvalidInput for binary data."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _decode_utf16(content, name)
    if b"\x00" in content:
        raise InvalidInput(f"{name} holds NUL bytes: it is not a text file.", code="not_text")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _decode_utf16(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-16")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{name} is damaged UTF-16 text.", code="not_text") from error


def read_table(content: bytes, *, name: str) -> Table:
    """The table in a comma, semicolon or tab separated file. Raises InvalidInput where it is none."""
    text = decode_text(content, name=name)
    header_line = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=header_line.count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        stripped = [tuple(cell.strip() for cell in row) for row in reader]
    except csv.Error as error:
        raise InvalidInput(
            f"{name} is not a readable CSV file: {error}.", code="not_csv"
        ) from error
    numbered = [(number, row) for number, row in enumerate(stripped, start=1) if any(row)]
    if not numbered:
        raise InvalidInput(f"{name} is empty.", code="empty_file")
    header = numbered[0][1]
    _check_header(header, name)
    numbers = tuple(number for number, _ in numbered[1:])
    return Table(name, header, tuple(row for _, row in numbered[1:]), numbers)


def _check_header(header: tuple[str, ...], name: str) -> None:
    if len(header) > MAX_COLUMNS:
        raise InvalidInput(
            f"{name} has {len(header)} columns; at most {MAX_COLUMNS} are read.", code="too_wide"
        )
    repeated = sorted({column for column in header if column and header.count(column) > 1})
    if repeated:
        raise InvalidInput(
            f"{name}, row 1: column {repeated[0]} stands there twice.", code="repeated_column"
        )


def write_table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """CSV text (RFC 4180). Text cells that a spreadsheet would run as a formula are prefixed with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    return out.getvalue()


def _safe(cell: Any) -> Any:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return int(cell)
    if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS):
        return "'" + cell
    return cell
