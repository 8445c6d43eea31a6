"""Recording, sealing and reading the reference standard."""

import json

import pytest

from readerstudy.core.errors import Conflict, InvalidInput, NotAllowed
from readerstudy.core.models import AppendOnlyError, AuditEvent
from readerstudy.studies.choices import StudyRole, StudyState
from readerstudy.studies.hooks import build_lock_sections
from readerstudy.studies.models import Design, Study, StudyMember
from readerstudy.truth.models import ReferenceStandard, TruthAccess, TruthSeal
from readerstudy.truth.selectors import reference_standards
from readerstudy.truth.services import (
    Truth,
    record_reference_standard,
    record_reference_standards,
    seal_holds,
    seal_truth,
)
from tests.images.factories import make_image_set
from tests.truth.factories import record_truth
from tests.unguarded import overwrite


@pytest.fixture
def image_set(admin, now):
    return make_image_set(admin=admin, now=now, cases=4)


@pytest.fixture
def study(image_set, coordinator, now):
    study = Study.objects.create(
        slug="s", title="S", image_set=image_set, seed="ab", created_by=coordinator, created_at=now
    )
    Design.objects.create(study=study)
    StudyMember.objects.create(study=study, user=coordinator, role=StudyRole.COORDINATOR)
    return study


@pytest.fixture
def unblinded(study, admin, image_set, now):
    record_truth(admin=admin, image_set=image_set, now=now)
    Study.objects.filter(pk=study.pk).update(state=StudyState.UNBLINDED)
    return study


def test_a_reference_standard_is_recorded_once_and_never_changed(admin, image_set, now):
    case = image_set.cases.first()
    given = {"actor": admin, "case": case, "diagnosis": " melanoma ", "now": now}
    recorded = record_reference_standard(malignant=True, confirmation="histopathology", **given)
    assert (recorded.malignant, recorded.diagnosis) == (True, "melanoma")
    with pytest.raises(Conflict):
        record_reference_standard(malignant=False, **given)
    with pytest.raises(AppendOnlyError):
        recorded.save()


def test_one_truth_without_diagnosis_and_none_is_recorded(admin, image_set, now):
    first, second = image_set.cases.all()[:2]
    truths = [(first, Truth(malignant=True, diagnosis="melanoma")), (second, Truth(False, " "))]
    with pytest.raises(InvalidInput, match="needs a diagnosis"):
        record_reference_standards(actor=admin, truths=truths, now=now)
    assert not ReferenceStandard.objects.exists()


def test_the_audit_trail_tells_that_truth_was_recorded_and_not_what(admin, image_set, now):
    record_truth(admin=admin, image_set=image_set, now=now)
    event = AuditEvent.objects.get(verb="truth.recorded")
    assert event.data == {"cases": 4}
    trail = json.dumps(list(AuditEvent.objects.values_list("data", flat=True)))
    assert "melanoma" not in trail


def test_a_study_with_a_case_without_truth_cannot_be_locked(admin, study, image_set, now):
    case = image_set.cases.first()
    record_reference_standard(actor=admin, case=case, malignant=True, diagnosis="m", now=now)
    with pytest.raises(Conflict, match="3 of 4 cases have no reference standard"):
        build_lock_sections(study)
    assert not TruthSeal.objects.exists()


def test_a_study_of_one_kind_of_case_cannot_be_locked(admin, study, image_set, now):
    record_truth(admin=admin, image_set=image_set, now=now, malignant=set())
    with pytest.raises(Conflict, match="one malignant and one benign"):
        build_lock_sections(study)


def test_the_lock_manifest_holds_the_seal_and_nothing_of_the_truth(admin, study, image_set, now):
    record_truth(admin=admin, image_set=image_set, now=now)
    section = build_lock_sections(study)["truth"]
    seal = TruthSeal.objects.get(study=study)
    assert section == {"sha256": seal.sha256}
    assert seal.nonce not in json.dumps(section)
    assert seal_holds(study=study)


def test_the_seal_breaks_when_a_truth_is_changed_behind_the_application(
    admin, study, image_set, now
):
    record_truth(admin=admin, image_set=image_set, now=now)
    with pytest.raises(Conflict, match="not sealed"):
        seal_holds(study=study)
    seal_truth(study=study, nonce="n", now=now)
    overwrite("UPDATE truth_referencestandard SET diagnosis = 'other'")
    assert not seal_holds(study=study)


def test_two_studies_on_the_same_cases_have_seals_that_tell_nothing_of_each_other(
    admin, study, image_set, coordinator, now
):
    record_truth(admin=admin, image_set=image_set, now=now)
    one = seal_truth(study=study, nonce="a", now=now)
    overwrite("DELETE FROM truth_truthseal")
    other = seal_truth(study=study, nonce="b", now=now)
    assert one.sha256 != other.sha256


@pytest.mark.parametrize(
    "state", [state for state in StudyState if state not in ("unblinded", "archived")]
)
def test_the_truth_cannot_be_read_before_unblinding(unblinded, coordinator, now, state):
    Study.objects.filter(pk=unblinded.pk).update(state=state)
    with pytest.raises(NotAllowed, match="sealed"):
        reference_standards(study=unblinded, actor=coordinator, purpose="analysis", now=now)
    assert not TruthAccess.objects.exists()


def test_a_study_object_that_claims_to_be_unblinded_opens_nothing(study, coordinator, now):
    study.state = StudyState.UNBLINDED
    with pytest.raises(NotAllowed):
        reference_standards(study=study, actor=coordinator, purpose="analysis", now=now)


def test_only_coordinators_of_the_study_read_the_truth(unblinded, admin, reader_user, now):
    for stranger in (admin, reader_user):
        with pytest.raises(NotAllowed, match="coordinators"):
            reference_standards(study=unblinded, actor=stranger, purpose="analysis", now=now)
    assert not TruthAccess.objects.exists()


def test_every_look_at_the_truth_is_written_down(unblinded, coordinator, image_set, now):
    found = reference_standards(study=unblinded, actor=coordinator, purpose="analysis", now=now)
    assert set(found) == set(image_set.cases.values_list("pk", flat=True))
    assert sum(standard.malignant for standard in found.values()) == 2
    access = TruthAccess.objects.get()
    assert (access.study, access.actor, access.purpose) == (unblinded, coordinator, "analysis")
    assert AuditEvent.objects.filter(verb="truth.read", study_id=unblinded.public_id).count() == 1
