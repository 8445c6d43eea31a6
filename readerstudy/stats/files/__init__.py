"""Readings from files: long CSV, iMRMC text, wide CSV; recognised by what they hold, not by their names."""

import csv
from dataclasses import dataclass
from pathlib import Path

from readerstudy.stats.files.imrmc import header_notes, imrmc_rows, is_imrmc, to_imrmc
from readerstudy.stats.files.long_csv import is_long, long_rows
from readerstudy.stats.files.problems import FileProblems
from readerstudy.stats.files.rows import Rows, readings_of_rows
from readerstudy.stats.files.tables import table_of
from readerstudy.stats.files.wide_csv import is_wide, wide_rows
from readerstudy.stats.readings import Readings
from readerstudy.stats.result import StatisticsInputError

LONG, WIDE, IMRMC = "long CSV", "wide CSV", "iMRMC"
_UNKNOWN = (
    "This is none of the formats known: long CSV (columns reader, modality, case, truth, score), wide CSV (columns case, "
    "truth and one a reader), or iMRMC text (a line BEGIN DATA:)."
)


@dataclass(frozen=True, eq=False)
class LoadedReadings:
    """The readings of a file, the format it was recognised as, and notes on what was left out or looks odd."""

    readings: Readings
    format: str
    notes: tuple[str, ...]


def load(path: str | Path) -> LoadedReadings:
    """The readings of a file. Raises StatisticsInputError, naming the file and lines, for anything that is wrong."""
    place = Path(path)
    try:
        data = place.read_bytes()
    except OSError as error:
        raise StatisticsInputError(f"{place}: cannot be read ({error.strerror}).") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise StatisticsInputError(f"{place}: byte {error.start + 1} is not UTF-8 text.") from error
    return load_text(text, str(place))


def load_text(text: str, name: str = "text") -> LoadedReadings:
    """The readings of a text; `name` is put before problems. Raises FileProblems with all problems at once."""
    if "\0" in text:
        raise FileProblems(name, ["This is not a text file."])
    if not text.strip():
        raise FileProblems(name, ["The file is empty."])
    problems: list[str] = []
    notes: list[str] = []
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kind, rows = _rows(text, problems, notes)
    readings = readings_of_rows(rows, problems, notes)
    if readings is None:
        raise FileProblems(name, problems)
    if kind == IMRMC:
        notes += header_notes(text, readings)
    return LoadedReadings(readings, kind, tuple(notes))


def _rows(text: str, problems: list[str], notes: list[str]) -> tuple[str, Rows]:
    if is_imrmc(text):
        return IMRMC, imrmc_rows(text, problems, notes)
    table = table_of(text, problems)
    if table is not None and is_long(table):
        return LONG, long_rows(table, problems, notes)
    if table is not None and is_wide(table):
        return WIDE, wide_rows(table, problems, notes)
    problems[:] = [_UNKNOWN]
    return "", Rows()


def save_long_csv(readings: Readings, path: str | Path) -> None:
    """Write the readings as long CSV, scores at full precision."""
    with Path(path).open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["reader", "modality", "case", "truth", "score"])
        for i, j, k in zip(*readings.read.nonzero(), strict=True):
            names = readings.readers[j], readings.modalities[i], readings.cases[k]
            writer.writerow([*names, int(readings.truth[k]), repr(float(readings.scores[i, j, k]))])


__all__ = [
    "FileProblems",
    "LoadedReadings",
    "load",
    "load_text",
    "save_long_csv",
    "to_imrmc",
]
