"""Practice as its readers see it: the pages, the API and the photographs; nothing tells the truth before the answer."""

import json

import pytest

from readerstudy.reading.models import PracticeAnswer
from readerstudy.reading.practice import practice_state
from tests.conftest import make_user
from tests.german import DE, english_in
from tests.reading.factories import BIOPSY, NONE, ids
from tests.reading.practising import (
    begun,
    is_malignant,
    practise,
    practised_study,
    wrong_decision,
)
from tests.reading.test_practice import commit_one, enrolment, study

__all__ = ["enrolment", "study"]


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
    assert post(client, enrolment, case).status_code == 401


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
