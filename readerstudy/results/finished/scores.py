"""Scores of a CNN on the cases of a finished study: one column, one a run, one a class, or a Kaggle submission."""

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inference.score_classes import are_classes, label_of, summed
from readerstudy.core.errors import InvalidInput
from readerstudy.results.finished import layouts
from readerstudy.results.finished.cells import number_of
from readerstudy.results.finished.layouts import CASE
from readerstudy.results.finished.opening import NamedFile
from readerstudy.results.finished.problems import Problems, shown
from readerstudy.results.finished.reshaping import case_key
from readerstudy.results.finished.sheet import Sheet, read_sheet
from readerstudy.results.table import ModelScores

MAX_RUNS = 50
_LONGEST = 80


def model_of(
    file: NamedFile, *, name: str, case_ids: Sequence[str], positive: Sequence[str] = ()
) -> ModelScores:
    """The model whose scores (R, K) the file has, the cases in the order of `case_ids`; larger is more suspicious.

    Rows of other cases are left out. `positive` are columns of classes that are summed into the score of one run.
    Raises InvalidInput where columns look like classes and none is said to be positive, InvalidInputs for cases that are
    missing or stand there twice and for cells that are no finite number.
    """
    if not name.strip():
        raise InvalidInput("The model needs a name.", code="missing", field="name")
    sheet = read_sheet(file.content, name=file.name)
    problems = Problems(file.name)
    naming = layouts.roles_of(sheet, {}).get(CASE) or sheet.header[0]
    rows = _rows_of(sheet, naming, case_ids, problems)
    columns = _columns(sheet, naming, positive)
    values = np.array([_values(sheet, one, rows, problems) for one in columns])
    problems.raise_any()
    labels, scores = _runs(columns, values, positive, file.name)
    sha256 = hashlib.sha256(file.content).hexdigest()
    return ModelScores(
        model_id=sha256[:26],
        name=name.strip(),
        run_labels=labels,
        values=scores,
        artefact_sha256=(sha256,) * len(labels),
        prespecified=False,
        thresholds=(None,) * len(labels),
    )


def _rows_of(
    sheet: Sheet, naming: str, case_ids: Sequence[str], problems: Problems
) -> NDArray[np.intp]:
    """The row of each case, matched by its name without folder, ending and case."""
    column = sheet.column(naming)
    row_of: dict[str, int] = {}
    wanted = {case_key(one) for one in case_ids}
    for row in range(len(sheet)):
        key = case_key(column[row])
        if key in row_of and key in wanted:
            problems.add(
                "repeated_case",
                f"case {shown(column[row])} stands there twice.",
                row=int(sheet.lines[row]),
                column=naming,
            )
        row_of.setdefault(key, row)
    missing = [one for one in case_ids if case_key(one) not in row_of]
    if missing:
        some = ", ".join(shown(one) for one in missing[:5])
        problems.add("missing_case", f"{len(missing)} cases have no score: {some}.", column=naming)
    return np.array([row_of.get(case_key(one), 0) for one in case_ids], np.intp)


def _columns(sheet: Sheet, naming: str, positive: Sequence[str]) -> list[str]:
    """The columns of scores: those that are said, or all that hold a number."""
    unknown = next((one for one in positive if one not in sheet.header), None)
    if unknown is not None:
        raise InvalidInput(f"{sheet.name} has no column {unknown}.", code="unknown_column", field="positive")  # fmt: skip
    left = [one for one in sheet.header if one and one != naming]
    numeric = [
        one
        for one in left
        if any(not np.isnan(number_of(cell, comma=sheet.decimal_comma)) for cell in sheet.column(one).names)
    ]  # fmt: skip
    columns = list(dict.fromkeys(positive)) or numeric
    if not columns:
        raise InvalidInput(f"{sheet.name} has no column of scores.", code="no_scores")
    if len(columns) > MAX_RUNS:
        message = f"{sheet.name} has {len(columns)} columns of scores; at most {MAX_RUNS} are read."
        raise InvalidInput(message, code="too_many_runs")
    return columns


def _values(
    sheet: Sheet, heading: str, rows: NDArray[np.intp], problems: Problems
) -> NDArray[np.float64]:
    column = sheet.column(heading)
    numbers = np.array([number_of(one, comma=sheet.decimal_comma) for one in column.names])
    values = numbers[column.code][rows]
    problems.add_rows(
        "not_a_number", heading, sheet.lines[rows], np.isnan(values),
        lambda place: f"“{shown(column[int(rows[place])])}” is not a finite number.",
    )  # fmt: skip
    return values


def _runs(
    columns: list[str], values: NDArray[np.float64], positive: Sequence[str], name: str
) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    if positive:
        sums = [summed(row) for row in values.T.tolist()]
        if any(one is None for one in sums):
            message = (
                f"{name}: the classes sum to more than 1, so they are not probabilities of one run."
            )
            raise InvalidInput(message, code="no_probabilities", field="positive")
        return (label_of(columns, _LONGEST),), np.array([sums], np.float64)
    if are_classes(columns, values.T.tolist()):
        message = f"{name} has a column for each class ({', '.join(columns[:12])}): say which of them are positive."
        raise InvalidInput(message, code="classes", field="positive")
    return tuple(columns), values
