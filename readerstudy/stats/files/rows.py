"""The rows of any format, checked with their line numbers and made into readings."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from readerstudy.stats.readings import Readings, readings_from_columns
from readerstudy.stats.result import FloatArray, IntArray

# Not read. "nan" is not among them: a program that writes it has failed to compute a score.
UNREAD = frozenset({"", "NA", "N/A", "."})
_TRUTH = {"0": 0, "1": 1, "0.0": 0, "1.0": 1}
_Text = NDArray[np.str_]
_Lines = NDArray[np.int64]


@dataclass
class Rows:
    """One reading a row: its line in the file, names, truth and score as they are written."""

    line: list[int] = field(default_factory=list)
    reader: list[str] = field(default_factory=list)
    modality: list[str] = field(default_factory=list)
    case: list[str] = field(default_factory=list)
    truth: list[str] = field(default_factory=list)
    score: list[str] = field(default_factory=list)

    def add(
        self, line: int, reader: str, modality: str, case: str, *, truth: str, score: str
    ) -> None:
        """One more row."""
        self.line.append(line)
        self.reader.append(reader)
        self.modality.append(modality)
        self.case.append(case)
        self.truth.append(truth)
        self.score.append(score)


def readings_of_rows(rows: Rows, problems: list[str], notes: list[str]) -> Readings | None:
    """The readings, with a note on unread rows; None after adding every problem of the rows to `problems`."""
    if not rows.line and not problems:
        problems.append("There are no readings.")
    lines = np.array(rows.line, dtype=np.int64)
    names = [np.array(column, dtype=str) for column in (rows.reader, rows.modality, rows.case)]
    read = np.array([score not in UNREAD for score in rows.score], dtype=bool)
    truth, score = _truth(rows, problems), _scores(rows, lines, read, problems)
    _check_names(names, lines, problems)
    _check_truth(names[2], truth, lines, problems)
    _check_repeats(names, lines, problems)
    if problems:
        return None
    if not read.any():
        problems.append("There are no readings: every score is empty.")
        return None
    if not read.all():
        notes.append(f"{int((~read).sum())} rows have no score (empty or NA): those cases count as not read.")  # fmt: skip
    reader, modality, case = (name[read].tolist() for name in names)
    return readings_from_columns(reader, modality, case, truth[read], score[read])


def _truth(rows: Rows, problems: list[str]) -> IntArray:
    found = [_TRUTH.get(text, -1) for text in rows.truth]
    problems += [
        f"Line {line}: the truth of case {case} is {_quoted(text)}, not 0 or 1."
        for line, case, text, value in zip(rows.line, rows.case, rows.truth, found, strict=True)
        if value < 0
    ]
    return np.array(found, dtype=np.int64)


def _scores(rows: Rows, lines: _Lines, read: NDArray[np.bool_], problems: list[str]) -> FloatArray:
    """NaN for an unread row; a text that is no finite number is a problem."""
    texts = [text if known else "nan" for text, known in zip(rows.score, read, strict=True)]
    try:
        found = np.array(texts, dtype=float) if texts else np.empty(0)
    except ValueError:
        found = np.array([_number(text) for text in texts])
    problems += [
        f"Line {lines[row]}: reader {rows.reader[row]} has the score {_quoted(rows.score[row])} for case "
        f"{rows.case[row]}, not a finite number."
        for row in np.flatnonzero(read & ~np.isfinite(found))
    ]
    return found


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _check_names(names: Sequence[_Text], lines: _Lines, problems: list[str]) -> None:
    for column, what in zip(names, ("reader", "modality", "case"), strict=True):
        problems += [f"Line {lines[row]}: the {what} is empty." for row in np.flatnonzero(column == "")]  # fmt: skip


def _check_truth(case: _Text, truth: IntArray, lines: _Lines, problems: list[str]) -> None:
    """A case must have the same truth in all its rows."""
    if not case.size:
        return
    names, first, code = np.unique(case, return_index=True, return_inverse=True)
    other = np.flatnonzero((truth != truth[first][code]) & (truth >= 0) & (truth[first][code] >= 0))
    told: set[int] = set()
    for row in other:
        if code[row] not in told:
            told.add(code[row])
            start = first[code[row]]
            problems.append(
                f"Line {lines[row]}: case {names[code[row]]} has truth {truth[row]}, but {truth[start]} in line {lines[start]}."
            )


def _check_repeats(names: Sequence[_Text], lines: _Lines, problems: list[str]) -> None:
    """A reader reads a case once in a modality."""
    if not lines.size:
        return
    codes = [np.unique(column, return_inverse=True)[1] for column in names]
    order = np.lexsort((np.arange(lines.size), *codes))
    same = np.all([code[order][1:] == code[order][:-1] for code in codes], axis=0)
    for place in np.flatnonzero(same):
        before, row = order[place], order[place + 1]
        reader, modality, case = (column[row] for column in names)
        problems.append(
            f"Line {lines[row]}: reader {reader} has read case {case} in modality {modality} already, in line {lines[before]}."
        )


def _quoted(text: str) -> str:
    return f'"{text}"' if text else "empty"
