"""Practice before the study: answered in an order of its own, told after each answer, passed or done again."""

import pytest
from django.db import IntegrityError, transaction

from readerstudy.core.errors import Conflict, InvalidInput, NotFound
from readerstudy.core.models import AppendOnlyError, AuditEvent
from readerstudy.reading.answers import Answer
from readerstudy.reading.cockpit import cockpit_of
from readerstudy.reading.models import PracticeAnswer, PracticeRound, Reading
from readerstudy.reading.practice import may_practise, practice_missing, practice_state
from readerstudy.reading.practising import answer_practice, is_enough
from readerstudy.reading.services import commit_readings
from readerstudy.studies.models import PracticeCase
from readerstudy.studies.order import practice_order
from readerstudy.studies.services import close_study, update_protocol, withdraw_reader
from readerstudy.studies.verifying import faults_of
from tests.german import DE, english_in
from tests.reading.factories import BIOPSY, ids, item
from tests.reading.practising import (
    begun,
    fresh,
    is_malignant,
    practise,
    practised_study,
    right_decision,
)
from tests.signed_in import just_signed_in
from tests.unguarded import unguarded


@pytest.fixture
def study(admin, coordinator, reader_user, now):
    return practised_study(
        admin=admin,
        coordinator=coordinator,
        now=now,
        emails=(reader_user.email, "second@example.org"),
        pass_percent=60,
        title="The study",
    )


@pytest.fixture
def enrolment(study, reader_user, now):
    return begun(study, reader_user, now=now)


def answer_to(enrolment, case, now, *, number=1, **fields):
    return answer_practice(
        actor=enrolment.user,
        enrolment=enrolment,
        case_id=case.public_id,
        practice_round=number,
        answer=Answer(**{"decision": BIOPSY, "confidence": 3, **fields}),
        now=now,
    )


def commit_one(enrolment, now):
    return commit_readings(actor=enrolment.user, answers=[item(ids(enrolment)[0])], now=now)


# --- answers and rounds


def test_each_answer_is_stored_and_told_of(enrolment, now):
    case = practice_state(enrolment).next
    told = answer_to(enrolment, case, now, decision=right_decision(case), language="de")
    assert told.answer.is_right
    assert told.truth.malignant == is_malignant(case)
    assert told.truth.diagnosis in {"melanoma", "nevus"}
    row = PracticeAnswer.objects.get()
    assert (row.round, row.place, row.practice_case, row.language) == (1, 1, case, "de")
    assert (row.scale, row.confidence, row.given_at) == ("two_step", 3, now)
    assert not Reading.objects.exists()


def test_the_order_is_that_of_seed_reader_and_round(enrolment, now):
    study = enrolment.study
    names = PracticeCase.objects.filter(study=study).values_list("public_id", flat=True)
    for number in (1, 2):
        expected = practice_order(
            seed=study.seed, reader_code=enrolment.code, practice_round=number, case_ids=names
        )
        told = practise(enrolment, now=now, rights=[False] * 3, number=number)
        assert [one.answer.practice_case.public_id for one in told] == expected
    places = PracticeAnswer.objects.values_list("round", "place")
    assert sorted(places) == [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3)]


def test_cases_come_in_order_and_once(enrolment, now):
    first, second, _third = practice_state(enrolment).cases
    with pytest.raises(Conflict):
        answer_to(enrolment, second, now)
    answer_to(enrolment, first, now)
    with pytest.raises(Conflict):
        answer_to(enrolment, first, now, confidence=5)
    with pytest.raises(NotFound):
        answer_to(enrolment, second, now, number=2)
    assert PracticeAnswer.objects.count() == 1


def test_the_same_answer_sent_again_gives_its_feedback_again(enrolment, now):
    for _ in range(3):
        case = practice_state(enrolment).next
        once, again = (answer_to(enrolment, case, now) for _ in range(2))
        assert (once.created, again.created) == (True, False)
        assert once.answer == again.answer
    assert PracticeAnswer.objects.count() == 3
    assert PracticeRound.objects.count() == 1


def test_two_of_three_right_pass_sixty_percent_and_one_does_not(enrolment, now):
    practise(enrolment, now=now, rights=[True, False, False])
    assert PracticeRound.objects.get().is_passed is False
    assert practice_missing(enrolment)
    practise(enrolment, now=now, rights=[True, False, True], number=2)
    second = PracticeRound.objects.get(round=2)
    assert (second.right, second.total, second.pass_percent, second.is_passed) == (2, 3, 60, True)
    assert not practice_missing(enrolment)
    events = AuditEvent.objects.filter(verb="practice.round_completed").order_by("sequence")
    assert [event.data for event in events] == [
        {"round": 1, "is_passed": False},
        {"round": 2, "is_passed": True},
    ]


@pytest.mark.parametrize(
    ("right", "total", "percent", "enough"),
    [(0, 3, 0, True), (2, 3, 67, False), (2, 3, 66, True), (3, 3, 100, True), (6, 7, 86, False)],
)
def test_the_rule_is_a_percentage_of_the_decisions(right, total, percent, enough):
    assert is_enough(right, total, percent) is enough


def test_the_database_holds_a_round_against_its_rule(enrolment, now):
    fields = {"enrolment": enrolment, "round": 1, "total": 3, "pass_percent": 60}
    for right, is_passed in ((1, True), (2, False), (4, True)):
        with pytest.raises(IntegrityError), transaction.atomic():
            PracticeRound.objects.create(
                right=right, is_passed=is_passed, completed_at=now, **fields
            )
    PracticeRound.objects.create(right=2, is_passed=True, completed_at=now, **fields)


def test_answers_and_rounds_are_never_changed(enrolment, now):
    practise(enrolment, now=now, rights=[True] * 3)
    for model in (PracticeAnswer, PracticeRound):
        with pytest.raises(AppendOnlyError):
            model.objects.update(round=9)
        with pytest.raises(AppendOnlyError):
            model.objects.first().delete()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"decision": "excise"}, "decision"),
        ({"confidence": 6}, "confidence"),
        ({"value": 4}, "value"),
        ({"decision": "", "confidence": None, "not_assessable_reason": "blurred"}, "not_assess"),
    ],
)
def test_an_answer_is_checked_as_in_the_study(enrolment, now, fields, field):
    with pytest.raises(InvalidInput) as error:
        answer_to(enrolment, practice_state(enrolment).next, now, **fields)
    assert error.value.field.startswith(field)
    assert not PracticeAnswer.objects.exists()


def test_six_points_and_cases_that_cannot_be_assessed(admin, coordinator, reader_user, now):
    def choose(study):
        fields = {"scale": "six_point", "confidence_levels": 0, "allows_not_assessable": True}
        update_protocol(actor=coordinator, study=study, now=now, **fields)

    study = practised_study(
        admin=admin,
        coordinator=coordinator,
        now=now,
        emails=(reader_user.email,),
        before_lock=choose,
    )
    enrolment = begun(study, reader_user, now=now)
    case = practice_state(enrolment).next
    value = 5 if is_malignant(case) else 2
    told = answer_to(enrolment, case, now, decision="", confidence=None, value=value)
    assert told.answer.is_right
    assert (told.answer.value, told.answer.decision) == (value, right_decision(case))
    refused = answer_to(
        enrolment,
        practice_state(enrolment).next,
        now,
        decision="",
        confidence=None,
        not_assessable_reason="blurred",
    )
    assert not refused.answer.is_right


# --- who, when, and before what


def test_the_study_is_not_read_before_the_practice_is_passed(enrolment, now):
    practise(enrolment, now=now, rights=[False] * 3)
    with pytest.raises(Conflict) as error:
        commit_one(enrolment, now)
    assert error.value.code == "practice_missing"
    practise(enrolment, now=now, rights=[True] * 3, number=2)
    assert commit_one(enrolment, now)[0].created


def test_where_nothing_is_to_be_passed_completing_is_enough(admin, coordinator, reader_user, now):
    study = practised_study(
        admin=admin, coordinator=coordinator, now=now, emails=(reader_user.email,)
    )
    enrolment = begun(study, reader_user, now=now)
    practise(enrolment, now=now, rights=[False, False])
    assert practice_missing(enrolment)
    practise(enrolment, now=now, rights=[False])
    assert not practice_missing(enrolment)


def test_nobody_practises_once_the_study_is_begun(enrolment, now):
    practise(enrolment, now=now, rights=[True] * 3)
    assert may_practise(enrolment)
    commit_one(enrolment, now)
    assert not may_practise(enrolment)
    with pytest.raises(Conflict) as error:
        practise(enrolment, now=now, rights=[True], number=2)
    assert error.value.code == "no_practice"


def test_nobody_practises_for_another_nor_on_another_studys_cases(
    admin, coordinator, enrolment, study, now
):
    other = study.enrolments.exclude(pk=enrolment.pk).get().user
    case = practice_state(enrolment).next
    for actor in (other, coordinator, admin):
        with pytest.raises(NotFound):
            answer_practice(
                actor=actor,
                enrolment=enrolment,
                case_id=case.public_id,
                practice_round=1,
                answer=Answer(decision=BIOPSY, confidence=3),
                now=now,
            )
    foreign = PracticeCase.objects.create(study=study, case=study.study_cases.first().case)
    with unguarded():
        PracticeCase.objects.filter(pk=foreign.pk).update(study=_another(admin, coordinator, now))
    with pytest.raises(NotFound):
        answer_to(enrolment, foreign, now)
    assert not PracticeAnswer.objects.exists()


def _another(admin, coordinator, now):
    from tests.studies.factories import make_study

    return make_study(admin=admin, coordinator=coordinator, now=now, title="Another")


def test_withdrawn_readers_and_closed_studies_have_no_practice(enrolment, study, coordinator, now):
    withdraw_reader(actor=coordinator, enrolment=enrolment, now=now)
    with pytest.raises(Conflict):
        practise(enrolment, now=now, rights=[True])
    second = begun(study, study.enrolments.exclude(pk=enrolment.pk).get().user, now=now)
    close_study(actor=coordinator, study=study, now=now)
    with pytest.raises(Conflict):
        practise(fresh(second), now=now, rights=[True])


def test_a_commit_asks_once_more_and_only_where_there_is_a_practice(
    enrolment, now, django_assert_max_num_queries
):
    practise(enrolment, now=now, rights=[True] * 3)
    batch = [item(position) for position in ids(enrolment)]
    with django_assert_max_num_queries(15) as captured:
        commit_readings(actor=enrolment.user, answers=batch, now=now)
    asked = [one["sql"] for one in captured.captured_queries if "practice" in one["sql"].lower()]
    assert len([sql for sql in asked if "practiceround" in sql]) == 1
    assert not [sql for sql in asked if "practiceanswer" in sql or "practicecase" in sql]


def test_a_practised_study_is_verified(enrolment, study, now):
    practise(enrolment, now=now, rights=[True] * 3)
    assert faults_of(study, with_files=False) == []


def test_the_readers_own_data_have_their_practice(client, enrolment, study, now):
    practise(enrolment, now=now, rights=[True, False, True])
    just_signed_in(client, enrolment.user)
    practice = client.get(f"/reading/{enrolment.public_id}/my-data.json").json()["practice"]
    assert [one["is_right"] for one in practice["answers"]] == [True, False, True]
    known = set(study.practice_cases.values_list("public_id", flat=True))
    assert {one["case"] for one in practice["answers"]} == known
    assert practice["rounds"][0]["is_passed"] is True


# --- what the staff see


def standing(study, enrolment, now):
    lines = cockpit_of(study, now=now).lines
    return next(line.practice for line in lines if line.progress.enrolment.pk == enrolment.pk)


def test_the_staff_see_who_has_practised_and_never_how_well(
    client, coordinator, enrolment, study, now
):
    assert (standing(study, enrolment, now).round, standing(study, enrolment, now).is_passed) == (
        0,
        False,
    )
    just_signed_in(client, coordinator)
    address = f"/reading/progress/{study.slug}/"
    assert client.get(address).content.decode().count("not begun") == 2
    practise(enrolment, now=now, rights=[False] * 3)
    practise(enrolment, now=now, rights=[True], number=2)
    assert "round 2" in client.get(address).content.decode()
    practise(enrolment, now=now, rights=[True] * 2)
    page = client.get(address).content.decode()
    assert "<td>passed</td>" in page
    assert "3 of 3" not in page
    assert english_in(client.get(address, headers=DE).content.decode()) == []


def test_a_study_without_practice_has_no_such_column(client, admin, coordinator, now):
    from tests.reading.factories import open_study

    study = open_study(admin=admin, coordinator=coordinator, now=now)
    just_signed_in(client, coordinator)
    assert ">Practice</th>" not in client.get(f"/reading/progress/{study.slug}/").content.decode()
    assert cockpit_of(study, now=now).lines[0].practice is None
