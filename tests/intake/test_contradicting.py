"""A diagnosis of which it is known what it counts as, beside a column that says otherwise, is asked about."""

import pytest

from readerstudy.core.errors import InvalidInput
from readerstudy.intake.forms import MappingForm
from readerstudy.intake.mapping import ManifestMapping
from readerstudy.intake.report import report_text
from readerstudy.intake.services import apply_plan
from tests.intake import published
from tests.intake.archives import manifest, photographs
from tests.intake.published import isic

LINES = ("photo0,basal cell carcinoma,0", "photo1,nevus,0", "photo2,Basal Cell Carcinoma,0")


@pytest.fixture
def planned(plan_of):
    """The plan of a manifest with these rows and this column for the class."""

    def of(*lines, column="melanoma", **classes):
        content = manifest(lines, f"image,diagnosis,{column}")
        said = ManifestMapping(classes=classes)
        return plan_of({**photographs(), "manifest.csv": content}, mapping=said)

    return of


def asked(plan):
    return [(one.value, one.known, one.stated, one.rows) for one in plan.questions]


def truths(plan):
    return [(case.truth.diagnosis, case.truth.malignant) for case in plan.cases]


def test_a_carcinoma_that_a_column_melanoma_denies_is_a_question(planned):
    plan = planned(*LINES)
    assert asked(plan) == [("basal cell carcinoma", "malignant", "benign", 2)]
    assert plan.problems == ()
    assert not plan.can_be_applied
    assert truths(plan) == [("nevus", False)]


@pytest.mark.parametrize(
    ("line", "known"),
    [
        ("photo0,melanoma,0", "malignant"),
        ("photo0,nevus,1", "benign"),
        ("photo0,Melanoma in situ,0", "malignant"),
        ("photo0,Malignes Melanom,benign", "malignant"),
        ("photo0,Nävus,1", "benign"),
        ("photo0,MEL,0", "malignant"),
        ("photo0,seborrheic_keratosis,malignant", "benign"),
        ("photo0,benign,1", "benign"),
    ],
)
def test_words_that_are_known_are_compared_with_the_column(planned, line, known):
    [question] = planned(line, column="malignant").questions
    assert (question.value, question.known, question.rows) == (line.split(",")[1], known, 1)


@pytest.mark.parametrize(
    "line",
    [
        "photo0,actinic keratosis,0",
        "photo0,actinic keratosis,1",
        "photo0,atypical melanocytic proliferation,0",
        "photo0,melanocytic nevus,0",
        "photo0,melasma,0",
        "photo0,no melanoma,0",
        "photo0,Nävus vs. Melanom?,0",
        "photo0,unknown,1",
        "photo0,rash,1",
    ],
)
def test_words_that_are_not_known_or_fit_are_not_asked_for(planned, line):
    assert planned(line, column="malignant").can_be_applied


def test_the_answer_wins_over_the_column_and_is_told(planned):
    plan = planned(*LINES, **{"BASAL cell carcinoma": "malignant"})
    assert plan.can_be_applied
    assert [malignant for _, malignant in truths(plan)] == [True, False, True]
    assert plan.report()["classes"] == {"basal cell carcinoma": "malignant"}
    plan = planned(*LINES, **{"basal cell carcinoma": "benign"})
    assert [malignant for _, malignant in truths(plan)] == [False, False, False]
    plan = planned(*LINES, **{"basal cell carcinoma": "left out"})
    assert (truths(plan), plan.report()["totals"]["left_out"]) == ([("nevus", False)], 2)


def test_an_answer_about_a_word_that_the_column_uses_too_is_about_the_diagnosis(planned):
    lines = ("photo0,melanoma,benign", "photo1,rash,melanoma", "photo2,benign,benign")
    plan = planned(*lines, column="malignant", melanoma="left out")
    assert (plan.questions, truths(plan)) == ((), [("rash", True), ("benign", False)])


def test_a_cell_that_is_not_understood_is_no_contradiction_but_a_problem(planned):
    plan = planned("photo0,melanoma,perhaps", "photo1,nevus,0", melanoma="malignant")
    assert (plan.questions, [one.row for one in plan.problems]) == ((), [2])


def test_a_plan_with_a_contradiction_is_not_applied(planned, admin, now):
    with pytest.raises(InvalidInput, match="questions that have to be answered first"):
        apply_plan(actor=admin, plan=planned(*LINES), name="Set", is_synthetic=False, now=now)


def test_the_question_says_what_the_column_says_and_in_how_many_rows(planned):
    report = planned(*LINES).report()
    assert report["questions"] == [
        {
            "kind": "class",
            "field": "diagnosis",
            "value": "basal cell carcinoma",
            "guess": "",
            "choices": ["malignant", "benign", "left out"],
            "column": "melanoma",
            "known": "malignant",
            "stated": "benign",
            "rows": 2,
        }
    ]
    assert "The column melanoma says benign in 2 of its rows" in report_text(report)
    [field] = MappingForm(report=report).classes
    assert field.help_text == (
        "The column melanoma says benign in 2 rows; the diagnosis is known to be malignant."
    )
    assert field.initial == ""


def test_the_layouts_that_state_the_class_are_compared_too(plan_of):
    content = published.SIIM_2020.replace("melanoma,malignant", "melanoma,benign").encode()
    plan = plan_of({**isic(0), "train.csv": content})
    assert asked(plan) == [("melanoma", "malignant", "benign", 1)]


def test_diagnoses_are_asked_for_in_the_order_of_their_letters(plan_of):
    lines = [f"photo{at},{word}" for at, word in enumerate(("nevus", "Zyste", "BCC", "angioma"))]
    plan = plan_of({**photographs(), "manifest.csv": manifest(lines, "image,diagnosis")})
    labels = [field.label for field in MappingForm(report=plan.report()).classes]
    assert labels == ["angioma", "BCC", "nevus", "Zyste"]
