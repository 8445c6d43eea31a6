"""Comma-separated tables: delimiter, header, cells."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO

_DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True)
class Table:
    """The names of the columns, stripped and in lower case beside as written, and the rows with their lines."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, list[str]], ...]
    header_line: int
    decimal_comma: bool

    @property
    def lower(self) -> tuple[str, ...]:
        """The header in lower case."""
        return tuple(name.lower() for name in self.header)


def table_of(text: str, problems: list[str]) -> Table | None:
    """The table, or None where there is none. Rows of another width than the header are problems."""
    start = next((line for line in text.split("\n") if line.strip()), "")
    delimiter = max(_DELIMITERS, key=start.count)
    lines = list(_lines(text, delimiter, problems))
    if not lines:
        return None
    header_line, header = lines[0]
    rows = []
    for number, cells in lines[1:]:
        if len(cells) == len(header):
            rows.append((number, cells))
        else:
            problems.append(f"Line {number}: there are {len(cells)} cells, but {len(header)} columns.")  # fmt: skip
    return Table(tuple(header), tuple(rows), header_line, delimiter == ";")


def _lines(text: str, delimiter: str, problems: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Stripped cells with the line where the row ends; empty lines are left out."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield reader.line_num, stripped
    except csv.Error as error:
        problems.append(f"Line {reader.line_num}: this is not a table ({error}).")


def score_text(cell: str, table: Table) -> str:
    """The score with a decimal point; a comma is one only in a table with semicolons."""
    return cell.replace(",", ".") if table.decimal_comma else cell
