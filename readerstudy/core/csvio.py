"""CSV as people make it, read; CSV that a spreadsheet cannot be tricked by, written."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from readerstudy.core.errors import InvalidInput

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# Where a spreadsheet that separates by something else begins a cell within ours (German ones separate by `;`). A number
# that stands there alone is no formula: `0.1; -0.2` is a range. Neither pattern goes back far: long cells take no longer.
_NUMBER = r"[+-][0-9]++(?:[.,][0-9]++)?(?:[eE][+-]?[0-9]++)?"
_ITS_END = r"[\x20\xa0]*+%?[)\]]*+[\x20\xa0]*+(?:[;|\t\r\n]|\Z)"
_BREAK = r"(?<![\s;|])([\s;|]+)"
_UNMARKED = re.compile(rf"{_BREAK}(?=['\"]*[=+\-@])(?!{_NUMBER}{_ITS_END})")
_MARKED = re.compile(rf"{_BREAK}'(?=['\"]*[=+\-@])")
_SEPARATORS = frozenset(";|\t\r\n")
MAX_COLUMNS = 1_000
MAX_ROWS = 500_000
MAX_CELLS = 4_000_000


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
    """The text of a file in UTF-8, UTF-16 (with its mark) or Windows-1252. Raises InvalidInput for anything else."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = _decode_utf16(content, name)
    elif b"\x00" in content:
        text = "\0"
    else:
        text = _decode_utf8(content, name)
    if "\0" in text:
        raise InvalidInput(f"{name} holds NUL bytes: it is not a text file.", code="not_text")
    return text


def _decode_utf16(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-16")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{name} is damaged UTF-16 text.", code="not_text") from error


def _decode_utf8(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _check_one_encoding(content, name, content.count(b"\n", 0, error.start) + 1)
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError as error:
        message = f"{name} is neither UTF-8 nor Windows-1252 text."
        raise InvalidInput(message, code="not_text") from error


def _check_one_encoding(content: bytes, name: str, broken_line: int) -> None:
    """Raises where another line is UTF-8 beyond doubt: read as Windows-1252 its letters would come out wrong."""
    for number, line in enumerate(io.BytesIO(content), start=1):
        if not line.isascii() and _is_utf8(line):
            message = f"{name} mixes encodings: line {number} is UTF-8, line {broken_line} is not. Save it in one of them."
            raise InvalidInput(message, code="mixed_encodings")


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def read_table(content: bytes, *, name: str) -> Table:
    """The table in a comma, semicolon or tab separated file. Raises InvalidInput where it is none."""
    text = decode_text(content, name=name)
    numbered = _numbered_rows(text, name)
    try:
        header = next(numbered, None)
        if header is None:
            raise InvalidInput(f"{name} is empty.", code="empty_file")
        _check_header(header[1], name)
        rows = list(numbered)
    except csv.Error as error:
        raise InvalidInput(
            f"{name} is not a readable CSV file: {error}.", code="not_csv"
        ) from error
    numbers = tuple(number for number, _ in rows)
    return Table(name, header[1], tuple(row for _, row in rows), numbers)


def _numbered_rows(text: str, name: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Every row that holds something. Raises InvalidInput as soon as it is clear that the table is too large."""
    header_line = next((line for line in io.StringIO(text) if line.strip()), "")
    # The line that spreadsheets write above the header to say what separates the cells.
    directive = re.fullmatch(r"\s*sep=([,;\t|])\s*", header_line, re.IGNORECASE)
    delimiter = directive[1] if directive else max(",;\t", key=header_line.count)
    cells = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    for number, row in enumerate(reader, start=1):
        cells += len(row)
        _check_size(number, len(row), cells, name)
        stripped = tuple(cell.strip() for cell in row)
        if directive and stripped and stripped[0].casefold() == "sep=":
            directive = None
        elif any(stripped):
            yield number, stripped


def _check_size(number: int, width: int, cells: int, name: str) -> None:
    if width > MAX_COLUMNS:
        message = f"{name}, row {number} has {width} columns; at most {MAX_COLUMNS} are read."
        raise InvalidInput(message, code="too_wide")
    if number > MAX_ROWS or cells > MAX_CELLS:
        message = (
            f"{name} is too large a table: at most {MAX_ROWS} rows and {MAX_CELLS} cells are read."
        )
        raise InvalidInput(message, code="too_large")


def _check_header(header: tuple[str, ...], name: str) -> None:
    repeated = sorted({column for column in header if column and header.count(column) > 1})
    if repeated:
        raise InvalidInput(
            f"{name}, row 1: column {repeated[0]} stands there twice.", code="repeated_column"
        )


def write_table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """CSV text (RFC 4180). Text that a spreadsheet would run as a formula, whatever it separates by, has an apostrophe before it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([_safe(cell) for cell in row] for row in chain([header], rows))
    return out.getvalue()


def table_lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The lines of `write_table`, one by one, for tables that are too long to be held."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in chain([header], rows):
        writer.writerow([_safe(cell) for cell in row])
        yield out.getvalue()
        out.seek(0)
        out.truncate()


def _safe(cell: Any) -> Any:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return int(cell)
    if not isinstance(cell, str):
        return cell
    marked = _UNMARKED.sub(_with_mark, cell)
    return "'" + marked if cell.startswith(_FORMULA_STARTS) else marked


def _with_mark(found: re.Match[str]) -> str:
    return f"{found[0]}'" if _SEPARATORS.intersection(found[0]) else found[0]


def without_inner_marks(cell: str) -> str:
    """The cell without the apostrophes that `write_table` has set within it; the one at its start stays."""
    return _MARKED.sub(_without_mark, cell)


def _without_mark(found: re.Match[str]) -> str:
    return found[1] if _SEPARATORS.intersection(found[1]) else found[0]
