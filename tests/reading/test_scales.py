"""What a protocol asks is what can be stored: the service, the API, the plain form and the database agree."""

import uuid

import pytest
from django.db import IntegrityError, transaction

from readerstudy.core.errors import DomainError
from readerstudy.reading.answers import Answer
from readerstudy.reading.models import Reading
from readerstudy.reading.selectors import completeness
from readerstudy.reading.services import commit_reading
from readerstudy.studies.asking import Asked
from readerstudy.studies.choices import QuestionKind, QuestionMoment, Scale
from readerstudy.studies.services import set_questions, update_protocol
from tests.reading.factories import BIOPSY, NONE, begin, ids, open_study

DIAGNOSES = (("Melanoma", "Melanom"), ("Nevus", "Nävus"), ("Other", "Andere"))
QUESTIONS = [
    Asked(QuestionKind.SINGLE, "Diagnosis?", "Diagnose?", DIAGNOSES, is_required=True),
    Asked(QuestionKind.SEVERAL, "Features?", "Merkmale?", DIAGNOSES),
    Asked(QuestionKind.TEXT, "Remarks?", "Anmerkungen?"),
    Asked(QuestionKind.QUALITY, "Quality?", "Qualität?", moment=QuestionMoment.BEFORE),
]


@pytest.fixture
def reads(admin, coordinator, reader_user, now):
    """Opens a study with these fields of the protocol and these questions; gives its reader's enrolment."""

    def opened(questions=(), **fields):
        def prepare(study):
            update_protocol(actor=coordinator, study=study, now=now, **fields)
            set_questions(actor=coordinator, study=study, questions=questions, now=now)

        study = open_study(
            admin=admin,
            coordinator=coordinator,
            now=now,
            emails=(reader_user.email,),
            cases=4,
            before_lock=prepare,
        )
        return begin(study, reader_user, now=now)

    return opened


def commit(enrolment, answer, now):
    return commit_at(enrolment, Reading.objects.count(), answer, now)


def commit_at(enrolment, place, answer, now):
    position = ids(enrolment)[place]
    return commit_reading(
        actor=enrolment.user, position_id=position, answer=answer, attempt=uuid.uuid4(), now=now
    ).reading


def six(**fields):
    return {"scale": Scale.SIX_POINT, "confidence_levels": 0, **fields}


def percent(**fields):
    return {"scale": Scale.PERCENT, "confidence_levels": 0, **fields}


@pytest.mark.parametrize("value", range(1, 7))
def test_one_press_of_six_is_stored_with_the_decision_it_stands_for(reads, now, value):
    reading = commit(reads(**six()), Answer(decision="", value=value), now)
    expected = BIOPSY if value >= 4 else NONE
    assert (reading.scale, reading.value, reading.decision) == ("six_point", value, expected)
    assert reading.confidence is None


@pytest.mark.parametrize(
    ("decision", "value"), [(BIOPSY, 12), (NONE, 88), (NONE, 0), (BIOPSY, 100)]
)
def test_a_likelihood_is_stored_as_it_was_given_beside_the_decision(reads, now, decision, value):
    reading = commit(reads(**percent()), Answer(decision=decision, value=value), now)
    assert (reading.scale, reading.value, reading.decision) == ("percent", value, decision)


REFUSED = {
    "two steps with a number": ({}, Answer(BIOPSY, 3, value=4), "value"),
    "two steps without confidence": ({}, Answer(BIOPSY), "confidence"),
    "six points without one": (six(), Answer(BIOPSY), "value"),
    "a seventh point": (six(), Answer("", value=7), "value"),
    "a decision on the other side": (six(), Answer(NONE, value=5), "decision"),
    "six points with confidence": (six(), Answer("", 3, value=5), "confidence"),
    "percent without a decision": (percent(), Answer("", value=50), "decision"),
    "percent without a number": (percent(), Answer(BIOPSY), "value"),
    "more than all": (percent(), Answer(BIOPSY, value=101), "value"),
    "less than nothing": (percent(), Answer(BIOPSY, value=-1), "value"),
    "no grade where all are asked": (
        {},
        Answer("", not_assessable_reason="blurred"),
        "not_assessable_reason",
    ),
    "an unknown reason": (
        {"allows_not_assessable": True},
        Answer("", not_assessable_reason="bored"),
        "not_assessable_reason",
    ),
    "a reason and a decision": (
        {"allows_not_assessable": True},
        Answer(BIOPSY, 3, not_assessable_reason="blurred"),
        "decision",
    ),
    "another reason without words": (
        {"allows_not_assessable": True},
        Answer("", not_assessable_reason="other", not_assessable_note=" "),
        "not_assessable_note",
    ),
    "words without a reason": (
        {"allows_not_assessable": True},
        Answer(BIOPSY, 3, not_assessable_note="dark"),
        "not_assessable_note",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_protocol_does_not_ask_is_refused_at_its_field(reads, now, name):
    fields, answer, field = REFUSED[name]
    with pytest.raises(DomainError) as caught:
        commit(reads(**fields), answer, now)
    assert caught.value.problems[0].field == field
    assert not Reading.objects.exists()


def test_a_case_that_cannot_be_assessed_is_a_reading_without_a_decision(reads, now):
    enrolment = reads(allows_not_assessable=True)
    first = commit(enrolment, Answer("", not_assessable_reason="blurred"), now)
    other = Answer("", not_assessable_reason="other", not_assessable_note="A thumb")
    second = commit(enrolment, other, now)
    assert (first.decision, first.confidence, first.not_assessable_reason) == ("", None, "blurred")
    assert (second.not_assessable_reason, second.not_assessable_note) == ("other", "A thumb")


def test_the_staff_see_how_many_cases_each_reader_could_not_assess(client, coordinator, reads, now):
    enrolment = reads(allows_not_assessable=True)
    first = ids(enrolment)[0]
    commit(enrolment, Answer("", not_assessable_reason="blurred"), now)
    changed = Answer(BIOPSY, 2)
    commit_reading(
        actor=enrolment.user,
        position_id=first,
        answer=changed,
        attempt=uuid.uuid4(),
        revise=True,
        now=now,
    )
    commit_at(enrolment, 1, Answer("", not_assessable_reason="light"), now)
    row = completeness(enrolment.study)[0]
    assert (row.done, row.not_assessable) == (2, 1)
    client.force_login(coordinator)
    page = client.get(f"/reading/progress/{enrolment.study.slug}/").content.decode()
    assert '<td class="num">1</td>' in page
    assert "Cannot be assessed" in page


IMPOSSIBLE = [
    ({"decision": ""}, "a_reading_has_a_decision_or_the_reason_for_none"),
    ({"not_assessable_reason": "blurred"}, "a_reading_has_a_decision_or_the_reason_for_none"),
    ({"decision": "perhaps"}, "a_reading_has_a_decision_or_the_reason_for_none"),
    ({"value": 3}, "an_answer_is_on_its_scale"),
    ({"scale": "six_point", "confidence": None, "value": 3}, "an_answer_is_on_its_scale"),
    ({"scale": "six_point", "confidence": None, "value": 7}, "an_answer_is_on_its_scale"),
    ({"scale": "percent", "confidence": None, "value": 101}, "an_answer_is_on_its_scale"),
    ({"scale": "percent", "confidence": 3, "value": 50}, "an_answer_is_on_its_scale"),
    ({"scale": "stars"}, "an_answer_is_on_its_scale"),
    ({"not_assessable_note": "dark"}, "only_a_reason_has_a_note"),
]


@pytest.mark.parametrize(("values", "constraint"), IMPOSSIBLE)
def test_an_answer_off_its_scale_is_refused_by_the_database(reads, now, values, constraint):
    reading = commit(reads(), Answer(BIOPSY, 3), now)
    fields = {
        field.attname: getattr(reading, field.attname)
        for field in Reading._meta.concrete_fields
        if field.name not in ("id", "public_id")
    }
    row = Reading(**{**fields, "version": 2, "attempt": uuid.uuid4(), **values})
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        row.save()


# --- Further questions ---------------------------------------------------------------------------------


def test_further_answers_are_stored_with_the_reading(reads, now):
    given = {"1": 2, "2": [3, 1], "3": "  A scale bar.  ", "4": 5}
    reading = commit(reads(QUESTIONS), Answer(BIOPSY, 3, further_answers=given), now)
    assert reading.further_answers == {"1": 2, "2": [1, 3], "3": "A scale bar.", "4": 5}


def test_what_is_left_empty_is_not_stored(reads, now):
    given = {"1": 1, "2": [], "3": " ", "4": None}
    reading = commit(reads(QUESTIONS), Answer(BIOPSY, 3, further_answers=given), now)
    assert reading.further_answers == {"1": 1}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "question_1"),
        ({"1": 4}, "question_1"),
        ({"1": 0}, "question_1"),
        ({"1": True}, "question_1"),
        ({"1": "1"}, "question_1"),
        ({"1": [1]}, "question_1"),
        ({"1": 1, "2": 1}, "question_2"),
        ({"1": 1, "2": [1, 4]}, "question_2"),
        ({"1": 1, "3": 7}, "question_3"),
        ({"1": 1, "3": "x" * 2001}, "question_3"),
        ({"1": 1, "3": "a\x00b"}, "question_3"),
        ({"1": 1, "4": 6}, "question_4"),
        ({"1": 1, "4": 3.0}, "question_4"),
        ({"1": 1, "5": 1}, "question_5"),
        ({"1": 1, "one": 1}, "question_one"),
    ],
)
def test_every_wrong_answer_names_its_question(reads, now, given, field):
    with pytest.raises(DomainError) as caught:
        commit(reads(QUESTIONS), Answer(BIOPSY, 3, further_answers=given), now)
    assert [problem.field for problem in caught.value.problems] == [field]
    assert not Reading.objects.exists()


def test_where_a_case_cannot_be_assessed_no_question_has_to_be_answered(reads, now):
    enrolment = reads(QUESTIONS, allows_not_assessable=True)
    answer = Answer("", not_assessable_reason="blurred", further_answers={"4": 1})
    assert commit(enrolment, answer, now).further_answers == {"4": 1}


# --- The API and the plain form ------------------------------------------------------------------------


def post_api(client, enrolment, **body):
    client.force_login(enrolment.user)
    return client.post(
        "/api/v1/readings/",
        {"position": ids(enrolment)[0], **body},
        content_type="application/json",
        headers={"Idempotency-Key": str(uuid.uuid4())},
    )


def test_the_api_takes_every_kind_of_answer(client, reads):
    enrolment = reads(QUESTIONS, **six())
    response = post_api(client, enrolment, value=6, further_answers={"1": 3, "2": [2]})
    assert response.status_code == 201
    reading = Reading.objects.get()
    assert (reading.decision, reading.value) == (BIOPSY, 6)
    assert reading.further_answers == {"1": 3, "2": [2]}


def test_half_a_character_is_no_text(client, reads):
    enrolment = reads(QUESTIONS)
    given = {"decision": BIOPSY, "confidence": 3, "further_answers": {"1": 1, "3": "half \ud83d"}}
    assert post_api(client, enrolment, **given).status_code == 400
    assert not Reading.objects.exists()


def test_the_api_names_the_question_whose_answer_is_missing(client, reads):
    response = post_api(client, reads(QUESTIONS), decision=BIOPSY, confidence=3)
    assert response.status_code == 400
    assert response.json()["problems"][0]["field"] == "question_1"
    assert not Reading.objects.exists()


def test_the_same_answer_sent_again_is_stored_once(client, reads):
    enrolment = reads(allows_not_assessable=True)
    client.force_login(enrolment.user)
    body = {"position": ids(enrolment)[0], "not_assessable_reason": "light"}
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    statuses = [
        client.post(
            "/api/v1/readings/", body, content_type="application/json", headers=headers
        ).status_code
        for _ in range(2)
    ]
    assert statuses == [201, 200]
    assert Reading.objects.get().not_assessable_reason == "light"


def post_form(client, enrolment, **fields):
    client.force_login(enrolment.user)
    body = {"position": ids(enrolment)[0], "attempt": str(uuid.uuid4()), **fields}
    return client.post(f"/reading/{enrolment.public_id}/read/", body)


def test_without_scripts_the_questions_are_fields_of_the_form(client, reads):
    enrolment = reads(QUESTIONS)
    client.force_login(enrolment.user)
    shown = client.get(f"/reading/{enrolment.public_id}/read/").content.decode()
    assert shown.index("Quality? (optional)") < shown.index("Diagnosis?") < shown.index("Remarks?")
    response = post_form(
        client, enrolment, decision=NONE, confidence="2", question_1="2", question_2=["1", "2"]
    )
    assert response.status_code == 302
    assert Reading.objects.get().further_answers == {"1": 2, "2": [1, 2]}


def test_the_plain_form_shows_what_is_wrong_beside_the_question(client, reads):
    response = post_form(client, reads(QUESTIONS), decision=NONE, confidence="2", question_3="So.")
    assert response.status_code == 400
    assert "Question 1 has to be answered." in response.content.decode()
    assert "So." in response.content.decode()
    assert not Reading.objects.exists()


@pytest.mark.parametrize(
    ("fields", "given", "stored"),
    [
        (six(), {"value": "2"}, (NONE, 2, "")),
        (percent(), {"value": "70", "decision": BIOPSY}, (BIOPSY, 70, "")),
        (
            {"allows_not_assessable": True},
            {"not_assessable_reason": "covered"},
            ("", None, "covered"),
        ),
    ],
)
def test_every_scale_can_be_answered_without_scripts(client, reads, fields, given, stored):
    assert post_form(client, reads(**fields), **given).status_code == 302
    reading = Reading.objects.get()
    assert (reading.decision, reading.value, reading.not_assessable_reason) == stored


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (six(), "Please choose one of the six answers."),
        (percent(), "Please give the likelihood from 0 to 100."),
        ({"allows_not_assessable": True}, "Please choose one of the two decisions."),
    ],
)
def test_an_empty_form_says_what_is_missing_on_its_scale(client, reads, fields, sentence):
    response = post_form(client, reads(**fields))
    assert sentence in response.content.decode()
    assert not Reading.objects.exists()


def test_questions_are_in_the_readers_language(client, reads):
    enrolment = reads(QUESTIONS)
    client.force_login(enrolment.user)
    page = client.get(
        f"/reading/{enrolment.public_id}/read/", headers={"Accept-Language": "de"}
    ).content.decode()
    assert "Diagnose?" in page
    assert "Nävus" in page
    assert "Diagnosis?" not in page
