"""The rows of any format, with their lines, made into readings."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from readerstudy.stats.files.checks import (
    Statements,
    check_names,
    check_repeats,
    check_size,
    check_told,
    checked_scores,
    truth_of_cases,
)
from readerstudy.stats.files.columns import Column, column_of
from readerstudy.stats.files.problems import Problems, listed
from readerstudy.stats.readings import Readings, readings_from_columns
from readerstudy.stats.result import BoolArray


@dataclass(frozen=True)
class Rows:
    """What a file says, as it is written: its readings, and the truth of its cases, each with its line."""

    line: Sequence[int] = ()
    reader: Sequence[str] = ()
    modality: Sequence[str] = ()
    case: Sequence[str] = ()
    score: Sequence[str] = ()
    truth_line: Sequence[int] = ()
    truth_case: Sequence[str] = ()
    truth: Sequence[str] = ()
    decimal_comma: bool = False


def readings_of_rows(rows: Rows, problems: Problems, notes: list[str]) -> Readings | None:
    """The readings, with a note on what has no score; None after adding every problem of the rows to `problems`."""
    count = len(rows.line)
    if not count and not problems.count:
        problems.add("There are no readings.")
    lines = np.array(rows.line, dtype=np.int64)
    case = column_of([*rows.case, *rows.truth_case])
    columns = {
        "reader": column_of(rows.reader),
        "modality": column_of(rows.modality),
        "case": Column(case.names, case.code[:count]),
    }
    check_names(columns, lines, problems)
    told = Statements(column_of(rows.truth), Column(case.names, case.code[count:]), np.array(rows.truth_line, dtype=np.int64))  # fmt: skip
    truth = truth_of_cases(told, problems, decimal_comma=rows.decimal_comma)
    check_told(truth, columns["case"], lines, problems)
    score = checked_scores(rows.score, columns, lines, problems, decimal_comma=rows.decimal_comma)  # fmt: skip
    check_repeats(columns, lines, problems)
    read = np.isfinite(score)
    if count and not problems.count:
        check_size(columns, read, problems)
    if problems.count:
        return None
    notes += _unread(columns, read)
    reader, modality, cases = (_texts(column, read) for column in columns.values())
    return readings_from_columns(reader, modality, cases, truth[columns["case"].code[read]], score[read])  # fmt: skip


def _texts(column: Column, read: BoolArray) -> list[str]:
    names: list[str] = np.array(column.names, dtype=object)[column.code[read]].tolist()
    return names


def _unread(columns: dict[str, Column], read: BoolArray) -> list[str]:
    """Notes on scores that are missing, and on readers, modalities and cases that have none at all."""
    count = int((~read).sum())
    verbs = "score is empty or NA and counts" if count == 1 else "scores are empty or NA and count"
    notes = [f"{count} {verbs} as not read."] if count else []
    for what, column in columns.items():
        there = np.zeros(len(column.names), dtype=bool)
        there[column.code[read]] = True
        lost = [column.names[place] for place in np.flatnonzero(~there)]
        if lost:
            some = f"1 {what} has" if len(lost) == 1 else f"{len(lost)} {_MANY[what]} have"
            notes.append(f"{some} no score and cannot be used: {listed(lost, 5)}.")
    return notes


_MANY = {"reader": "readers", "modality": "modalities", "case": "cases"}
