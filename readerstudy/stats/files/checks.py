"""Checks of rows, all at once by arrays; every fault is a sentence with its line."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from readerstudy.stats.files.columns import Column
from readerstudy.stats.files.problems import Problems, quoted, shown
from readerstudy.stats.result import BoolArray, FloatArray, IntArray

# Not read. "nan" is not among them: a program that writes it has failed to compute a score.
UNREAD = frozenset({"", "NA", "N/A", "."})
# Narrower than float(): no underscores, no figures of other scripts, no words.
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_TRUTH = {"0": 0, "1": 1, "0.0": 0, "1.0": 1}
_UNTOLD, _WRONG = -1, -2
LONGEST_NAME = 255
# Modalities × readers × cases, held as one array of 8 bytes each.
_MOST_CELLS = 50_000_000


def check_names(columns: dict[str, Column], lines: IntArray, problems: Problems) -> None:
    """Readers, modalities and cases must have names, of a length that can be shown."""
    for what, column in columns.items():
        sizes = np.array([len(name) for name in column.names], dtype=np.int64)[column.code]
        _tell(f"the {what} is empty.", sizes == 0, lines, problems)
        _tell(f"the {what} has a name of more than {LONGEST_NAME} characters.", sizes > LONGEST_NAME, lines, problems)  # fmt: skip


def _tell(sentence: str, bad: BoolArray, lines: IntArray, problems: Problems) -> None:
    problems.add_rows(lines, np.flatnonzero(bad), lambda _row: sentence)


def checked_scores(
    written: Sequence[str],
    columns: dict[str, Column],
    lines: IntArray,
    problems: Problems,
    *,
    decimal_comma: bool,
) -> FloatArray:
    """The scores, NaN where there is none; a text that is no finite number is a problem."""
    texts = [text.strip() for text in written]
    if decimal_comma:
        _check_decimals(texts, lines, problems)
        texts = [_with_point(text) for text in texts]
    values = np.array([float(text) if _NUMBER.fullmatch(text) else np.nan for text in texts], dtype=float)  # fmt: skip
    odd = np.flatnonzero(~np.isfinite(values))
    bad = np.array([row for row in odd.tolist() if texts[row] not in UNREAD], dtype=np.int64)
    problems.add_rows(
        lines,
        bad,
        lambda row: (
            f"reader {shown(columns['reader'][row])} has the score {quoted(written[row].strip())} for case "
            f"{shown(columns['case'][row])}, not a finite number."
        ),
    )
    return values


def _with_point(text: str) -> str:
    return text.replace(",", ".")


def _check_decimals(texts: Sequence[str], lines: IntArray, problems: Problems) -> None:
    """With both decimal commas and points, one of them may separate thousands."""
    rows = {sign: [row for row, text in enumerate(texts) if _has_only(text, sign)] for sign in ",."}
    if all(rows.values()):
        comma, point = (min(places, key=lines.__getitem__) for places in rows.values())
        problems.add(
            f"the score {quoted(texts[comma])} has a comma, but {quoted(texts[point])} in line {lines[point]} a point; "
            "write all with the same decimal sign.",
            int(lines[comma]),
        )


def _has_only(text: str, sign: str) -> bool:
    alone = sign in text and text.count(",") + text.count(".") == 1
    return alone and bool(_NUMBER.fullmatch(_with_point(text)))


@dataclass(frozen=True, eq=False)
class Statements:
    """What a file says about the truth: its texts, their cases, and their lines."""

    text: Column
    case: Column
    lines: IntArray

    def values(self, *, decimal_comma: bool, problems: Problems) -> IntArray:
        """0, 1, or a mark for another text, which is a problem."""
        texts = [_with_point(name) if decimal_comma else name for name in self.text.names]
        value = np.array([_TRUTH.get(text, _WRONG) for text in texts], dtype=np.int64)[self.text.code]  # fmt: skip
        problems.add_rows(
            self.lines,
            np.flatnonzero(value == _WRONG),
            lambda row: (
                f"the truth of case {shown(self.case[row])} is {quoted(self.text[row])}, not 0 or 1."
            ),
        )
        return value


def truth_of_cases(told: Statements, problems: Problems, *, decimal_comma: bool) -> IntArray:
    """Truth (K,) of the cases in the order of their names, negative where there is none; two are a problem."""
    value, case = told.values(decimal_comma=decimal_comma, problems=problems), told.case
    right = np.flatnonzero(value != _WRONG)
    first = np.zeros(len(case.names), dtype=np.int64)
    # Of several assignments to one place the last holds: backwards, it is the first row of a case.
    first[case.code[right][::-1]] = right[::-1]
    truth = np.full(len(case.names), _UNTOLD)
    truth[case.code] = _WRONG
    truth[case.code[right]] = value[first[case.code[right]]]
    others = _first_of_each(right[value[right] != truth[case.code[right]]], case)
    problems.add_rows(
        told.lines,
        others,
        lambda row: (
            f"case {shown(case[row])} has truth {value[row]}, but {truth[case.code[row]]} in line "
            f"{told.lines[first[case.code[row]]]}."
        ),
    )
    return truth


def check_told(truth: IntArray, case: Column, lines: IntArray, problems: Problems) -> None:
    """Every case that is read must have a truth."""
    untold = _first_of_each(np.flatnonzero(truth[case.code] == _UNTOLD), case)
    problems.add_rows(lines, untold, lambda row: f"case {shown(case[row])} has no truth.")


def _first_of_each(rows: IntArray, case: Column) -> IntArray:
    return rows[np.unique(case.code[rows], return_index=True)[1]]


def check_repeats(columns: dict[str, Column], lines: IntArray, problems: Problems) -> None:
    """A reader reads a case once in a modality."""
    codes = [column.code for column in columns.values()]
    order = np.lexsort((lines, *codes))
    same = np.all([code[order][1:] == code[order][:-1] for code in codes], axis=0)
    before = np.zeros(lines.size, dtype=np.int64)
    before[order[1:]] = order[:-1]
    problems.add_rows(
        lines,
        order[1:][same],
        lambda row: (
            f"reader {shown(columns['reader'][row])} has read case {shown(columns['case'][row])} in modality "
            f"{shown(columns['modality'][row])} already, in line {lines[before[row]]}."
        ),
    )


def check_size(columns: dict[str, Column], read: BoolArray, problems: Problems) -> None:
    """There must be a score, and not so many names that their table cannot be held."""
    if not read.any():
        problems.add("There are no readings: every score is empty.")
    sizes = [len(columns[what].names) for what in ("modality", "reader", "case")]
    cells = sizes[0] * sizes[1] * sizes[2]
    if cells > _MOST_CELLS:
        problems.add(
            f"{read.size} rows name {sizes[0]} modalities, {sizes[1]} readers and {sizes[2]} cases; at most {_MOST_CELLS} "
            "combinations of the three can be held. Is a column of names mixed up with another?"
        )
