"""Readings from files: long CSV, iMRMC text, wide CSV; recognised by what they hold, not by their names."""

from dataclasses import dataclass
from pathlib import Path

from readerstudy.stats.files.imrmc import header_notes, imrmc_rows, is_imrmc, to_imrmc
from readerstudy.stats.files.long_csv import is_long, long_rows, save_long_csv
from readerstudy.stats.files.problems import FileProblems, Problems
from readerstudy.stats.files.rows import Rows, readings_of_rows
from readerstudy.stats.files.tables import table_of
from readerstudy.stats.files.wide_csv import is_wide, wide_rows
from readerstudy.stats.readings import Readings

LONG, WIDE, IMRMC = "long CSV", "wide CSV", "iMRMC"
_UNKNOWN = (
    "This is none of the formats known: long CSV (columns reader, modality, case, truth, score), wide CSV (columns case, "
    "truth and one a reader), or iMRMC text (a line BEGIN DATA:)."
)
_MARK = "\ufeff"
_BINARY = (
    ((b"\xff\xfe", b"\xfe\xff"), "This is UTF-16 text; save it as UTF-8."),
    ((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"), "This is a workbook or an archive; save the table as CSV."),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class LoadedReadings:
    """The readings of a file, the format it was recognised as, and notes on what was left out or looks odd."""

    readings: Readings
    format: str
    notes: tuple[str, ...]


def load(path: str | Path) -> LoadedReadings:
    """The readings of a file. Raises FileProblems, naming the file and lines, for anything that is wrong."""
    name = str(path)
    try:
        data = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise FileProblems(name, [f"The file cannot be read ({why})."]) from error
    return load_text(_decoded(data, name), name)


def load_text(text: str, name: str = "text") -> LoadedReadings:
    """The readings of a text; `name` is put before problems. Raises FileProblems with all problems at once."""
    text = text.removeprefix(_MARK)
    if "\0" in text:
        raise FileProblems(name, ["This is not a text file."])
    if not text.strip():
        raise FileProblems(name, ["The file is empty."])
    problems = Problems()
    notes: list[str] = []
    kind, rows = _rows(text, problems, notes)
    if not kind:
        raise FileProblems(name, [_UNKNOWN])
    readings = readings_of_rows(rows, problems, notes)
    if readings is None:
        raise problems.error(name)
    if kind == IMRMC:
        notes += header_notes(text, rows, readings)
    return LoadedReadings(readings, kind, tuple(notes))


def _decoded(data: bytes, name: str) -> str:
    for starts, sentence in _BINARY:
        if data.startswith(starts):
            raise FileProblems(name, [sentence])
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        if b"\0" in data:
            raise FileProblems(name, ["This is not a text file."]) from error
        line = data.count(b"\n", 0, error.start) + 1
        where = f"Line {line}: this is not UTF-8 text (byte {error.start + 1} of the file)."
        raise FileProblems(name, [where]) from error


def _rows(text: str, problems: Problems, notes: list[str]) -> tuple[str, Rows]:
    if is_imrmc(text):
        return IMRMC, imrmc_rows(text, problems)
    table = table_of(text, problems)
    if table is not None and is_long(table):
        return LONG, long_rows(table, problems, notes)
    if table is not None and is_wide(table):
        return WIDE, wide_rows(table, problems, notes)
    return "", Rows()


__all__ = [
    "FileProblems",
    "LoadedReadings",
    "load",
    "load_text",
    "save_long_csv",
    "to_imrmc",
]
