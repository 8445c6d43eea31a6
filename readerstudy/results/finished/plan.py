"""What files of a finished study hold: what is open, what was found, and the reading table once nothing is open."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from readerstudy.core.errors import InvalidInput
from readerstudy.results.finished import layouts
from readerstudy.results.finished.building import Header, cells_table, votes_table
from readerstudy.results.finished.counting import counts_of
from readerstudy.results.finished.layouts import (
    CASE,
    DECISION,
    DIAGNOSIS,
    QUESTION,
    RATING,
    READER,
    STUDY_PART,
    TRUTH,
)
from readerstudy.results.finished.opening import NamedFile, Opened, opened
from readerstudy.results.finished.problems import Problems
from readerstudy.results.finished.questions import Question, too_many_values
from readerstudy.results.finished.reading import Reading, read_cells
from readerstudy.results.finished.reshaping import picked_rows
from readerstudy.results.finished.said import Said
from readerstudy.results.finished.truth import Truths, read_truth
from readerstudy.results.finished.voting import read_votes
from readerstudy.results.table import ReadingTable

if TYPE_CHECKING:
    from readerstudy.results.finished.cells import Cells

_NEEDED = (READER, CASE)


@dataclass(frozen=True)
class Files:
    """The files of one study: the readings, the MClass name source, and a table of truth, where there are such."""

    readings: NamedFile
    names: NamedFile | None = None
    truth: NamedFile | None = None

    @property
    def every(self) -> list[NamedFile]:
        """Those that are there."""
        return [one for one in (self.readings, self.names, self.truth) if one is not None]


@dataclass(frozen=True)
class FinishedPlan:
    """What was found. With `questions` there is no table yet."""

    format: str
    columns: tuple[str, ...]
    roles: dict[str, str]
    questions: tuple[Question, ...]
    counts: dict[str, Any]
    notes: tuple[str, ...] = ()
    table: ReadingTable | None = None

    def report(self) -> dict[str, Any]:
        """As pages and the command show it."""
        return {
            "format": self.format,
            "columns": list(self.columns),
            "roles": self.roles,
            "questions": [one.as_dict() for one in self.questions],
            "counts": self.counts,
            "notes": list(self.notes),
        }


def plan_finished(files: Files, said: Said, header: Header) -> FinishedPlan:
    """The plan of the files as far as what was said allows.

    Raises InvalidInput, or InvalidInputs with every problem and its row and column, for files that cannot be used.
    """
    found = opened(files.readings, files.names, said.columns)
    _check_columns(found, said)
    truths = read_truth(files.truth, said) if files.truth else None
    stamped = replace(header, files=tuple((one.name, _sha256(one)) for one in files.every))
    if found.layout is layouts.VOTES:
        return _votes_plan(found, truths, said, stamped)
    open_columns = _open_columns(found, truths)
    if open_columns:
        return _plan(found, open_columns)
    found, chosen = _chosen(found, said)
    if chosen:
        return _plan(found, chosen)
    return _cells_plan(found, truths, said, stamped)


def _sha256(file: NamedFile) -> str:
    return hashlib.sha256(file.content).hexdigest()


def _check_columns(found: Opened, said: Said) -> None:
    unknown = next((one for one in said.columns.values() if one and one not in found.sheet.header), None)  # fmt: skip
    if unknown is not None and found.layout not in (layouts.WIDE, layouts.MCLASS):
        message = f"{found.sheet.name} has no column {unknown}."
        raise InvalidInput(message, code="unknown_column", field="columns")


def _plan(found: Opened, questions: Sequence[Question], **more: Any) -> FinishedPlan:
    columns = tuple(one for one in found.sheet.header if one)
    return FinishedPlan(found.layout.name, columns, dict(found.roles), tuple(questions), more.pop("counts", {}), **more)  # fmt: skip


def _open_columns(found: Opened, truths: Truths | None) -> list[Question]:
    """A question for each role that is needed and that no column holds."""
    free = tuple(one for one in found.sheet.header if one and one not in found.roles.values())
    wanted = [role for role in _NEEDED if role not in found.roles]
    if truths is None and TRUTH not in found.roles and DIAGNOSIS not in found.roles:
        if not free:
            message = (
                f"{found.sheet.name} holds no truth; add a table that has it, with one row a case."
            )
            raise InvalidInput(message, code="no_truth", field="truth")
        wanted.append(TRUTH)
    if DECISION not in found.roles and RATING not in found.roles:
        wanted.append(RATING)
    return [Question("columns", role, "", free) for role in wanted]


def _chosen(found: Opened, said: Said) -> tuple[Opened, list[Question]]:
    """The rows of one of several studies in the file, and of one of several questions."""
    questions: list[Question] = []
    for role, kind, told in ((STUDY_PART, "part", said.part), (QUESTION, "question", said.question)):  # fmt: skip
        heading = found.roles.get(role)
        names = found.sheet.column(heading).names if heading else ()
        if told and told not in names:
            raise InvalidInput(
                f"{found.sheet.name} holds no part or question that is called {told}.",
                code="unknown_part",
                field=kind,
            )
        if told and heading:
            column = found.sheet.column(heading)
            rows = np.flatnonzero(column.code == names.index(told))
            found = replace(found, sheet=picked_rows(found.sheet, rows))
        elif len(names) > 1 and not too_many_values(names):
            questions.append(Question(kind, "", "", tuple(names)))
    return found, questions


def _cells_plan(
    found: Opened, truths: Truths | None, said: Said, header: Header
) -> FinishedPlan:  # fmt: skip
    problems = Problems(found.sheet.name)
    result: Reading = read_cells(found, truths, said, problems)
    problems.raise_any()
    if result.questions or result.cells is None:
        return _plan(found, result.questions)
    cells: Cells = result.cells
    table, questions = cells_table(cells, said, replace(header, format=found.layout.name, decision=result.decision, truth=result.truth, part=said.part))  # fmt: skip
    if questions or table is None:
        return _plan(found, questions, counts=counts_of(cells), notes=result.notes)
    return _plan(found, [], counts=counts_of(cells, table), notes=result.notes, table=table)


def _votes_plan(
    found: Opened, truths: Truths | None, said: Said, header: Header
) -> FinishedPlan:  # fmt: skip
    problems = Problems(found.sheet.name)
    votes, questions = read_votes(found, truths, said, problems)
    problems.raise_any()
    if votes is None:
        return _plan(found, questions)
    table = votes_table(votes, replace(header, format=found.layout.name))
    return _plan(found, [], counts={"cases": int(table.truth.size), "positives": int(table.truth.sum()), "negatives": int((1 - table.truth).sum()), "votes": int(votes.total.sum()), "left_out": votes.left_out}, table=table)  # fmt: skip
