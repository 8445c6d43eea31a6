"""The further questions of a draft: written as a whole, checked as a whole, gone with the lock."""

import pytest

from readerstudy.core.errors import Conflict, DomainError, NotAllowed
from readerstudy.core.models import AuditEvent
from readerstudy.studies.asking import Asked, asked_of
from readerstudy.studies.models import Question
from readerstudy.studies.services import lock_study, set_questions
from tests.studies.pages import page, text

OPTIONS = (("Melanoma", "Melanom"), ("Nevus", "Nävus"))
DIAGNOSIS = Asked("single", "Diagnosis?", "Diagnose?", OPTIONS, is_required=True)
REMARKS = Asked("text", "Remarks?", "Anmerkungen?", moment="before")


def test_questions_are_stored_in_their_order_and_written_down(coordinator, study, now):
    set_questions(actor=coordinator, study=study, questions=[REMARKS, DIAGNOSIS], now=now)
    assert [(one.ordinal, one.text_en) for one in Question.objects.all()] == [
        (1, "Remarks?"),
        (2, "Diagnosis?"),
    ]
    assert asked_of(study) == [REMARKS, DIAGNOSIS]
    event = AuditEvent.objects.last()
    assert (event.verb, event.data) == (
        "study.questions_set",
        {"questions": ["Remarks?", "Diagnosis?"]},
    )


def test_the_same_questions_again_change_nothing(coordinator, study, now):
    set_questions(actor=coordinator, study=study, questions=[DIAGNOSIS], now=now)
    before = AuditEvent.objects.count(), Question.objects.get().pk
    set_questions(actor=coordinator, study=study, questions=[DIAGNOSIS], now=now)
    assert (AuditEvent.objects.count(), Question.objects.get().pk) == before


@pytest.mark.parametrize(
    ("question", "field"),
    [
        (Asked("essay", "Why?", "Warum?"), "kind"),
        (Asked("text", "Why?", "Warum?", moment="never"), "moment"),
        (Asked("text", " ", "Warum?"), "text_en"),
        (Asked("text", "Why?", "x" * 301), "text_de"),
        (Asked("text", "Why?", "Warum?", OPTIONS), "options_en"),
        (Asked("single", "Which?", "Welche?", OPTIONS[:1]), "options_en"),
        (Asked("several", "Which?", "Welche?", (("A", "A"), ("B", ""))), "options_de"),
        (Asked("several", "Which?", "Welche?", (("A", "A"), ("a", "B"))), "options_en"),
    ],
)
def test_a_question_that_cannot_be_asked_names_its_row_and_field(
    coordinator, study, now, question, field
):
    with pytest.raises(DomainError) as caught:
        set_questions(actor=coordinator, study=study, questions=[REMARKS, question], now=now)
    assert {(problem.row, problem.field) for problem in caught.value.problems} == {(2, field)}
    assert not Question.objects.exists()


def test_there_are_at_most_twenty(coordinator, study, now):
    with pytest.raises(DomainError, match="at most 20"):
        set_questions(actor=coordinator, study=study, questions=[REMARKS] * 21, now=now)


def test_nobody_else_and_nobody_after_the_lock(admin, coordinator, study_with_readers, now):
    with pytest.raises(NotAllowed):
        set_questions(actor=admin, study=study_with_readers, questions=[REMARKS], now=now)
    locked = lock_study(actor=coordinator, study=study_with_readers, now=now)
    with pytest.raises(Conflict):
        set_questions(actor=coordinator, study=locked, questions=[REMARKS], now=now)
    assert not Question.objects.exists()


# --- The page ------------------------------------------------------------------------------------------


def data(*rows, initial=0):
    fields = {"form-TOTAL_FORMS": len(rows), "form-INITIAL_FORMS": initial}
    for number, row in enumerate(rows):
        standard = {"kind": "single", "moment": "after"}
        fields |= {f"form-{number}-{name}": value for name, value in {**standard, **row}.items()}
    return fields


def row(question, **more):
    return {
        "text_en": question.text_en,
        "text_de": question.text_de,
        "kind": question.kind,
        "moment": question.moment,
        "options_en": "\r\n".join(english for english, _ in question.options),
        "options_de": "\r\n".join(german for _, german in question.options),
        **({"is_required": "on"} if question.is_required else {}),
        **more,
    }


def test_questions_are_written_on_a_plain_page(signed_in, study):
    address = page("questions", study)
    assert "A new question" in text(signed_in.get(address))
    assert signed_in.post(address, data(row(DIAGNOSIS), {})).status_code == 302
    assert asked_of(study) == [DIAGNOSIS]
    shown = text(signed_in.get(address))
    assert "Diagnose?" in shown
    assert "Nevus" in shown
    assert "1 question is asked" in text(signed_in.get(page("protocol", study)))


def test_questions_change_their_places_and_go(signed_in, coordinator, study, now):
    set_questions(actor=coordinator, study=study, questions=[DIAGNOSIS, REMARKS], now=now)
    address = page("questions", study)
    swapped = data(row(DIAGNOSIS, ORDER="2"), row(REMARKS, ORDER="1"), {}, initial=2)
    assert signed_in.post(address, swapped).status_code == 302
    assert asked_of(study) == [REMARKS, DIAGNOSIS]
    less = data(row(REMARKS, ORDER="1", DELETE="on"), row(DIAGNOSIS, ORDER="2"), {}, initial=2)
    assert signed_in.post(address, less).status_code == 302
    assert asked_of(study) == [DIAGNOSIS]


def test_a_faulty_question_is_told_at_its_field_and_nothing_is_saved(signed_in, study):
    faulty = row(Asked("single", "Which?", "Welche?", OPTIONS[:1]))
    response = signed_in.post(page("questions", study), data(row(REMARKS), faulty))
    assert response.status_code == 400
    assert "Question 2 needs 2 to 60 options." in response.context["forms"][1].errors["options_en"]
    assert not Question.objects.exists()


def test_after_the_lock_the_questions_are_read_with_the_protocol(
    signed_in, coordinator, study_with_readers, now
):
    set_questions(actor=coordinator, study=study_with_readers, questions=[DIAGNOSIS], now=now)
    locked = lock_study(actor=coordinator, study=study_with_readers, now=now)
    assert signed_in.get(page("questions", locked)).headers["Location"] == page("protocol", locked)
    assert signed_in.post(page("questions", locked), data(row(REMARKS))).status_code == 409
    shown = text(signed_in.get(page("protocol", locked)))
    assert "Diagnose?" in shown
    assert "Nävus" in shown
