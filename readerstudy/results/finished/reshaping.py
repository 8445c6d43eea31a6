"""Wide sheets, the MClass sheets and iMRMC text as one long sheet: one row an answer."""

import re
from collections.abc import Sequence

import numpy as np

from readerstudy.core.errors import InvalidInput
from readerstudy.results.finished.layouts import CASE, MODALITY, NAMES, READER, TRUTH, key_of
from readerstudy.results.finished.sheet import Sheet
from readerstudy.stats.files import load_text
from readerstudy.stats.files.columns import Column, column_of
from readerstudy.stats.files.problems import FileProblems
from readerstudy.stats.readings import Readings

ANSWER = "answer"
_NUMBERED = re.compile(
    r"(?:observer|reader|rater|dermatologist)[._ ]?\d+", re.IGNORECASE | re.ASCII
)
_NOT_READERS = frozenset(name for role, names in NAMES.items() if role != READER for name in names)
_BEGIN = re.compile(rb"^[ \t]*BEGIN[ \t]+DATA[ \t]*:", re.IGNORECASE | re.MULTILINE)
_IMAGE_ENDING = re.compile(r"\.(jpe?g|png|tiff?|bmp|webp|dcm)$", re.IGNORECASE)
_ISIC_DIGITS = 7


def is_imrmc(content: bytes) -> bool:
    """Whether there is a line BEGIN DATA:."""
    return _BEGIN.search(content) is not None


def imrmc_sheet(text: str, name: str) -> Sheet:
    """The readings of an iMRMC text. Raises InvalidInput with the parser's sentences, which name the lines."""
    try:
        readings = load_text(text, name).readings
    except FileProblems as error:
        raise InvalidInput(str(error), code="not_imrmc") from error
    return _of_readings(readings, name)


def _of_readings(readings: Readings, name: str) -> Sheet:
    i, j, k = (np.asarray(index, np.int64) for index in readings.read.nonzero())
    values, score = np.unique(readings.scores[i, j, k], return_inverse=True)
    columns = (
        Column(readings.readers, j),
        Column(readings.cases, k),
        Column(readings.modalities, i),
        Column(("0", "1"), readings.truth[k]),
        Column(tuple(repr(float(one)) for one in values), score.astype(np.int64)),
    )
    header = (READER, CASE, MODALITY, TRUTH, "rating")
    return Sheet(name, header, columns, np.zeros(i.size, np.int64), decimal_comma=False)


def reader_columns(sheet: Sheet, taken: Sequence[str]) -> list[str]:
    """The headings of readers' columns: numbered ones where there are several, else all that are nothing else."""
    left = [one for one in sheet.header if one and one not in taken]
    numbered = [one for one in left if _NUMBERED.fullmatch(one)]
    plain = [one for one in left if key_of(one) not in _NOT_READERS]
    return numbered if len(numbered) > 1 else plain


def melted(sheet: Sheet, readers: Sequence[str], kept: Sequence[str]) -> Sheet:
    """One row for each cell of the readers' columns, with the cells of `kept` repeated beside it."""
    rows, times = len(sheet), len(readers)
    answers = [sheet.column(one) for one in readers]
    columns = [
        Column(tuple(readers), np.repeat(np.arange(times), rows)),
        _joined(answers),
        *(Column((one := sheet.column(heading)).names, np.tile(one.code, times)) for heading in kept),
    ]  # fmt: skip
    lines = np.tile(sheet.lines, times)
    header = (READER, ANSWER, *kept)
    return Sheet(sheet.name, header, tuple(columns), lines, sheet.decimal_comma)


def _joined(columns: Sequence[Column]) -> Column:
    """The columns below each other."""
    names = tuple(dict.fromkeys(name for column in columns for name in column.names))
    place = {name: number for number, name in enumerate(names)}
    codes = [
        np.array([place[name] for name in column.names], np.int64)[column.code]
        for column in columns
    ]
    return Column(names, np.concatenate(codes))


def mclass_sheet(sheet: Sheet, names: Sheet | None) -> Sheet:
    """The sheet of one row a dermatologist and one column an image, whose names the second sheet has in the same order.

    Raises InvalidInput where the two do not have equally many images, or a dermatologist stands there twice.
    """
    reader = sheet.header[0]
    images = [one for one in sheet.header[1:] if one]
    column = sheet.column(reader)
    if len(column.names) < len(sheet):
        twice = next(n for n in column.names if (column.code == column.names.index(n)).sum() > 1)
        raise InvalidInput(f"{sheet.name} has two rows of the {reader} {twice}.", code="read_twice")
    cases = _image_names(names, len(images), sheet.name) if names else images
    rows = len(sheet)
    columns = (
        Column(column.names, np.tile(column.code, len(images))),
        _joined([sheet.column(one) for one in images]),
        Column(tuple(cases), np.repeat(np.arange(len(images)), rows)),
    )
    lines = np.tile(sheet.lines, len(images))
    return Sheet(sheet.name, (READER, ANSWER, CASE), columns, lines, decimal_comma=False)


def _image_names(names: Sheet, count: int, answers: str) -> list[str]:
    """The first column of the name source; MClass-D writes ISIC numbers without their zeros."""
    column = names.columns[0]
    found = [column[row] for row in range(len(names))]
    if len(found) != count:
        message = f"{names.name} names {len(found)} images, {answers} has {count} columns of answers: they are joined by position."
        raise InvalidInput(message, code="names_do_not_fit")
    if len(set(found)) < count:
        raise InvalidInput(f"{names.name} names an image twice.", code="repeated_name")
    numbers = [one.removesuffix(".0") for one in found]
    digits = all(one.isascii() and one.isdigit() and len(one) <= _ISIC_DIGITS for one in numbers)
    if digits and _is_of_isic(names):
        return [f"ISIC_{int(one):0{_ISIC_DIGITS}d}" for one in numbers]
    return found


def _is_of_isic(names: Sheet) -> bool:
    """Numbers of the clinical set are file names as they are; those of the dermoscopic one are numbers of the archive."""
    told = (names.name, *(cell for column in names.columns[1:2] for cell in column.names))
    return any("isic" in one.casefold() or "dermoscopic" in one.casefold() for one in told)


def case_key(name: str) -> str:
    """A case's name as names of two files are compared: without folders, ending and case."""
    return _IMAGE_ENDING.sub("", name.replace("\\", "/").rpartition("/")[2]).casefold()


def picked_rows(sheet: Sheet, rows: np.ndarray) -> Sheet:
    """Some of the rows; texts that no row holds any more are gone."""
    columns = tuple(_renumbered(one, rows) for one in sheet.columns)
    return Sheet(sheet.name, sheet.header, columns, sheet.lines[rows], sheet.decimal_comma)


def _renumbered(column: Column, rows: np.ndarray) -> Column:
    used, code = np.unique(column.code[rows], return_inverse=True)
    return Column(tuple(column.names[n] for n in used.tolist()), code.astype(np.int64))


__all__ = [
    "ANSWER", "case_key", "column_of", "imrmc_sheet", "is_imrmc", "mclass_sheet", "melted", "picked_rows",
    "reader_columns",
]  # fmt: skip
