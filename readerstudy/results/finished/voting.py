"""Counts of votes on each case and diagnosis, as ISIC publishes them."""

from dataclasses import dataclass

import numpy as np

from readerstudy.results.finished.layouts import CASE, TRUTH
from readerstudy.results.finished.opening import Opened, vote_columns
from readerstudy.results.finished.problems import Problems
from readerstudy.results.finished.questions import Question, classes_of
from readerstudy.results.finished.reshaping import case_key
from readerstudy.results.finished.said import POSITIVE, Said
from readerstudy.results.finished.truth import LEFT, Truths, check_told, truth_of_cases
from readerstudy.stats.result import IntArray

GROUP = "All voters"


@dataclass(frozen=True, eq=False)
class VotesRead:
    """Votes (K,) for a positive diagnosis, and for any, of the cases that are not left out."""

    group: str
    cases: tuple[str, ...]
    truth: IntArray
    diagnosis: tuple[str, ...]
    positive: IntArray
    total: IntArray
    left_out: int
    decision: str
    words: str


def read_votes(
    found: Opened, truths: Truths | None, said: Said, problems: Problems
) -> tuple[VotesRead | None, list[Question]]:
    """The votes, or which diagnoses are positive. Diagnoses that are left out are none of the cases, but are voted for."""
    sheet, roles = found.sheet, found.roles
    if CASE not in roles:
        problems.add("no_case", "there is no column that names the case.")
        return None, []
    if TRUTH not in roles and truths is None:
        problems.add("no_truth", "there is no column with the truth; add a table that has it.")
        return None, []
    case, columns = sheet.column(roles[CASE]), vote_columns(sheet)
    if len(case.names) < len(sheet):
        _tell_twice(found, problems)
        return None, []
    texts = _texts(found, truths)
    classes, questions = classes_of("truth", tuple(dict.fromkeys((*columns, *texts))), {}, said.truth)  # fmt: skip
    if questions:
        return None, questions
    truth = truth_of_cases(texts, classes)
    check_told(truth, case.names, problems, truths.name if truths else "")
    kept = np.flatnonzero(truth != LEFT)
    if not problems.count and set(truth[kept].tolist()) != {0, 1}:
        problems.add("one_class", "there must be positive and negative cases.")
    counts = {one: _counts(found, one) for one in columns}
    named = [one for one in columns if classes.get(one) == POSITIVE]
    if not named:
        problems.add("no_class", "no column of votes is for a positive diagnosis.")
    if problems.count:
        return None, []
    order = kept[np.argsort(np.array([case[row] for row in kept.tolist()], dtype=object))]
    positive = sum((counts[one] for one in named), np.zeros(len(sheet), np.int64))
    total = sum(counts.values(), np.zeros(len(sheet), np.int64))
    words = "; ".join(f"{text}: {what}" for text, what in sorted(classes.items()))
    return VotesRead(
        said.part or GROUP,
        tuple(case[int(row)] for row in order),
        truth[order],
        tuple(texts[row] for row in order.tolist()),
        positive[order],
        total[order],
        int(len(sheet) - kept.size),
        f"A vote for {', '.join(named)} is positive; all votes count in the share.",
        words,
    ), []


def _tell_twice(found: Opened, problems: Problems) -> None:
    column = found.sheet.column(found.roles[CASE])
    _first, index = np.unique(column.code, return_index=True)
    again = np.setdiff1d(np.arange(len(found.sheet)), index)
    problems.add_rows("read_twice", found.roles[CASE], found.sheet.lines, again, lambda row: f"case {column[row]} stands there twice.")  # fmt: skip


def _texts(found: Opened, truths: Truths | None) -> tuple[str, ...]:
    """What is told of the truth of each row's case."""
    case = found.sheet.column(found.roles[CASE])
    if truths is not None:
        return tuple(truths.text.get(case_key(case[row]), "") for row in range(len(found.sheet)))
    told = found.sheet.column(found.roles[TRUTH])
    return tuple(told[row] for row in range(len(found.sheet)))


def _counts(found: Opened, heading: str) -> IntArray:
    column = found.sheet.column(heading)
    # Longer ones are no counts of votes, and would not fit into 64 bits with their sum.
    return np.array([int(one[:9]) for one in column.names], np.int64)[column.code]
