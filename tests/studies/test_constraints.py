"""The database guards the protocol whatever the code does; its constraints read as sentences."""

import pytest
from django.db import IntegrityError, connection, transaction

from readerstudy.studies.asking import Asked
from readerstudy.studies.models import (
    Enrolment,
    Position,
    Protocol,
    ProtocolVersion,
    Question,
    RankGroup,
    Session,
    Study,
    StudyCase,
    StudyMember,
    Transition,
)
from readerstudy.studies.services import lock_study, set_questions
from tests.unguarded import unguarded


@pytest.fixture
def locked(coordinator, study_with_readers, now):
    questions = [Asked("text", "Remarks?", "Anmerkungen?")]
    set_questions(actor=coordinator, study=study_with_readers, questions=questions, now=now)
    return lock_study(actor=coordinator, study=study_with_readers, now=now)


def copy_of(row, **changes):
    """A second row with the same values but for the key, the public id and `changes`."""
    values = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.name not in ("id", "public_id")
    }
    return type(row)(**{**values, **changes})


COPIES = {
    "one_role_per_person_and_study": lambda: copy_of(StudyMember.objects.first()),
    "one_manifest_per_version": lambda: copy_of(ProtocolVersion.objects.first()),
    "a_study_enters_each_state_once": lambda: copy_of(Transition.objects.first()),
    "rank_group_names_differ_in_a_study": lambda: copy_of(RankGroup.objects.first(), ordinal=99),
    "rank_groups_have_an_order": lambda: copy_of(RankGroup.objects.first(), name="Other"),
    "a_person_is_enrolled_once_in_a_study": lambda: copy_of(
        Enrolment.objects.first(), code="R-OTHER"
    ),
    "questions_have_an_order": lambda: copy_of(Question.objects.first()),
    "sessions_are_numbered_in_a_study": lambda: copy_of(Session.objects.first()),
    "a_case_is_once_in_a_study": lambda: copy_of(StudyCase.objects.first()),
    "one_case_per_place_in_an_order": lambda: copy_of(
        Position.objects.first(), study_case_id=_another_case()
    ),
    "a_case_comes_once_in_an_order": lambda: copy_of(Position.objects.first(), number=99),
}


def _another_case():
    # A case of another study: it stands in no order, so that the place alone is taken.
    case = copy_of(StudyCase.objects.first())
    study = Study.objects.first()
    other = copy_of(study, slug="other")
    other.save()
    case.study = other
    case.save()
    return case.pk


@pytest.mark.parametrize("name", COPIES)
def test_a_second_row_is_refused_by_the_database(locked, name):
    copy = COPIES[name]()
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save()
    constraint = next(one for one in copy._meta.constraints if one.name == name)
    with connection.cursor() as cursor:
        stored = connection.introspection.get_constraints(cursor, copy._meta.db_table)
    assert stored[name]["unique"]
    assert (
        constraint.fields == tuple(stored[name]["columns"])
        or [copy._meta.get_field(field).column for field in constraint.fields]
        == stored[name]["columns"]
    )


@pytest.mark.parametrize(
    ("model", "values", "name"),
    [
        (Study, {"state": "paused"}, "study_state_is_known"),
        (Protocol, {"confidence_levels": 7}, "confidence_has_2_to_5_levels_or_none"),
        (Protocol, {"scale": "stars"}, "protocol_has_a_known_scale"),
        (Protocol, {"scale": "six_point"}, "confidence_belongs_to_the_two_step_scale"),
        (Question, {"ordinal": 0}, "questions_are_counted_from_1"),
        (Question, {"kind": "essay"}, "question_has_a_known_kind"),
        (Question, {"moment": "never"}, "question_comes_before_or_after_the_rating"),
        (Position, {"number": 0}, "places_in_an_order_count_from_1"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_the_database(locked, model, values, name):
    row = model.objects.first()
    # The triggers of evidence would refuse some of them before the constraint does.
    with unguarded(), pytest.raises(IntegrityError, match=name), transaction.atomic():
        model.objects.filter(pk=row.pk).update(**values)
