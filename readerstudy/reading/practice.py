"""How far readers are with their practice. Nothing here knows what is right but what was told before."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Max
from django.urls import reverse

from readerstudy.accounts.models import User
from readerstudy.core.errors import NotFound
from readerstudy.reading.models import PracticeAnswer, PracticeRound, Reading
from readerstudy.studies.choices import EnrolmentState, StudyState
from readerstudy.studies.models import Enrolment, PracticeCase, Study
from readerstudy.studies.order import practice_order

AHEAD = 3


@dataclass(frozen=True)
class PracticeState:
    """One round of a reader: the cases in their order, and the answers that were given, in the same order."""

    number: int
    cases: tuple[PracticeCase, ...]
    answers: tuple[PracticeAnswer, ...]

    @property
    def next(self) -> PracticeCase | None:
        """The case that is to be answered now; None when the round is complete."""
        return None if self.is_complete else self.cases[len(self.answers)]

    @property
    def is_complete(self) -> bool:
        return len(self.answers) == len(self.cases)

    @property
    def right(self) -> int:
        """How many answers are those of the reference standard."""
        return sum(one.is_right for one in self.answers)


@dataclass(frozen=True)
class PracticeStanding:
    """How far a reader is, for the staff: the round they are in, 0 before the first answer, and whether they may go on."""

    round: int = 0
    is_passed: bool = False


def practice_missing(enrolment: Enrolment) -> bool:
    """Whether the study has a practice that the reader has not passed yet. One query, and none where there is no practice."""
    passed = PracticeRound.objects.filter(enrolment=enrolment.pk, is_passed=True)
    return enrolment.study.practice_set_id is not None and not passed.exists()


def is_open(enrolment: Enrolment) -> bool:
    """Whether the reader takes part in a study that is open for reading."""
    return enrolment.state == EnrolmentState.ACTIVE and enrolment.study.state == StudyState.READING


def practice_due(enrolment: Enrolment) -> bool:
    """Whether the reader has to practise now, before the first case of the study."""
    return is_open(enrolment) and practice_missing(enrolment)


def may_practise(enrolment: Enrolment) -> bool:
    """Whether the reader may practise: until they have passed, and after that until the first case of the study."""
    if enrolment.study.practice_set_id is None or not is_open(enrolment):
        return False
    begun = Reading.objects.filter(position__enrolment=enrolment)
    return practice_missing(enrolment) or not begun.exists()


def practice_state(enrolment: Enrolment, number: int | None = None) -> PracticeState:
    """The reader's round: the one they are in, or that of this number. Raises NotFound for one they cannot be in.

    A round begins when the one before it is complete.
    """
    current = _round(enrolment, _last_round(enrolment))
    if number in (None, current.number):
        return current
    if number == current.number + 1 and current.is_complete:
        return _round(enrolment, number)
    raise NotFound("There is no such round of practice.")


def _last_round(enrolment: Enrolment) -> int:
    rounds = PracticeAnswer.objects.filter(enrolment=enrolment)
    return rounds.aggregate(last=Max("round"))["last"] or 1


def _round(enrolment: Enrolment, number: int) -> PracticeState:
    study = enrolment.study
    rows = PracticeCase.objects.filter(study=study).select_related("case")
    cases = {case.public_id: case for case in rows}
    order = practice_order(
        seed=study.seed, reader_code=enrolment.code, practice_round=number, case_ids=cases
    )
    answers = PracticeAnswer.objects.filter(enrolment=enrolment, round=number).order_by("place")
    return PracticeState(number, tuple(cases[one] for one in order), tuple(answers))


def practice_payload(state: PracticeState) -> dict[str, Any]:
    """What the practice screen goes on with: opaque ids, and nothing of what a case is."""
    done = len(state.answers)
    coming = enumerate(state.cases[done : done + 1 + AHEAD], start=done + 1)
    places = [_place(case, number) for number, case in coming]
    return {
        "round": state.number,
        "done": done,
        "total": len(state.cases),
        "next": places[0] if places else None,
        "ahead": places[1:],
    }


def _place(case: PracticeCase, number: int) -> dict[str, Any]:
    image = reverse("reading:practice-image", args=[case.public_id])
    return {"id": case.public_id, "number": number, "image_url": image}


def practice_case_for(user: User, public_id: str) -> PracticeCase:
    """A case that the user may practise on now. Raises NotFound for everything else."""
    cases = PracticeCase.objects.filter(public_id=public_id).select_related("case")
    case = cases.first()
    enrolments = Enrolment.objects.filter(user=user).select_related("study")
    enrolment = enrolments.filter(study=case.study_id).first() if case else None
    if case is None or enrolment is None or not may_practise(enrolment):
        raise NotFound("There is no such image.")
    return case


def practice_standings(study: Study) -> Mapping[int, PracticeStanding]:
    """Enrolment → how far each reader is; empty where the study has no practice. Tells nothing of right and wrong."""
    if study.practice_set_id is None:
        return {}
    answers = PracticeAnswer.objects.filter(enrolment__study=study).order_by()
    rounds = dict(answers.values_list("enrolment_id").annotate(Max("round")))
    passed = set(
        PracticeRound.objects.filter(enrolment__study=study, is_passed=True).values_list(
            "enrolment_id", flat=True
        )
    )
    return {
        enrolment: PracticeStanding(rounds.get(enrolment, 0), enrolment in passed)
        for enrolment in study.enrolments.values_list("pk", flat=True)
    }
