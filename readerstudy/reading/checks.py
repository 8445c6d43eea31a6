"""Whether an answer is one that the protocol asks for."""

from collections.abc import Sequence
from dataclasses import replace

from readerstudy.core.errors import InvalidInput
from readerstudy.reading.answers import Answer
from readerstudy.reading.choices import ManagementDecision, NotAssessable
from readerstudy.reading.further import checked_further_answers
from readerstudy.reading.rating import PERCENT, SIX_POINTS, decision_of_six
from readerstudy.studies.choices import Scale
from readerstudy.studies.models import Protocol, Question

LONGEST_NOTE = 500


def checked_answer(protocol: Protocol, questions: Sequence[Question], answer: Answer) -> Answer:
    """The answer as it is stored: what follows from the rest is filled in.

    Raises InvalidInput(s) with the field, or the further question, that the protocol does not ask for in this way.
    """
    if answer.not_assessable_reason:
        _check_not_assessable(protocol, answer)
    else:
        answer = _checked_grade(protocol, answer)
    further = checked_further_answers(
        questions, answer.further_answers, is_graded=not answer.not_assessable_reason
    )
    return replace(answer, further_answers=further)


def _check_not_assessable(protocol: Protocol, answer: Answer) -> None:
    field = "not_assessable_reason"
    if not protocol.allows_not_assessable:
        raise InvalidInput("Every case of this study has to be graded.", field=field)
    if answer.not_assessable_reason not in NotAssessable.values:
        raise InvalidInput("The reason is not one of the known ones.", field=field)
    if answer.decision or answer.confidence is not None or answer.value is not None:
        raise InvalidInput("A case that cannot be assessed has no decision.", field="decision")
    note = answer.not_assessable_note
    if answer.not_assessable_reason == NotAssessable.OTHER and not note.strip():
        raise InvalidInput("Please say what the other reason is.", field="not_assessable_note")
    if len(note) > LONGEST_NOTE:
        raise InvalidInput(
            f"The reason has at most {LONGEST_NOTE} characters.", field="not_assessable_note"
        )


def _checked_grade(protocol: Protocol, answer: Answer) -> Answer:
    if answer.not_assessable_note:
        raise InvalidInput("Only a case without a grade has a reason.", field="not_assessable_note")
    if protocol.scale == Scale.SIX_POINT:
        answer = _decided(answer)
    if answer.decision not in ManagementDecision.values:
        raise InvalidInput("The decision is not one of the two.", field="decision")
    if protocol.scale == Scale.TWO_STEP:
        _check_two_step(protocol.confidence_levels, answer)
    else:
        _check_value(protocol, answer)
    return answer


def _decided(answer: Answer) -> Answer:
    if answer.value is None or answer.value not in SIX_POINTS:
        raise InvalidInput("The answer is a whole number from 1 to 6.", field="value")
    decision = decision_of_six(answer.value)
    if answer.decision not in ("", decision):
        raise InvalidInput(
            "From 4 on the answer is for a biopsy, up to 3 it is not.", field="decision"
        )
    return replace(answer, decision=decision)


def _check_two_step(levels: int, answer: Answer) -> None:
    if answer.value is not None:
        raise InvalidInput("This study asks for a decision and no number.", field="value")
    if levels and answer.confidence not in range(1, levels + 1):
        raise InvalidInput(f"Confidence is a whole number from 1 to {levels}.", field="confidence")
    if not levels and answer.confidence is not None:
        raise InvalidInput("This study asks for no confidence.", field="confidence")


def _check_value(protocol: Protocol, answer: Answer) -> None:
    if answer.confidence is not None:
        raise InvalidInput("This study asks for no confidence.", field="confidence")
    if protocol.scale == Scale.PERCENT and answer.value not in PERCENT:
        raise InvalidInput("The likelihood is a whole number from 0 to 100.", field="value")
