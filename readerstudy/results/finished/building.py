"""The reading table of a finished study."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readerstudy.core.errors import InvalidInput
from readerstudy.results.finished.cells import Cells
from readerstudy.results.finished.questions import Question
from readerstudy.results.finished.said import NOT_ANSWERED, NOT_GIVEN, Part, Said
from readerstudy.results.finished.voting import VotesRead
from readerstudy.results.table import (
    MISSING,
    Answers,
    FurtherModality,
    Origin,
    ReaderRow,
    ReadingTable,
    Votes,
)

_PARTS = tuple(str(part) for part in Part)
_CHOICES = (NOT_GIVEN, NOT_ANSWERED)
_AIDED_WORDS = ("aid", "withai", "after")
_UNAIDED_WORDS = ("unaid", "without", "before", "alone")


@dataclass(frozen=True)
class Header:
    """What is said of the study as a whole."""

    title: str
    is_synthetic: bool = False
    source: str = ""
    licence: str = ""
    citation: str = ""
    files: tuple[tuple[str, str], ...] = ()
    format: str = ""
    decision: str = ""
    truth: str = ""
    part: str = ""


def cells_table(
    cells: Cells, said: Said, header: Header
) -> tuple[ReadingTable | None, list[Question]]:  # fmt: skip
    """The table, or what must be answered first: what each of several modalities is, and what a missing answer means.

    Raises InvalidInput where no modality is the one to analyse, or a class of cases is missing.
    """
    parts, questions = _parts(cells, said)
    if questions:
        return None, questions
    columns = _kept_cases(cells)
    answers = {name: _answers(cells, number, columns) for number, name in enumerate(cells.modality.names)}  # fmt: skip
    main = _one(parts, Part.UNAIDED)
    first = answers[main]
    asked = _asked(first)
    open_cells = bool((~asked).any())
    if open_cells and not said.missing:
        return None, [Question("missing", "", NOT_GIVEN, _CHOICES)]
    not_given = asked if open_cells and said.missing == NOT_GIVEN else None
    head = _head(header, said, main)
    return _table(
        cells, head, parts=parts, answers=answers, columns=columns, assigned=not_given
    ), []


def _parts(cells: Cells, said: Said) -> tuple[dict[str, Part], list[Question]]:
    names = cells.modality.names
    if len(names) == 1:
        return {names[0]: Part.UNAIDED}, []
    questions = [Question("modalities", name, _likely_part(name), _PARTS) for name in names if name not in said.modalities]  # fmt: skip
    parts = {name: Part(said.modalities[name]) for name in names if name in said.modalities}
    if not questions:
        _check_parts(list(parts.values()))
    return parts, questions


def _check_parts(parts: list[Part]) -> None:
    main, aided = parts.count(Part.UNAIDED), parts.count(Part.AIDED)
    if main != 1:
        message = f"{main} modalities are the one that is analysed; it must be one."
        raise InvalidInput(message, code="modalities", field="modalities")
    if aided > 1:
        message = f"{aided} modalities are aided; it must be one at most."
        raise InvalidInput(message, code="modalities", field="modalities")


def _likely_part(name: str) -> str:
    plain = name.casefold().replace(" ", "")
    if any(word in plain for word in _UNAIDED_WORDS):
        return Part.UNAIDED
    return Part.AIDED if any(word in plain for word in _AIDED_WORDS) else ""


def _one(parts: Mapping[str, Part], wanted: Part) -> str:
    return next(name for name, part in parts.items() if part == wanted)


def _kept_cases(cells: Cells) -> NDArray[np.intp]:
    """The cases that are not left out, in the order of their names; both classes must be among them."""
    kept = [place for place in range(len(cells.case.names)) if cells.truth[place] >= 0]
    order = sorted(kept, key=lambda place: cells.case.names[place])
    found = set(cells.truth[order].tolist())
    for value, name in ((1, "positive"), (0, "negative")):
        if value not in found:
            raise InvalidInput(f"No case is {name}: sensitivity and specificity need both.", code="one_class")  # fmt: skip
    return np.array(order, np.intp)


def _answers(cells: Cells, modality: int, columns: NDArray[np.intp]) -> Answers:
    """The answers in one modality as arrays (J, K)."""
    shape = (len(cells.reader.names), len(cells.case.names))
    rows = cells.modality.code == modality
    at = cells.reader.code[rows], cells.case.code[rows]
    decision = np.full(shape, MISSING, np.int8)
    ratings, milliseconds = np.full(shape, np.nan), np.full(shape, np.nan)
    decision[at], ratings[at], milliseconds[at] = cells.decision[rows], cells.rating[rows], cells.milliseconds[rows]  # fmt: skip
    # An answer is a decision: a rating without one says nothing of what was done.
    undecided = decision == MISSING
    ratings[undecided], milliseconds[undecided] = np.nan, np.nan
    return Answers(
        decision[:, columns],
        ratings[:, columns],
        milliseconds[:, columns],
        np.zeros((shape[0], columns.size), np.bool_),
    )


def _asked(answers: Answers) -> NDArray[np.bool_]:
    return np.asarray(answers.decision != MISSING)


def _table(
    cells: Cells,
    head: dict[str, Any],
    *,
    parts: Mapping[str, Part],
    answers: Mapping[str, Answers],
    columns: NDArray[np.intp],
    assigned: NDArray[np.bool_] | None,
) -> ReadingTable:
    main = _one(parts, Part.UNAIDED)
    aided = next((answers[name] for name, part in parts.items() if part == Part.AIDED), None)
    some = np.array(sorted(range(len(cells.reader.names)), key=lambda j: cells.reader.names[j]))
    silent = np.array([_is_silent(j, answers, parts) for j in some.tolist()])
    rows = some[~silent]
    first = _of_readers(answers[main], rows)
    return ReadingTable(
        **head,
        case_ids=tuple(cells.case.names[k] for k in columns),
        truth=cells.truth[columns],
        diagnosis=tuple(cells.diagnosis[k] for k in columns),
        readers=tuple(ReaderRow(cells.reader.names[j], cells.groups[j], "", cells.years[j]) for j in rows),
        group_order=tuple(sorted(cells.group_order)),
        decision=first.decision,
        rating=first.rating,
        milliseconds=first.milliseconds,
        not_assessable=first.not_assessable,
        models=(),
        excluded={"withdrawn_readers": 0, "readers_without_answers": int(silent.sum()), "withdrawn_cases": len(cells.case.names) - columns.size},
        assigned=None if assigned is None else assigned[rows],
        aided=None if aided is None else _of_readers(aided, rows),
        further=tuple(
            FurtherModality(name, _of_readers(answers[name], rows))
            for name, part in parts.items() if part == Part.COMPARED
        ),
        design="unaided" if aided is None else "crossover",
    )  # fmt: skip


def _is_silent(reader: int, answers: Mapping[str, Answers], parts: Mapping[str, Part]) -> bool:
    kept = [answers[name] for name, part in parts.items() if part != Part.LEFT_OUT]
    return not any((one.decision[reader] != MISSING).any() for one in kept)


def _of_readers(answers: Answers, rows: NDArray[np.intp]) -> Answers:
    return Answers(answers.decision[rows], answers.rating[rows], answers.milliseconds[rows], answers.not_assessable[rows])  # fmt: skip


def _head(header: Header, said: Said, modality: str) -> dict[str, Any]:
    origin = Origin(
        format=header.format, files=header.files, source=header.source, licence=header.licence,
        citation=header.citation, decision=header.decision, truth=header.truth, modality=modality,
        part=header.part, missing=said.missing,
    )  # fmt: skip
    return {"study_title": header.title, "is_synthetic": header.is_synthetic, "protocol_sha256": "", "origin": origin}  # fmt: skip


def votes_table(votes: VotesRead, header: Header) -> ReadingTable:
    """The table of counts of votes: no readers, and every number of them None."""
    size = votes.truth.size
    empty = np.zeros((0, size))
    return ReadingTable(
        **_head(
            Header(**{**vars(header), "decision": votes.decision, "truth": votes.words}), Said(), ""
        ),
        case_ids=votes.cases,
        truth=votes.truth,
        diagnosis=votes.diagnosis,
        readers=(),
        group_order=(),
        decision=empty.astype(np.int8),
        rating=empty,
        milliseconds=empty,
        not_assessable=empty.astype(np.bool_),
        models=(),
        excluded={
            "withdrawn_readers": 0,
            "readers_without_answers": 0,
            "withdrawn_cases": votes.left_out,
        },
        votes=(Votes(votes.group, votes.positive, votes.total),),
    )
