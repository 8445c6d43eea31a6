"""A study with a practice before it, made by the real services, and answers to its cases."""

from readerstudy.reading.answers import Answer
from readerstudy.reading.practice import practice_state
from readerstudy.reading.practising import answer_practice
from readerstudy.studies.models import Enrolment
from readerstudy.studies.services import set_practice
from readerstudy.truth.models import ReferenceStandard
from tests.images.factories import make_image_set as make_photographs
from tests.reading.factories import BIOPSY, NONE, begin, open_study
from tests.studies.factories import make_image_set
from tests.truth.factories import record_truth

PRACTICE = "To practise on"


def add_practice(study, *, admin, coordinator, now, cases=3, pass_percent=0, pixels=False):
    """Gives the draft a practice set whose every other case is a melanoma."""
    if pixels:
        # Other photographs and other patients than those of the study.
        image_set = make_photographs(admin=admin, now=now, cases=cases, name=PRACTICE, first=50)
    else:
        image_set = make_image_set(admin=admin, now=now, cases=cases, name=PRACTICE)
    record_truth(admin=admin, image_set=image_set, now=now)
    return set_practice(
        actor=coordinator, study=study, image_set=image_set, pass_percent=pass_percent, now=now
    )


def practised_study(
    *, admin, coordinator, now, emails, pass_percent=0, before_lock=None, **options
):
    """A study in reading whose readers have to practise on three cases first."""

    def prepare(study):
        add_practice(
            study,
            admin=admin,
            coordinator=coordinator,
            now=now,
            pass_percent=pass_percent,
            pixels=options.get("pixels", False),
        )
        if before_lock:
            before_lock(study)

    return open_study(
        admin=admin, coordinator=coordinator, now=now, emails=emails, before_lock=prepare, **options
    )


def fresh(enrolment):
    return Enrolment.objects.select_related("study__protocol", "user").get(pk=enrolment.pk)


def begun(study, user, *, now):
    return fresh(begin(study, user, now=now))


def is_malignant(case):
    return ReferenceStandard.objects.get(case=case.case_id).malignant


def right_decision(case):
    return BIOPSY if is_malignant(case) else NONE


def wrong_decision(case):
    return NONE if is_malignant(case) else BIOPSY


def practise(enrolment, *, now, rights, number=None):
    """One answer for each of `rights`: whether it is the right one. Returns what was told."""
    told = []
    for right in rights:
        state = practice_state(enrolment, number)
        case = state.next
        decision = right_decision(case) if right else wrong_decision(case)
        told.append(
            answer_practice(
                actor=enrolment.user,
                enrolment=enrolment,
                case_id=case.public_id,
                practice_round=state.number,
                answer=Answer(decision=decision, confidence=3),
                now=now,
            )
        )
    return told
