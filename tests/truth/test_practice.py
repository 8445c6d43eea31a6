"""The one answer that the readers' room gets: of cases to practise on, and of no others."""

import pytest

from readerstudy.core.errors import Conflict, InvalidInputs, NotFound
from readerstudy.images.models import Case
from readerstudy.studies.models import PracticeCase, Study, StudyCase
from readerstudy.studies.services import lock_study, set_practice
from readerstudy.truth.models import TruthAccess
from readerstudy.truth.practice import practice_truth
from tests.studies.factories import advance, invite, make_image_set, make_study
from tests.truth.factories import record_truth


@pytest.fixture
def practice_set(admin, now):
    return make_image_set(admin=admin, now=now, cases=2, name="To practise on")


@pytest.fixture
def draft(admin, coordinator, now):
    study = make_study(admin=admin, coordinator=coordinator, now=now)
    record_truth(admin=admin, image_set=study.image_set, now=now)
    invite(study, coordinator=coordinator, now=now, email="reader@example.org")
    return study


def choose(study, coordinator, image_set, now):
    return set_practice(actor=coordinator, study=study, image_set=image_set, now=now)


@pytest.fixture
def enrolment(admin, draft, coordinator, practice_set, now):
    record_truth(admin=admin, image_set=practice_set, now=now)
    choose(draft, coordinator, practice_set, now)
    return advance(draft, "reading", coordinator=coordinator, now=now).enrolments.get()


def test_practice_cases_are_answered_for_without_a_trace(enrolment, practice_set):
    nevus, melanoma = Case.objects.filter(image_set=practice_set).order_by("pk")
    told = practice_truth(enrolment=enrolment, case=melanoma)
    assert (told.malignant, told.diagnosis) == (True, "melanoma")
    assert told.agrees_with(biopsy=True)
    assert not told.agrees_with(biopsy=False)
    assert practice_truth(enrolment=enrolment, case=nevus).agrees_with(biopsy=False)
    assert not TruthAccess.objects.exists()


def is_refused(enrolment, case):
    with pytest.raises(NotFound):
        practice_truth(enrolment=enrolment, case=case)


def test_the_cases_of_the_study_are_never_answered_for(enrolment):
    for case in Case.objects.filter(image_set=enrolment.study.image_set):
        is_refused(enrolment, case)


def test_not_even_where_they_came_among_the_practice_cases(enrolment):
    case = Case.objects.filter(image_set=enrolment.study.image_set).first()
    PracticeCase.objects.create(study=enrolment.study, case=case)
    is_refused(enrolment, case)
    # Nor where the case itself was moved into the practice set.
    Case.objects.filter(pk=case.pk).update(image_set=enrolment.study.practice_set)
    assert StudyCase.objects.filter(case=case).exists()
    is_refused(enrolment, case)


def test_another_studys_practice_cases_and_loose_ones_are_not_answered_for(
    admin, enrolment, practice_set, now
):
    loose = make_image_set(admin=admin, now=now, cases=2, name="Loose")
    record_truth(admin=admin, image_set=loose, now=now)
    is_refused(enrolment, loose.cases.first())
    other = make_study(admin=admin, coordinator=enrolment.study.created_by, now=now, title="Other")
    enrolment.study_id = other.pk
    is_refused(enrolment, practice_set.cases.first())


def test_a_draft_has_no_practice_cases_yet(admin, draft, coordinator, practice_set, now):
    record_truth(admin=admin, image_set=practice_set, now=now)
    choose(draft, coordinator, practice_set, now)
    is_refused(draft.enrolments.get(), practice_set.cases.first())


def test_a_practice_set_without_reference_standards_is_refused(
    draft, coordinator, practice_set, now
):
    with pytest.raises(InvalidInputs, match="2 cases of the practice set have no reference"):
        choose(draft, coordinator, practice_set, now)
    Study.objects.filter(pk=draft.pk).update(practice_set=practice_set)
    with pytest.raises(Conflict, match="have no reference standard"):
        lock_study(actor=coordinator, study=draft, now=now)
