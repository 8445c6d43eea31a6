"""Practice before the study: answered in an order of its own, told after each answer, passed or done again."""

import json

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
from tests.conftest import make_user
from tests.german import DE, english_in
from tests.reading.factories import BIOPSY, NONE, ids, item
from tests.reading.practising import (
    begun,
    fresh,
    is_malignant,
    practise,
    practised_study,
    right_decision,
    wrong_decision,
)


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
    client.force_login(enrolment.user)
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
    client.force_login(coordinator)
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
    client.force_login(coordinator)
    assert ">Practice</th>" not in client.get(f"/reading/progress/{study.slug}/").content.decode()
    assert cockpit_of(study, now=now).lines[0].practice is None


# --- pages and API


@pytest.fixture
def reader(client, enrolment):
    client.force_login(enrolment.user)
    return client


def page_address(enrolment, page="practice"):
    return f"/reading/{enrolment.public_id}/{page}/"


def body(case, **fields):
    return {
        "position": case.public_id,
        "round": 1,
        "decision": BIOPSY,
        "confidence": 3,
        **fields,
    }


def post(client, enrolment, case, **fields):
    given = {"case": case.public_id, "round": 1, "decision": BIOPSY, "confidence": 3, **fields}
    address = f"/api/v1/enrolments/{enrolment.public_id}/practice-answers/"
    return client.post(address, given, content_type="application/json")


def test_the_way_to_the_study_leads_through_the_practice(reader, enrolment, now):
    assert "Begin the practice" in reader.get(page_address(enrolment, "instructions")).text
    read = page_address(enrolment, "read")
    assert reader.get(read).headers["Location"] == page_address(enrolment)
    page = reader.get(page_address(enrolment)).text
    assert "not part of the study" in page
    practise(enrolment, now=now, rights=[True] * 3)
    assert reader.get(read).status_code == 200
    assert "Begin the study" in reader.get(page_address(enrolment)).text
    commit_one(enrolment, now)
    assert reader.get(page_address(enrolment)).headers["Location"] == read


def test_the_practice_waits_for_the_consent(client, study):
    invited = study.enrolments.get(user__email="second@example.org")
    client.force_login(invited.user)
    location = client.get(page_address(invited)).headers["Location"]
    assert location == page_address(invited, "consent")


def test_a_study_without_practice_has_no_such_page(client, admin, coordinator, now):
    from tests.reading.factories import begin, open_study

    user = make_user("reader", "rhea@example.org", "Rhea")
    plain = open_study(admin=admin, coordinator=coordinator, now=now, emails=(user.email,))
    enrolment = begin(plain, user, now=now)
    client.force_login(user)
    location = client.get(page_address(enrolment)).headers["Location"]
    assert location == page_address(enrolment, "read")
    assert client.get(location).status_code == 200
    page = client.get(page_address(enrolment, "instructions")).text
    assert page_address(enrolment) not in page
    assert "Start with the first case" in page


def test_the_words_are_german_for_germans(reader, enrolment):
    first, second, _third = practice_state(enrolment).cases
    address = f"/api/v1/enrolments/{enrolment.public_id}/practice-answers/"
    given = {"case": first.public_id, "round": 1, "decision": BIOPSY, "confidence": 3}
    told = reader.post(address, given, content_type="application/json", headers=DE).json()
    assert told["reference"] == ("bösartig" if is_malignant(first) else "gutartig")
    assert second.public_id == told["next"]["id"]


def test_nothing_tells_the_truth_before_the_answer(reader, enrolment, now):
    words = {"melanoma", "nevus", "malignant", "benign", "To practise on"}
    cases = practice_state(enrolment).cases
    words |= {case.case.public_id for case in cases}

    def told(text):
        return {word for word in words if word in text}

    for case in cases:
        page = reader.get(page_address(enrolment))
        assert told(page.text + str(page.headers)) == set()
        response = post(reader, enrolment, case)
        diagnosis = "melanoma" if is_malignant(case) else "nevus"
        assert response.json()["diagnosis"] == diagnosis
        coming = json.dumps({**response.json(), "diagnosis": "", "reference": ""})
        assert told(coming) == set()
        refused = post(reader, enrolment, case, confidence=5)
        assert refused.status_code == 409
        assert told(refused.content.decode()) == set()


def test_the_api_tells_right_from_wrong_and_what_follows(reader, enrolment):
    first, second, _third = practice_state(enrolment).cases
    response = post(reader, enrolment, first, decision=wrong_decision(first))
    told = response.json()
    assert (response.status_code, told["is_right"]) == (201, False)
    assert told["reference"] == ("malignant" if is_malignant(first) else "benign")
    assert (told["done"], told["total"], told["next"]["id"]) == (1, 3, second.public_id)
    assert told["next"]["image_url"] == f"/reading/practice-image/{second.public_id}/"
    assert post(reader, enrolment, first, decision=wrong_decision(first)).status_code == 200
    assert post(reader, enrolment, second, confidence=9).status_code == 400
    assert post(reader, enrolment, second, round=2).status_code == 404


def test_the_api_is_nobody_elses(client, study, enrolment, coordinator, admin):
    case = practice_state(enrolment).next
    second = study.enrolments.exclude(pk=enrolment.pk).get().user
    for user in (second, coordinator, admin):
        client.force_login(user)
        assert post(client, enrolment, case).status_code == 404
        assert client.get(page_address(enrolment)).status_code == 404
    client.logout()
    assert post(client, enrolment, case).status_code == 403


def test_images_are_those_of_the_practice_and_for_its_readers_alone(
    client, admin, coordinator, now
):
    user = make_user("reader", "rhea@example.org", "Rhea")
    emails = (user.email, "second@example.org")
    study = practised_study(
        admin=admin, coordinator=coordinator, now=now, emails=emails, cases=2, pixels=True
    )
    enrolment = begun(study, user, now=now)
    case = practice_state(enrolment).next
    image = f"/reading/practice-image/{case.public_id}/"
    client.force_login(user)
    response = client.get(image)
    assert b"".join(response)
    assert 'filename="case.' in response.headers["Content-Disposition"]
    studied = study.study_cases.first().public_id
    assert client.get(f"/reading/practice-image/{studied}/").status_code == 404
    assert client.get(f"/reading/practice-image/{case.case.public_id}/").status_code == 404
    of_study = f"/reading/image/{ids(enrolment)[0]}/"
    assert client.get(of_study).status_code == 404
    second = study.enrolments.get(user__email="second@example.org").user
    for other in (second, coordinator, admin, make_user("reader", "else@example.org", "Else")):
        client.force_login(other)
        assert client.get(image).status_code == 404
    client.force_login(user)
    practise(enrolment, now=now, rights=[True] * 3)
    assert b"".join(client.get(of_study))
    commit_one(enrolment, now)
    assert client.get(image).status_code == 404


def test_without_scripts_the_practice_is_an_ordinary_form(reader, enrolment):
    cases = practice_state(enrolment).cases
    for number, case in enumerate(cases, start=1):
        assert f"Case {number} of 3" in reader.get(page_address(enrolment)).text
        told = reader.post(page_address(enrolment), body(case, decision=wrong_decision(case))).text
        assert "✗ Your answer is not right" in told
        assert ("To the result" in told) == (number == 3)
    page = reader.get(page_address(enrolment)).text
    assert "Round 1: 0 of 3 answers were right." in page
    assert "Begin the study" not in page
    again = reader.get(page_address(enrolment) + "?round=2").text
    assert 'name="round" value="2"' in again
    assert reader.get(page_address(enrolment) + "?round=3").status_code == 404


def test_a_form_that_is_not_complete_says_what_is_missing(reader, enrolment):
    case = practice_state(enrolment).next
    response = reader.post(page_address(enrolment), body(case, confidence=""))
    assert response.status_code == 400
    assert "Please say how sure you are." in response.text
    assert not PracticeAnswer.objects.exists()
    assert reader.post(page_address(enrolment), body(case, round="")).status_code == 400


def test_every_page_is_german_for_germans(reader, enrolment, now):
    address = page_address(enrolment)
    pages = [
        reader.get(address, headers=DE),
        reader.get(page_address(enrolment, "instructions"), headers=DE),
    ]
    case = practice_state(enrolment).next
    pages.append(reader.post(address, body(case, decision=NONE), headers=DE))
    practise(enrolment, now=now, rights=[False] * 2)
    pages.append(reader.get(address, headers=DE))
    practise(enrolment, now=now, rights=[True] * 3, number=2)
    pages.append(reader.get(address, headers=DE))
    for page in pages:
        assert page.status_code == 200
        assert english_in(page.text) == []
    assert "Übung" in pages[0].text
