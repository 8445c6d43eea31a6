"""Wide CSV: one row a case, one column a reader; or a case in a modality, with a column for it."""

import re
from collections import Counter
from collections.abc import Sequence

from readerstudy.stats.files.problems import Problems, listed, shown
from readerstudy.stats.files.rows import Rows
from readerstudy.stats.files.tables import (
    CASE,
    MODALITY,
    NO_MODALITY,
    NOT_READERS,
    TRUTH,
    Table,
    one_column,
)

_Heading = tuple[str, str | None]
# reader@modality: a sign that no reader's name has by chance, as a point or an underscore might.
BETWEEN = "@"
# observer.1, observer.2 beside measurements: the other columns are no readers.
_NUMBERED = re.compile(r"(observer|reader|rater)\.[0-9]+", re.IGNORECASE)


def is_wide(table: Table) -> bool:
    """Whether the header names a case or the truth."""
    return bool(table.named(CASE) or table.named(TRUTH))


def wide_rows(table: Table, problems: Problems, notes: list[str]) -> Rows:
    """One row for each cell of a reader's column; a reader's column may be called reader@modality."""
    case, truth, modality = (one_column(table, names, problems) for names in (CASE, TRUTH, MODALITY))  # fmt: skip
    if case is None or truth is None:
        what, names = ("truth", TRUTH) if truth is None else ("case", CASE)
        problems.add(f"there is no column with the {what} ({', '.join(names)}); there are {listed(table.header)}.", table.header_line)  # fmt: skip
        return Rows()
    _check_unnamed(table, problems)
    readers = _readers(table, {case, truth, modality}, notes)
    if not readers:
        problems.add("there is no column of a reader.", table.header_line)
    headings = [_reader_and_modality(table.header[column]) for column in readers]
    fault = _headings_fault(table, headings, modality)
    if fault is not None:
        problems.add(fault, table.header_line)
        return Rows()
    notes += _modalities_note(headings)
    cells = [table.columns[column] for column in readers]
    rows = len(table.lines)
    return Rows(
        line=table.lines * len(readers),
        reader=_repeated([reader for reader, _modality in headings], rows),
        modality=_repeated([named or NO_MODALITY for _reader, named in headings], rows)
        if modality is None
        else table.columns[modality] * len(readers),
        case=table.columns[case] * len(readers),
        score=[cell for column in cells for cell in column],
        truth_line=table.lines,
        truth_case=table.columns[case],
        truth=table.columns[truth],
        decimal_comma=table.decimal_comma,
    )


def _repeated(names: Sequence[str], times: int) -> list[str]:
    return [name for name in names for _ in range(times)]


def _reader_and_modality(heading: str) -> _Heading:
    reader, sign, modality = heading.partition(BETWEEN)
    return reader.strip(), modality.strip() if sign else None


def _readers(table: Table, taken: set[int | None], notes: list[str]) -> list[int]:
    """The columns of readers; the others are noted. A second column for the case or the truth is no reader's."""
    left = [column for column, name in enumerate(table.header) if name and column not in taken]
    numbered = [column for column in left if _NUMBERED.fullmatch(table.header[column])]
    plain = [column for column in left if table.header[column].lower() not in NOT_READERS]
    readers = numbered if len(numbered) > 1 else plain
    chosen = frozenset(readers)
    unused = [table.header[column] for column in left if column not in chosen]
    if unused:
        notes.append(f"These columns are not used: {listed(unused)}.")
    return readers


def _check_unnamed(table: Table, problems: Problems) -> None:
    """A column without a name may be empty or hold the numbers of the rows, as R writes them."""
    numbers = [str(row + 1) for row in range(len(table.lines))]
    for column, name in enumerate(table.header):
        cells = [] if name else [cell.strip() for cell in table.columns[column]]
        if any(cells) and cells != numbers:
            problems.add(f"column {column + 1} has no name.", table.header_line)


def _headings_fault(table: Table, headings: list[_Heading], modality: int | None) -> str | None:
    """Every reader must be there once, and the modality be named in one way only."""
    heading, times = max(Counter(headings).items(), key=lambda counted: counted[1], default=(("", None), 0))  # fmt: skip
    named = [heading for heading in headings if heading[1] is not None]
    partly = [heading for heading in named if not all(heading)]
    if times > 1:
        return f"there are {times} columns {_written(heading)}."
    if partly:
        return f"the column {_written(partly[0])} does not name a reader and a modality."
    if named and modality is not None:
        return f"the column {_written(named[0])} names a modality, but there is a column {table.header[modality]} too."
    if named and len(named) < len(headings):
        return f"the column {_written(named[0])} names a modality, but other columns name none."
    return None


def _written(heading: _Heading) -> str:
    reader, modality = heading
    return shown(reader if modality is None else f"{reader}{BETWEEN}{modality}")


def _modalities_note(headings: list[_Heading]) -> list[str]:
    named = dict.fromkeys(modality for _reader, modality in headings if modality)
    return [f"The columns are read as reader{BETWEEN}modality, with the modalities {listed(named)}."] if named else []  # fmt: skip
