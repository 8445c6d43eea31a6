"""The further questions of a draft."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import transaction

from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.core.errors import InvalidInput, InvalidInputs, Problem
from readerstudy.studies.choices import QuestionKind, QuestionMoment
from readerstudy.studies.drafting import draft_for_change
from readerstudy.studies.models import Question, Study
from readerstudy.studies.question_drafts import Asked, question_rows

MOST_QUESTIONS = 20
MOST_OPTIONS = 60
_LONGEST_TEXT = 300
_LONGEST_OPTION = 120


def set_questions(
    *, actor: User, study: Study, questions: Sequence[Asked], now: datetime
) -> list[Question]:
    """The further questions of a draft, in this order, in the place of those it had.

    Raises NotAllowed, Conflict after the lock, InvalidInputs with the row of each question that cannot be asked.
    """
    check_questions(questions)
    with transaction.atomic():
        draft = draft_for_change(actor, study)
        if list(questions) == asked_of(draft):
            return list(draft.questions.all())
        draft.questions.all().delete()
        stored = Question.objects.bulk_create(question_rows(draft, questions))
        record_event(
            actor=actor,
            verb="study.questions_set",
            subject=draft,
            now=now,
            study_id=draft.public_id,
            data={"questions": [question.text_en for question in questions]},
        )
    return stored


def asked_of(study: Study) -> list[Asked]:
    """The study's questions as they would be given to `set_questions`."""
    return [
        Asked(
            kind=one.kind,
            text_en=one.text_en,
            text_de=one.text_de,
            options=tuple((option["en"], option["de"]) for option in one.options),
            moment=one.moment,
            is_required=one.is_required,
        )
        for one in study.questions.all()
    ]


def check_questions(questions: Sequence[Asked]) -> None:
    """Raises InvalidInput for too many questions, and InvalidInputs for those that cannot be asked as they are."""
    if len(questions) > MOST_QUESTIONS:
        raise InvalidInput(
            f"A study asks at most {MOST_QUESTIONS} further questions.", field="questions"
        )
    problems = tuple(
        Problem(code="question", message=message, field=field, row=row)
        for row, question in enumerate(questions, start=1)
        for field, message in _problems(row, question)
    )
    if problems:
        raise InvalidInputs(problems[0].message, problems)


def _problems(row: int, question: Asked) -> Iterator[tuple[str, str]]:
    if question.kind not in QuestionKind.values:
        yield "kind", f"Question {row} is of no known kind."
    if question.moment not in QuestionMoment.values:
        yield "moment", f"Question {row} comes before or after the rating."
    for field in ("text_en", "text_de"):
        if not 1 <= len(getattr(question, field).strip()) <= _LONGEST_TEXT:
            yield field, f"Question {row} needs a text of 1 to {_LONGEST_TEXT} characters."
    yield from _option_problems(row, question)


def _option_problems(row: int, question: Asked) -> Iterator[tuple[str, str]]:
    if not question.has_options:
        if question.options:
            yield "options_en", f"Question {row} takes no options: its answer is not one of a list."
        return
    if not 2 <= len(question.options) <= MOST_OPTIONS:  # noqa: PLR2004 (a choice is between two)
        yield "options_en", f"Question {row} needs 2 to {MOST_OPTIONS} options."
    for column, field in enumerate(("options_en", "options_de")):
        words = [option[column].strip() for option in question.options]
        if any(not 1 <= len(word) <= _LONGEST_OPTION for word in words):
            yield (
                field,
                f"Every option of question {row} has 1 to {_LONGEST_OPTION} characters in both languages.",
            )
        if len({word.casefold() for word in words}) < len(words):
            yield field, f"Two options of question {row} are the same."
