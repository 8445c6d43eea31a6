"""The answers of a long sheet: decisions and ratings, times, groups, truth; what is open of them is asked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from readerstudy.results.finished import layouts
from readerstudy.results.finished.cells import (
    Cells,
    check_names,
    check_once,
    check_size,
    classes_in,
    number_of,
    numbers_in,
    one_of_each,
    seconds_in,
)
from readerstudy.results.finished.layouts import (
    CASE,
    DECISION,
    DIAGNOSIS,
    GROUP,
    MILLISECONDS,
    MODALITY,
    RATING,
    READER,
    SECOND,
    SECONDS,
    TRUTH,
    YEARS,
)
from readerstudy.results.finished.opening import Opened
from readerstudy.results.finished.problems import Problems
from readerstudy.results.finished.questions import UNREAD, Question, classes_of, too_many_values
from readerstudy.results.finished.reshaping import case_key
from readerstudy.results.finished.said import POSITIVE, Said
from readerstudy.results.finished.sheet import Sheet
from readerstudy.results.finished.truth import LEFT, Truths, check_told, truth_of_cases
from readerstudy.stats.files.columns import Column
from readerstudy.stats.result import FloatArray, IntArray

BEFORE, AFTER = "before advice", "after advice"
ONE_GROUP = "Readers"
_BINARY = {0.0, 1.0}
_NO_RATINGS = "There are no ratings: areas under ROC curves are those of the decision alone."


@dataclass(frozen=True)
class Reading:
    """The cells, or what must be answered first; `decision` and `truth` say in words what was done."""

    cells: Cells | None
    questions: tuple[Question, ...] = ()
    decision: str = ""
    truth: str = ""
    notes: tuple[str, ...] = ()


def read_cells(found: Opened, truths: Truths | None, said: Said, problems: Problems) -> Reading:
    """Everything that the sheet says. Problems are added, not raised."""
    sheet, roles = found.sheet, found.roles
    for role in (READER, CASE):
        check_names(sheet, roles[role], problems)
    if problems.count:
        return Reading(None)
    texts = _truth_texts(sheet, roles, truths, problems)
    kinds = tuple(dict.fromkeys(texts))
    if too_many_values(kinds):
        problems.add("no_classes", f"the truth has {len(kinds)} different values; is it another column?", column=roles.get(TRUTH, ""))  # fmt: skip
        return Reading(None)
    classes, questions = classes_of("truth", kinds, found.layout.truth, said.truth)
    truth = truth_of_cases(texts, classes)
    if not questions:
        check_told(truth, sheet.column(roles[CASE]).names, problems, truths.name if truths else "")  # fmt: skip
    answers, open_answers = _answers(found, said, truth, problems)
    open_now = (*questions, *open_answers)
    if open_now or problems.count or answers is None:
        return Reading(None, open_now)
    cells = _cells(found, answers, truth, texts, problems)
    if problems.count:
        return Reading(None)
    return Reading(cells, (), answers.words, _truth_words(classes), answers.notes)


def _truth_texts(
    sheet: Sheet, roles: Mapping[str, str], truths: Truths | None, problems: Problems
) -> tuple[str, ...]:
    """What is told of the truth of each case, "" where nothing is."""
    case = sheet.column(roles[CASE])
    if truths is not None:
        return tuple(truths.text.get(case_key(one), "") for one in case.names)
    return one_of_each(sheet, case, roles.get(TRUTH) or roles[DIAGNOSIS], "case", problems)


def _truth_words(classes: Mapping[str, str]) -> str:
    return "; ".join(f"{text}: {what}" for text, what in sorted(classes.items()))


@dataclass(frozen=True, eq=False)
class _Answers:
    """Decision and rating of each row, and how the decision follows."""

    decision: NDArray[np.int8]
    rating: FloatArray
    words: str
    second: tuple[NDArray[np.int8], FloatArray] | None = None
    notes: tuple[str, ...] = ()


def _answers(
    found: Opened, said: Said, truth: IntArray, problems: Problems
) -> tuple[_Answers | None, tuple[Question, ...]]:
    sheet, roles = found.sheet, found.roles
    ratings = numbers_in(sheet, roles[RATING], problems) if RATING in roles else None
    if found.layout.signed and ratings is not None:
        return _signed(found, ratings, truth, problems), ()
    if DECISION in roles:
        return _decided(found, said, ratings, problems)
    assert ratings is not None  # nosec B101  # noqa: S101 (one of the two roles is there)
    return _cut(ratings, said)


def _decided(
    found: Opened, said: Said, ratings: FloatArray | None, problems: Problems
) -> tuple[_Answers | None, tuple[Question, ...]]:
    """Decisions from a column of their own; without ratings a decision is one of +1 or -1."""
    heading = found.roles[DECISION]
    column = found.sheet.column(heading)
    if too_many_values(column.names):
        problems.add("no_classes", f"there are {len(column.names)} different answers; say which column has the decision.", column=heading)  # fmt: skip
        return None, ()
    classes, questions = classes_of("decision", column.names, found.layout.decision, said.decision)
    if questions:
        return None, tuple(questions)
    decision = classes_in(column, classes)
    own = np.where(decision < 0, np.nan, 2.0 * decision - 1) if ratings is None else ratings
    positive = ", ".join(f"“{text}”" for text, what in sorted(classes.items()) if what == POSITIVE)
    words = f"Positive is {positive} in the column {heading}."
    if ratings is None:
        words = f"{words} {_NO_RATINGS}"
    return _Answers(decision, own, words, notes=_contradicting(decision, own)), ()


def _contradicting(decision: NDArray[np.int8], rating: FloatArray) -> tuple[str, ...]:
    """A note where ratings and decisions do not go together: some negative answer is rated above a positive one."""
    positive, negative = rating[decision == 1], rating[decision == 0]
    both = positive[np.isfinite(positive)], negative[np.isfinite(negative)]
    if min(part.size for part in both) and both[0].min() < both[1].max():
        return ("Some answers that are negative have a higher rating than some that are positive.",)
    return ()


def _cut(
    ratings: FloatArray, said: Said
) -> tuple[_Answers | None, tuple[Question, ...]]:  # fmt: skip
    """Decisions from ratings: positive from the cut-off on."""
    told = ratings[np.isfinite(ratings)]
    cut_off = said.cut_off
    if cut_off is None and set(np.unique(told)[:3].tolist()) <= _BINARY:
        cut_off = 1.0
    if cut_off is None:
        guess = likely_cut_off(told)
        return None, (Question("cut_off", "", "" if guess is None else f"{guess:g}"),)
    decision = np.where(np.isfinite(ratings), ratings >= cut_off, -1).astype(np.int8)
    return _Answers(decision, ratings, f"Positive is a rating of {cut_off:g} or more."), ()


def likely_cut_off(told: FloatArray) -> float | None:
    """Where the scales that are known have their middle: 0 to 1, 0 to 100 and 0 to 200 (recall above 100), -1 to 1."""
    if not told.size:
        return None
    low, high = float(told.min()), float(told.max())
    if low >= 0:
        scales = ((1.0, 0.5), (5.0, 3.0), (6.0, 4.0), (100.0, 50.0), (200.0, 101.0))
        return next((cut for top, cut in scales if high <= top), None)
    return 0.0 if low >= -1 and high <= 1 else None


def _signed(found: Opened, ratings: FloatArray, truth: IntArray, problems: Problems) -> _Answers:
    """Ratings towards the right label, turned towards the positive class: right on a negative case is low."""
    case = found.sheet.column(found.roles[CASE])
    turn = np.where(truth == 1, 1.0, -1.0)[case.code]
    turned = partial(_turned, turn=turn)
    second = None
    if SECOND in found.roles:
        second = turned(numbers_in(found.sheet, found.roles[SECOND], problems))
    decision, rating = turned(ratings)
    words = (
        "Responses are above 0 towards the correct label; they are turned so that above 0 is towards the positive class. "
        "Positive is a turned response above 0; a response of exactly 0 decides for neither and counts as negative."
    )
    return _Answers(decision, rating, words, second)


def _turned(ratings: FloatArray, turn: FloatArray) -> tuple[NDArray[np.int8], FloatArray]:
    # + 0.0 makes one zero of -0.0 and 0.0.
    towards = ratings * turn + 0.0
    return np.where(np.isfinite(towards), towards > 0, -1).astype(np.int8), towards


def _cells(
    found: Opened, answers: _Answers, truth: IntArray, texts: tuple[str, ...], problems: Problems
) -> Cells:
    """The cells of the cases that are not left out."""
    sheet, roles = found.sheet, found.roles
    reader, case = sheet.column(roles[READER]), sheet.column(roles[CASE])
    modality = _modality(sheet, roles)
    rows = np.flatnonzero(truth[case.code] != LEFT)
    check_once(sheet, (reader, case, modality), rows, problems)
    check_size((reader, case, modality), problems)
    groups = one_of_each(sheet, reader, roles[GROUP], "reader", problems) if GROUP in roles else None  # fmt: skip
    years = one_of_each(sheet, reader, roles[YEARS], "reader", problems) if YEARS in roles else None
    kept = partial(_rows, rows=rows)
    return _with_second(
        Cells(
            reader=Column(reader.names, reader.code[rows]),
            case=Column(case.names, case.code[rows]),
            modality=Column(modality.names, modality.code[rows]),
            decision=kept(answers.decision),
            rating=kept(answers.rating),
            milliseconds=kept(_milliseconds(sheet, roles, problems)),
            truth=truth,
            diagnosis=_diagnoses(sheet, roles, case, texts, problems),
            groups=tuple(one or ONE_GROUP for one in groups) if groups else (ONE_GROUP,) * len(reader.names),
            group_order=tuple(dict.fromkeys(one or ONE_GROUP for one in groups or (ONE_GROUP,))),
            years=tuple(_whole(one) for one in years) if years else (None,) * len(reader.names),
        ),
        None if answers.second is None else (kept(answers.second[0]), kept(answers.second[1])),
    )  # fmt: skip


def _rows(values: np.ndarray, rows: IntArray) -> np.ndarray:
    return values[rows]


def _with_second(cells: Cells, second: tuple[np.ndarray, np.ndarray] | None) -> Cells:
    """The answers after advice as a modality of their own."""
    if second is None:
        return cells
    size = cells.reader.code.size
    return replace(
        cells,
        reader=_twice(cells.reader),
        case=_twice(cells.case),
        modality=Column((BEFORE, AFTER), np.repeat(np.arange(2), size)),
        decision=np.concatenate([cells.decision, second[0]]),
        rating=np.concatenate([cells.rating, second[1]]),
        milliseconds=np.concatenate([cells.milliseconds, np.full(size, np.nan)]),
    )


def _twice(column: Column) -> Column:
    return Column(column.names, np.tile(column.code, 2))


def _modality(sheet: Sheet, roles: Mapping[str, str]) -> Column:
    if MODALITY in roles:
        return sheet.column(roles[MODALITY])
    return Column(("",), np.zeros(len(sheet), np.int64))


def _milliseconds(sheet: Sheet, roles: Mapping[str, str], problems: Problems) -> FloatArray:
    if MILLISECONDS in roles:
        return numbers_in(sheet, roles[MILLISECONDS], problems)
    if SECONDS in roles:
        return 1000 * seconds_in(sheet, roles[SECONDS])
    return np.full(len(sheet), np.nan)


def _diagnoses(
    sheet: Sheet, roles: Mapping[str, str], case: Column, texts: tuple[str, ...], problems: Problems
) -> tuple[str, ...]:
    if DIAGNOSIS in roles and roles[DIAGNOSIS] != roles.get(TRUTH):
        return one_of_each(sheet, case, roles[DIAGNOSIS], "case", problems)
    return texts


def _whole(text: str) -> int | None:
    value = number_of(text)
    return int(value) if text not in UNREAD and 0 <= value < 100 else None  # noqa: PLR2004


__all__ = ["AFTER", "BEFORE", "Reading", "layouts", "likely_cut_off", "read_cells"]
