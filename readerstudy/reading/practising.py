"""Practice is answered case by case; what is right is told after each answer, and never before."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from readerstudy.accounts.models import User
from readerstudy.accounts.services import check_language
from readerstudy.core.audit import record_event
from readerstudy.core.errors import Conflict, InvalidInput, NotFound
from readerstudy.reading.answers import Answer
from readerstudy.reading.checks import checked_answer
from readerstudy.reading.choices import InputDevice, ManagementDecision
from readerstudy.reading.models import PracticeAnswer, PracticeRound
from readerstudy.reading.practice import PracticeState, may_practise, practice_state
from readerstudy.reading.profiles import profile_missing
from readerstudy.studies.models import Enrolment, PracticeCase
from readerstudy.truth.practice import PracticeTruth, practice_truth

_COLUMNS = (
    "decision",
    "confidence",
    "value",
    "not_assessable_reason",
    "not_assessable_note",
    "further_answers",
    "input_device",
    "language",
)
# What a repeat of an answer has to have in common with the stored one.
_GIVEN = _COLUMNS[:6]


@dataclass(frozen=True)
class Feedback:
    """A stored answer, what the case really is, and the round as it is now; `created` is False for a repeat."""

    answer: PracticeAnswer
    truth: PracticeTruth
    state: PracticeState
    created: bool


def answer_practice(
    *,
    actor: User,
    enrolment: Enrolment,
    case_id: str,
    practice_round: int,
    answer: Answer,
    now: datetime,
) -> Feedback:
    """Stores the actor's answer to the next case of their round and tells what is right.

    The last answer sent again gives its feedback again. Raises NotFound for somebody else's enrolment, another study's case
    and a round that cannot be, Conflict out of order or where nothing is to be practised, InvalidInput(s) for a value off
    the scale.
    """
    if enrolment.user_id != actor.pk:
        raise NotFound("There is no such enrolment.")
    with transaction.atomic():
        locked = _locked(enrolment)
        _check_open(locked)
        state = practice_state(locked, practice_round)
        case = next((one for one in state.cases if one.public_id == case_id), None)
        if case is None:
            raise NotFound("There is no such practice case.")
        checked = _checked(locked, answer)
        last = state.answers[-1] if state.answers else None
        if last and last.practice_case_id == case.pk and _is_same(last, checked):
            return Feedback(last, practice_truth(enrolment=locked, case=case.case), state, False)
        if state.next != case:
            raise Conflict("This case is not the next one of your practice.", code="out_of_order")
        return _stored(locked, case, state, checked, now)


def _locked(enrolment: Enrolment) -> Enrolment:
    """The reader's row is the lock: two windows come one after the other."""
    rows = Enrolment.objects.select_for_update(of=("self",))
    return rows.select_related("study__protocol").get(pk=enrolment.pk)


def _check_open(enrolment: Enrolment) -> None:
    if profile_missing(enrolment):
        raise Conflict("Please answer the questions about yourself first.", code="profile_missing")
    if not may_practise(enrolment):
        raise Conflict("There is nothing to practise in this study now.", code="no_practice")


def _checked(enrolment: Enrolment, answer: Answer) -> dict[str, Any]:
    check_language(answer.language)
    if answer.input_device not in InputDevice.values:
        raise InvalidInput("The input device is not one of the known ones.", field="input_device")
    questions = list(enrolment.study.questions.all())
    fields = checked_answer(enrolment.study.protocol, questions, answer).as_fields()
    return {name: fields[name] for name in _COLUMNS}


def _is_same(stored: PracticeAnswer, checked: dict[str, Any]) -> bool:
    return all(getattr(stored, name) == checked[name] for name in _GIVEN)


def _stored(
    enrolment: Enrolment,
    case: PracticeCase,
    state: PracticeState,
    checked: dict[str, Any],
    now: datetime,
) -> Feedback:
    truth = practice_truth(enrolment=enrolment, case=case.case)
    row = PracticeAnswer.objects.create(
        enrolment=enrolment,
        practice_case=case,
        round=state.number,
        place=len(state.answers) + 1,
        scale=enrolment.study.protocol.scale,
        is_right=_is_right(truth, checked["decision"]),
        given_at=now,
        **checked,
    )
    state = PracticeState(state.number, state.cases, (*state.answers, row))
    if state.is_complete:
        _end_round(enrolment, state, now)
    return Feedback(row, truth, state, created=True)


def _is_right(truth: PracticeTruth, decision: str) -> bool:
    """A case that was said not to be assessable has no right answer: else nothing but refusals would pass."""
    return bool(decision) and truth.agrees_with(biopsy=decision == ManagementDecision.BIOPSY)


def is_enough(right: int, total: int, pass_percent: int) -> bool:
    """Whether so many right answers of so many are at least that percentage."""
    return right * 100 >= pass_percent * total


def _end_round(enrolment: Enrolment, state: PracticeState, now: datetime) -> None:
    percent, total = enrolment.study.practice_pass_percent, len(state.cases)
    row = PracticeRound.objects.create(
        enrolment=enrolment,
        round=state.number,
        right=state.right,
        total=total,
        pass_percent=percent,
        is_passed=is_enough(state.right, total, percent),
        completed_at=now,
    )
    record_event(
        actor=enrolment.user,
        verb="practice.round_completed",
        subject=enrolment,
        now=now,
        study_id=enrolment.study.public_id,
        data={"round": row.round, "is_passed": row.is_passed},
        evidence=[row],
    )
