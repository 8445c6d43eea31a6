import itertools

import pytest

from readerstudy.accounts.choices import SiteRole
from readerstudy.core.audit import first_broken_event
from readerstudy.core.errors import Conflict, InvalidInput, NotAllowed
from readerstudy.core.models import AppendOnlyError, AuditEvent
from readerstudy.images.models import Image
from readerstudy.studies import hooks
from readerstudy.studies.choices import StudyState
from readerstudy.studies.models import Position, Protocol, ProtocolVersion, Study, Transition
from readerstudy.studies.readiness import missing_for_lock
from readerstudy.studies.services import (
    archive_study,
    close_study,
    lock_study,
    open_study,
    unblind_study,
    withdraw_reader,
)
from readerstudy.studies.verifying import order_faults
from tests.studies.factories import advance, make_person, make_study
from tests.unguarded import unguarded

STEPS = {
    StudyState.LOCKED: lock_study,
    StudyState.READING: open_study,
    StudyState.CLOSED: close_study,
    StudyState.UNBLINDED: unblind_study,
    StudyState.ARCHIVED: archive_study,
}


def test_a_study_goes_its_way_step_by_step(coordinator, study_with_readers, now):
    study = study_with_readers
    for state, step in STEPS.items():
        study = step(actor=coordinator, study=study, reason="It is time.", now=now)
        assert Study.objects.get(pk=study.pk).state == study.state == state

    assert [(one.from_state, one.to_state) for one in study.transitions.all()] == list(
        itertools.pairwise(StudyState.values)
    )
    verbs = AuditEvent.objects.filter(verb__startswith="study.", subject_id=study.public_id)
    assert [f"study.{state}" for state in STEPS] == [
        event.verb for event in verbs if event.verb.split(".")[1] in StudyState.values
    ]
    assert {event.study_id for event in verbs} == {study.public_id}
    assert first_broken_event() is None


@pytest.mark.parametrize(
    ("state", "to"),
    [
        (state, to)
        for (place, state), to in itertools.product(enumerate(StudyState), STEPS)
        if list(StudyState).index(to) != place + 1
    ],
)
def test_every_other_step_is_refused(coordinator, study_with_readers, now, state, to):
    study = study_with_readers
    Study.objects.filter(pk=study.pk).update(state=state)
    with pytest.raises(Conflict) as refusal:
        STEPS[to](actor=coordinator, study=study, reason="Because.", now=now)
    assert refusal.value.code == "wrong_state"
    assert Study.objects.get(pk=study.pk).state == state
    assert not Transition.objects.exists()


def test_others_than_the_studys_coordinators_take_no_step(
    admin, reader_user, study_with_readers, now
):
    stranger = make_person("stranger@example.org", SiteRole.COORDINATOR)
    reader = study_with_readers.enrolments.first().user
    for actor, step in itertools.product((admin, reader_user, stranger, reader), STEPS.values()):
        with pytest.raises(NotAllowed):
            step(actor=actor, study=study_with_readers, reason="Because.", now=now)


def test_an_object_from_before_takes_no_step_twice(coordinator, study_with_readers, now):
    lock_study(actor=coordinator, study=study_with_readers, now=now)
    with pytest.raises(Conflict):
        lock_study(actor=coordinator, study=study_with_readers, now=now)
    assert ProtocolVersion.objects.count() == 1


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_unblinding_needs_a_reason(coordinator, study_with_readers, now, reason):
    closed = advance(study_with_readers, "closed", coordinator=coordinator, now=now)
    with pytest.raises(InvalidInput) as refusal:
        unblind_study(actor=coordinator, study=closed, reason=reason, now=now)
    assert refusal.value.field == "reason"
    assert Study.objects.get(pk=closed.pk).state == StudyState.CLOSED


def test_the_lock_stores_an_order_for_every_reader(coordinator, study_with_readers, now):
    study = lock_study(actor=coordinator, study=study_with_readers, now=now)

    assert study.study_cases.count() == 4
    for enrolment in study.enrolments.all():
        assert [one.number for one in enrolment.positions.all()] == [1, 2, 3, 4]
        assert len({one.study_case_id for one in enrolment.positions.all()}) == 4
    assert list(order_faults(study)) == []


def test_an_order_that_was_tampered_with_is_found(coordinator, study_with_readers, now):
    study = lock_study(actor=coordinator, study=study_with_readers, now=now)
    first, second = Position.objects.filter(enrolment=study.enrolments.first())[:2]
    cases = (first.study_case_id, second.study_case_id)
    Position.objects.filter(pk=second.pk).delete()
    with unguarded():
        Position.objects.filter(pk=first.pk).update(study_case=cases[1])
    Position.objects.create(
        enrolment=first.enrolment, session=first.session, study_case_id=cases[0], number=2
    )
    assert len(list(order_faults(study))) == 1


def codes(study):
    return [problem.code for problem in missing_for_lock(study)]


def test_a_draft_with_readers_misses_nothing(study_with_readers):
    assert missing_for_lock(study_with_readers) == []


def test_a_draft_without_readers_cannot_be_locked(coordinator, study, now):
    assert codes(study) == ["no_readers"]
    with pytest.raises(Conflict, match="no readers"):
        lock_study(actor=coordinator, study=study, now=now)
    assert not study.study_cases.exists()


def test_readers_who_were_withdrawn_do_not_count(coordinator, study_with_readers, now):
    for enrolment in study_with_readers.enrolments.all():
        withdraw_reader(actor=coordinator, enrolment=enrolment, now=now)
    assert codes(study_with_readers) == ["no_readers"]


def test_an_image_set_without_cases_or_images_cannot_be_locked(admin, coordinator, now):
    empty = make_study(admin=admin, coordinator=coordinator, now=now, cases=0, readers=1)
    assert codes(empty) == ["no_cases"]
    bare = make_study(
        admin=admin, coordinator=coordinator, now=now, cases=2, readers=1, title="Bare"
    )
    Image.objects.filter(case=bare.image_set.cases.first()).delete()
    assert codes(bare) == ["case_without_image"]


@pytest.mark.parametrize("field", ["consent_de", "instructions_en", "question_de"])
def test_a_text_that_is_missing_in_one_language_is_told(study_with_readers, field):
    Protocol.objects.filter(study=study_with_readers).update(**{field: " "})
    study = Study.objects.get(pk=study_with_readers.pk)
    [problem] = missing_for_lock(study)
    assert problem.field == field
    assert ("German" if field.endswith("de") else "English") in problem.message


def test_a_study_without_groups_or_sessions_cannot_be_locked(study):
    study.rank_groups.all().delete()
    study.sessions.all().delete()
    assert codes(study) == ["no_rank_groups", "no_sessions", "no_readers"]


def test_what_another_room_refuses_locks_nothing(coordinator, study_with_readers, now):
    def refuse(_study):
        raise Conflict("4 of 4 cases have no reference standard.")

    hooks.register_lock_section("truth", refuse)
    with pytest.raises(Conflict, match="no reference standard"):
        lock_study(actor=coordinator, study=study_with_readers, now=now)

    assert Study.objects.get(pk=study_with_readers.pk).state == StudyState.DRAFT
    assert not study_with_readers.study_cases.exists()
    assert not Position.objects.exists()
    assert not Transition.objects.exists()


def test_a_section_is_registered_once_under_its_name():
    def build(_study):
        return {}

    hooks.register_lock_section("models", build)
    hooks.register_lock_section("models", build)
    with pytest.raises(ValueError, match="models"):
        hooks.register_lock_section("models", lambda _study: {})


def test_other_rooms_are_told_once_of_the_state_they_asked_for(
    coordinator, study_with_readers, now
):
    told = []

    def callback(*, study, actor, now):
        told.append((study.state, actor, now))

    for _ in range(2):
        hooks.register_entered(StudyState.UNBLINDED, callback)
    advance(study_with_readers, "unblinded", coordinator=coordinator, now=now)
    assert told == [("unblinded", coordinator, now)]


def test_a_room_that_fails_undoes_the_transition(coordinator, study_with_readers, now):
    def callback(**_about):
        raise Conflict("No.")

    hooks.register_entered(StudyState.READING, callback)
    locked = advance(study_with_readers, "locked", coordinator=coordinator, now=now)
    with pytest.raises(Conflict):
        open_study(actor=coordinator, study=locked, now=now)
    assert Study.objects.get(pk=locked.pk).state == StudyState.LOCKED


def test_transitions_and_manifests_are_never_changed(coordinator, study_with_readers, now):
    study = lock_study(actor=coordinator, study=study_with_readers, now=now)
    for row in (study.transitions.get(), study.versions.get()):
        with pytest.raises(AppendOnlyError):
            row.save()
        with pytest.raises(AppendOnlyError):
            row.delete()
