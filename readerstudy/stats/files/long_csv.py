"""Long CSV: one row a reading, with the columns reader, modality, case, truth, score."""

import csv
from pathlib import Path

from readerstudy.stats.files.names import check_writable
from readerstudy.stats.files.problems import Problems, listed
from readerstudy.stats.files.rows import Rows
from readerstudy.stats.files.tables import (
    CASE,
    MODALITY,
    NO_MODALITY,
    READER,
    SCORE,
    TRUTH,
    Table,
    one_column,
)
from readerstudy.stats.readings import Readings


def is_long(table: Table) -> bool:
    """Whether the header names a reader."""
    return bool(table.named(READER))


def long_rows(table: Table, problems: Problems, notes: list[str]) -> Rows:
    """The rows; a missing column is a problem, an unknown one a note. Without a modality column there is one, "all"."""
    place = {names[0]: one_column(table, names, problems) for names in (READER, MODALITY, CASE, TRUTH, SCORE)}  # fmt: skip
    missing = [name for name, column in place.items() if column is None and name != MODALITY[0]]
    if missing:
        problems.add(f"there is no column {', '.join(missing)}; there are {listed(table.header)}.", table.header_line)  # fmt: skip
        return Rows()
    unused = [name for column, name in enumerate(table.header) if column not in place.values() and name]  # fmt: skip
    if unused:
        notes.append(f"These columns are not used: {listed(unused)}.")
    reader, modality, case, truth, score = (_cells(table, column) for column in place.values())
    return Rows(table.lines, reader, modality, case, score, table.lines, case, truth, table.decimal_comma)  # fmt: skip


def _cells(table: Table, column: int | None) -> tuple[str, ...]:
    """Those of the column; without one, a modality is called "all"."""
    return (NO_MODALITY,) * len(table.lines) if column is None else table.columns[column]


def save_long_csv(readings: Readings, path: str | Path) -> None:
    """Write the readings as long CSV, scores at full precision; who and what has no reading is left out.

    Raises StatisticsInputError for a name that would not be read back as it is, OSError where nothing can be written.
    """
    check_writable(readings, "A long CSV file")
    with Path(path).open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["reader", "modality", "case", "truth", "score"])
        for i, j, k in zip(*readings.read.nonzero(), strict=True):
            names = readings.readers[j], readings.modalities[i], readings.cases[k]
            writer.writerow([*names, int(readings.truth[k]), repr(float(readings.scores[i, j, k]))])
