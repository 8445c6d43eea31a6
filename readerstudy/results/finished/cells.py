"""Columns of texts made into readings: numbers, classes, and everything that must be true of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from readerstudy.results.finished.problems import Problems, shown
from readerstudy.results.finished.questions import UNREAD
from readerstudy.results.finished.said import NEGATIVE, POSITIVE
from readerstudy.results.finished.sheet import Sheet
from readerstudy.stats.files.columns import Column
from readerstudy.stats.result import FloatArray, IntArray

MAX_NAME = 255
# Readers × cases × modalities, held as arrays of 8 bytes.
MAX_TABLE = 20_000_000
UNKNOWN, LEFT = -1, -2
# Narrower than float(): no underscores, no figures of other scripts, no words.
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_CLOCK = re.compile(r"(?:([0-9]+):)?([0-9]{1,2}):([0-9]{1,2}(?:\.[0-9]+)?)")


@dataclass(frozen=True, eq=False)
class Cells:
    """N answers. `decision` is 1, 0 or -1, `rating` and `milliseconds` may be NaN; `truth` (cases) is 1 or 0."""

    reader: Column
    case: Column
    modality: Column
    decision: NDArray[np.int8]
    rating: FloatArray
    milliseconds: FloatArray
    truth: IntArray
    diagnosis: tuple[str, ...]
    groups: tuple[str, ...]
    group_order: tuple[str, ...]
    years: tuple[int | None, ...]


def number_of(text: str, *, comma: bool = False) -> float:
    """The number that a text writes; NaN where it writes none."""
    plain = text.replace(",", ".") if comma else text
    if len(plain) > MAX_NAME or not _NUMBER.fullmatch(plain):
        return float("nan")
    value = float(plain)
    return value if np.isfinite(value) else float("nan")


def numbers_in(sheet: Sheet, heading: str, problems: Problems) -> FloatArray:
    """The numbers of a column, NaN where there is none; a text that is no finite number is a problem."""
    column = sheet.column(heading)
    values = np.array([number_of(one, comma=sheet.decimal_comma) for one in column.names])
    unread = np.array([one in UNREAD for one in column.names], np.bool_)
    problems.add_rows(
        "not_a_number", heading, sheet.lines, (np.isnan(values) & ~unread)[column.code],
        lambda row: f"“{shown(column[row])}” is not a finite number.",
    )  # fmt: skip
    return values[column.code]


def seconds_in(sheet: Sheet, heading: str) -> FloatArray:
    """Seconds (N,) of a column of seconds or of h:mm:ss; NaN where neither is written."""
    column = sheet.column(heading)
    values = np.array([_seconds(one, comma=sheet.decimal_comma) for one in column.names])
    return np.where(values >= 0, values, np.nan)[column.code]


def _seconds(text: str, *, comma: bool) -> float:
    clock = _CLOCK.fullmatch(text)
    if clock is None:
        return number_of(text, comma=comma)
    return 3600 * int(clock[1] or 0) + 60 * int(clock[2]) + float(clock[3])


def classes_in(column: Column, classes: Mapping[str, str]) -> NDArray[np.int8]:
    """1, 0 and -1 (anything else) for each row of the column."""
    value = {POSITIVE: 1, NEGATIVE: 0}
    codes = [value.get(classes.get(one, ""), -1) for one in column.names]
    return np.array(codes, np.int8)[column.code]


def check_names(sheet: Sheet, heading: str, problems: Problems) -> None:
    """Nobody and nothing is without a name, or has one that cannot be shown."""
    column = sheet.column(heading)
    sizes = np.array([len(one) for one in column.names])[column.code]
    problems.add_rows(
        "no_name", heading, sheet.lines, sizes == 0, lambda _row: "the name is empty."
    )
    problems.add_rows(
        "long_name", heading, sheet.lines, sizes > MAX_NAME,
        lambda _row: f"the name has more than {MAX_NAME} characters.",
    )  # fmt: skip


def check_once(
    sheet: Sheet, columns: tuple[Column, ...], rows: IntArray, problems: Problems
) -> None:
    """A reader answers a case once in a modality."""
    reader, case, _modality = columns
    codes = [one.code[rows] for one in columns]
    order = np.lexsort((rows, *codes))
    same = np.all([code[order][1:] == code[order][:-1] for code in codes], axis=0)
    before = dict(zip(rows[order[1:]][same].tolist(), rows[order[:-1]][same].tolist(), strict=True))
    again = np.sort(rows[order[1:]][same])
    problems.add_rows(
        "read_twice", "", sheet.lines, again,
        lambda row: (
            f"reader {shown(reader[row])} has answered case {shown(case[row])} already, in row "
            f"{sheet.lines[before[row]]}."
        ),
    )  # fmt: skip


def one_of_each(
    sheet: Sheet, by: Column, heading: str, what: str, problems: Problems
) -> tuple[str, ...]:
    """The text of a column for each name of `by`, which must be the same in all its rows; "" where there is none."""
    column = sheet.column(heading)
    told = np.array([one not in UNREAD for one in column.names], np.bool_)[column.code]
    rows = np.flatnonzero(told)
    first = np.full(len(by.names), -1, np.int64)
    first[by.code[rows][::-1]] = rows[::-1]
    other = rows[column.code[rows] != column.code[first[by.code[rows]]]]
    problems.add_rows(
        "contradiction", heading, sheet.lines, other,
        lambda row: (
            f"{what} {shown(by[row])} has “{shown(column[row])}” here, but “{shown(column[int(first[by.code[row]])])}” "
            f"in row {sheet.lines[first[by.code[row]]]}."
        ),
    )  # fmt: skip
    return tuple(column[int(row)] if row >= 0 else "" for row in first)


def check_size(columns: tuple[Column, ...], problems: Problems) -> None:
    """There must not be so many names that their table cannot be held."""
    reader, case, modality = (len(one.names) for one in columns)
    if reader * case * modality > MAX_TABLE:
        problems.add(
            "too_large",
            f"there are {reader} readers, {case} cases and {modality} modalities: more combinations than the "
            f"{MAX_TABLE} that can be held. Is a column mixed up with another?",
        )
