"""Tables with commas, semicolons or tabs between the cells."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO

from readerstudy.stats.files.problems import Problems, listed

READER = ("reader", "reader_id", "readerid")
MODALITY = ("modality", "modality_id", "modalityid")
CASE = ("case", "case_id", "caseid", "image", "image_id", "image_name", "isic_id", "targetid", "id")
TRUTH = ("truth", "label", "target", "gold", "malignant", "melanoma", "reference", "ground_truth")
SCORE = ("score",)
NO_MODALITY = "all"
NOT_READERS = frozenset({*READER, *MODALITY, *CASE, *TRUTH})
_DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True)
class Table:
    """The names of the columns, stripped; the line where each row starts; the cells of each column as written."""

    header: tuple[str, ...]
    header_line: int
    lines: tuple[int, ...]
    columns: tuple[tuple[str, ...], ...]
    decimal_comma: bool

    def named(self, names: tuple[str, ...]) -> list[int]:
        """The columns that have one of the names, in any case; the first name alone where it is there."""
        lower = [name.lower() for name in self.header]
        first = [place for place, name in enumerate(lower) if name == names[0]]
        return first or [place for place, name in enumerate(lower) if name in names]


def table_of(text: str, problems: Problems) -> Table | None:
    """The table, or None where there is none. Rows of another width than the header are problems."""
    delimiter = max(_DELIMITERS, key=lambda sign: _fit(text, sign))
    records = _records(text, delimiter, problems)
    header_line, header = next(records, (0, []))
    if not header:
        return None
    width = len(header)
    lines: list[int] = []
    # One flat list: a million small ones would keep the garbage collector busy.
    flat: list[str] = []
    for line, cells in records:
        if len(cells) > width and not "".join(cells[width:]).strip():
            del cells[width:]
        if len(cells) == width:
            lines.append(line)
            flat += cells
        else:
            problems.add(f"there are {len(cells)} cells, but {width} columns.", line)
    columns = tuple(tuple(flat[column::width]) for column in range(width))
    names = tuple(name.strip() for name in header)
    return Table(names, header_line, tuple(lines), columns, decimal_comma=delimiter == ";")


def one_column(table: Table, names: tuple[str, ...], problems: Problems) -> int | None:
    """The column that has one of the names; None for none. Several are a problem."""
    places = table.named(names)
    if len(places) > 1:
        several = listed(table.header[place] for place in places)
        problems.add(f"{len(places)} columns may be the {names[0]}: {several}.", table.header_line)
    return places[0] if places else None


def _fit(text: str, delimiter: str) -> tuple[int, int]:
    """How many known names, and how many cells, the header has with this delimiter."""
    _line, header = next(_records(text, delimiter, Problems()), (0, []))
    return sum(cell.strip().lower() in {*NOT_READERS, *SCORE} for cell in header), len(header)


def _records(text: str, delimiter: str, problems: Problems) -> Iterator[tuple[int, list[str]]]:
    """Each row's cells with the line where it starts; empty rows are left out."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True)  # fmt: skip
    start = 1
    try:
        for cells in reader:
            if "".join(cells).strip():
                yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        problems.add(f"this is not a table ({error}).", start)
