"""Answers to the further questions of a protocol."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from readerstudy.core.errors import InvalidInputs, Problem
from readerstudy.studies.choices import QuestionKind
from readerstudy.studies.models import Question

LONGEST_TEXT = 2000
QUALITY = range(1, 6)
FIELD = "question_{}"
# PostgreSQL takes it in no text.
_NUL = "\0"


def checked_further_answers(
    questions: Sequence[Question], given: Mapping[str, Any], *, is_graded: bool
) -> dict[str, Any]:
    """The answers by the ordinal of their question, without empty ones.

    Where the case cannot be assessed nothing is required. Raises InvalidInputs that name each question whose answer is
    missing or not one that it takes, and every answer to a question that is not asked.
    """
    answers = {key: _plain(value) for key, value in given.items()}
    answers = {key: value for key, value in answers.items() if value not in (None, "", [])}
    known = {str(question.ordinal): question for question in questions}
    problems = [
        Problem("unknown_question", f"There is no question {key}.", field=FIELD.format(key))
        for key in sorted(answers.keys() - known.keys())
    ]
    for key, question in known.items():
        message = _fault(question, answers.get(key), is_graded=is_graded)
        if message:
            problems.append(Problem("further_answer", message, field=FIELD.format(key)))
    if problems:
        raise InvalidInputs(problems[0].message, tuple(problems))
    return {key: answers[key] for key in known if key in answers}


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value.strip()
    return sorted(set(value)) if _are_whole_numbers(value) else value


def _fault(question: Question, value: Any, *, is_graded: bool) -> str:
    """What is wrong with the answer, as a sentence; empty where nothing is."""
    if value is None:
        needed = question.is_required and is_graded
        return f"Question {question.ordinal} has to be answered." if needed else ""
    return next(_faults(question, value), "")


def _faults(question: Question, value: Any) -> Iterator[str]:
    number, options = question.ordinal, range(1, len(question.options) + 1)
    if question.kind == QuestionKind.SINGLE and not _is_of(value, options):
        yield f"The answer to question {number} is one of its {len(options)} options."
    elif question.kind == QuestionKind.QUALITY and not _is_of(value, QUALITY):
        yield f"The answer to question {number} is a whole number from 1 to 5."
    elif question.kind == QuestionKind.SEVERAL and not (
        _are_whole_numbers(value) and set(value) <= set(options)
    ):
        yield f"The answers to question {number} are some of its {len(options)} options."
    elif question.kind == QuestionKind.TEXT and not (
        isinstance(value, str) and len(value) <= LONGEST_TEXT and _NUL not in value
    ):
        yield f"The answer to question {number} is a text of at most {LONGEST_TEXT} characters."


def _is_of(value: Any, allowed: range) -> bool:
    # True and 1.0 are in every range that 1 is in.
    return type(value) is int and value in allowed


def _are_whole_numbers(value: Any) -> bool:
    return isinstance(value, list) and all(type(one) is int for one in value)
