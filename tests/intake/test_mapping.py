"""Columns that are not recognised are asked for with a guess, and the admin's answers are followed."""

import json

import pytest
from django.core.files.base import ContentFile

from readerstudy.core.errors import InvalidInput
from readerstudy.intake.choices import ImportState
from readerstudy.intake.columns import SYNONYMS
from readerstudy.intake.guessing import ALSO, likely_class
from readerstudy.intake.mapping import ManifestMapping, checked_mapping
from readerstudy.intake.report import compact_rows, grouped, report_json
from readerstudy.intake.running import plan_job
from readerstudy.intake.services import apply_plan, create_job, map_job
from tests.intake.archives import good_files, make_zip, manifest, photographs, rows

GERMAN = (
    "Nr;Aufnahme;Diagnose;Dignität;Alter;Geschlecht\n"
    "1;photo0.png;Nävus;gutartig;40;w\n"
    "2;photo1.png;Melanom;bösartig;50;m\n"
    "3;photo2.png;Nävus;gutartig;60;w\n"
)
COLUMNS = {"image": "Aufnahme", "diagnosis": "Diagnose", "malignant": "Dignität"}
CLASSES = {"gutartig": "benign", "bösartig": "malignant"}


def german(**more):
    return {**photographs(3), "liste.csv": GERMAN.encode("cp1252"), **more}


def asked(plan):
    return {one["field"]: one["guess"] for one in plan.report()["questions"]}


def test_foreign_columns_are_asked_for_with_a_guess(plan_of):
    plan = plan_of(german())
    assert asked(plan) == {**COLUMNS, "age": "Alter", "sex": "Geschlecht"}
    report = plan.report()
    assert report["header"] == ["Nr", "Aufnahme", "Diagnose", "Dignität", "Alter", "Geschlecht"]
    assert report["questions"][0]["choices"] == report["header"]
    assert (report["layout"], report["columns"], report["classes"]) == ("plain", {}, {})
    assert not report["can_be_applied"]


def test_answers_about_columns_lead_to_questions_about_classes_and_then_to_cases(plan_of):
    plan = plan_of(german(), mapping=ManifestMapping({**COLUMNS, "age": "Alter", "sex": ""}))
    assert plan.problems == ()
    assert plan.columns == {**COLUMNS, "age": "Alter"}
    assert [(one.field, one.value, one.guess) for one in plan.questions] == [
        ("malignant", "gutartig", "benign"),
        ("malignant", "bösartig", "malignant"),
    ]
    plan = plan_of(german(), mapping=ManifestMapping({**COLUMNS, "age": "Alter"}, CLASSES))
    assert plan.can_be_applied
    assert [
        (case.truth.diagnosis, case.truth.malignant, case.age_years) for case in plan.cases
    ] == [
        ("Nävus", False, 40),
        ("Melanom", True, 50),
        ("Nävus", False, 60),
    ]


def test_the_class_follows_from_the_diagnosis_where_the_admin_says_so(plan_of):
    said = ManifestMapping(
        {"image": "Aufnahme", "diagnosis": "Diagnose", "malignant": ""},
        {"nävus": "benign", "MELANOM": "left out"},
    )
    plan = plan_of(german(), mapping=said)
    assert plan.can_be_applied
    assert [case.truth.diagnosis for case in plan.cases] == ["Nävus", "Nävus"]
    assert plan.report()["totals"]["left_out"] == 1
    assert plan.warnings == ()  # the photograph of a row that is left out is listed


def test_a_diagnosis_is_not_needed_where_the_class_is_stated(plan_of):
    said = ManifestMapping({**COLUMNS, "diagnosis": ""}, CLASSES)
    plan = plan_of(german(), mapping=said)
    assert [case.truth.diagnosis for case in plan.cases] == ["benign", "malignant", "benign"]


def test_a_plain_manifest_without_classes_asks_for_each_diagnosis_once(plan_of):
    lines = [f"photo{at},{word}" for at, word in enumerate(("Nevus", "melanoma", "nevus", "rash"))]
    plan = plan_of({**photographs(), "manifest.csv": manifest(lines, "image,diagnosis")})
    assert [(one.value, one.guess) for one in plan.questions] == [
        ("Nevus", "benign"),
        ("melanoma", "malignant"),
        ("rash", ""),
    ]


def test_other_problems_are_told_beside_the_questions(plan_of):
    lines = ["photo0,nevus", "nothing,nevus", "photo1,"]
    plan = plan_of({**photographs(), "manifest.csv": manifest(lines, "image,diagnosis")})
    assert len(plan.questions) == 1
    assert [(one.code, one.row) for one in plan.problems] == [
        ("image_missing", 3),
        ("value_missing", 4),
    ]


def test_more_diagnoses_than_a_person_answers_are_one_problem(plan_of):
    lines = [f"photo{at},disease {at}" for at in range(300)]
    plan = plan_of({**photographs(), "manifest.csv": manifest(lines, "image,diagnosis")})
    assert [one.code for one in plan.problems] == ["too_many_diagnoses"]


def test_a_wrong_no_is_told_and_asked_again(plan_of):
    plan = plan_of(german(), mapping=ManifestMapping({**COLUMNS, "image": ""}))
    assert [(one.code, one.column) for one in plan.problems] == [("missing_column", "image")]
    assert asked(plan)["image"] == "Aufnahme"


def test_an_import_is_asked_answered_and_planned(tmp_path, admin, now):
    content = make_zip(tmp_path / "a.zip", german()).read_bytes()
    archive = ContentFile(content, name="a.zip")
    job = create_job(actor=admin, name="Set", is_synthetic=False, archive=archive, now=now)
    for said in (ManifestMapping(COLUMNS), ManifestMapping(classes=CLASSES)):
        plan_job(job_id=job.pk, clock=lambda: now)
        job.refresh_from_db()
        assert job.state == ImportState.ASKED
        map_job(actor=admin, job=job, mapping=said, now=now)
    plan_job(job_id=job.pk, clock=lambda: now)
    job.refresh_from_db()
    assert (job.state, job.report["totals"]["cases"]) == (ImportState.PLANNED, 3)


def test_answers_that_fit_nothing_are_problems(plan_of):
    said = ManifestMapping({"age": "Alter", "shoe": "malignant"})
    plan = plan_of(good_files(), mapping=said)
    assert [(one.code, one.column or one.field) for one in plan.problems] == [
        ("unknown_field", "shoe"),
        ("unknown_column", "Alter"),
    ]


def test_a_column_whose_cells_name_files_is_guessed_where_the_one_of_that_name_does_not(plan_of):
    lines = [f"{at},{row}" for at, row in enumerate(rows())]
    content = manifest(lines, "image,scan,diagnosis,malignant")
    plan = plan_of({**photographs(), "manifest.csv": content})
    assert asked(plan) == {"image": "scan"}
    assert plan.problems == ()


def test_a_plan_with_questions_is_not_applied(plan_of, admin, now):
    plan = plan_of(german())
    with pytest.raises(InvalidInput, match="questions that have to be answered first"):
        apply_plan(actor=admin, plan=plan, name="Set", is_synthetic=False, now=now)


def test_a_recognised_column_can_be_set_aside(plan_of):
    lines = [f"{row},old" for row in rows()]
    files = {**photographs(), "manifest.csv": manifest(lines, "image,diagnosis,malignant,age")}
    assert {one.column for one in plan_of(files).problems} == {"age"}
    assert plan_of(files, mapping=ManifestMapping({"age": ""})).can_be_applied


@pytest.mark.parametrize(
    ("diagnosis", "said"),
    [
        ("Melanoma in situ", "malignant"),
        ("Lentigo maligna", "malignant"),
        ("lentigo simplex", "benign"),
        ("Seborrheic keratosis", "benign"),
        ("Basalzellkarzinom", "malignant"),
        ("actinic keratosis", ""),
        ("Bowen's disease", ""),
        ("unknown", "left out"),
        ("rash", ""),
        ("Nävus", "benign"),
        ("Na\u0308vus", "benign"),
        ("Naevus", "benign"),
        ("Nävuszellnävus", "benign"),
        ("melanocytic nevus", "benign"),
        ("Spinaliom", "malignant"),
        ("Basaliom", "malignant"),
        ("Plattenepithelkarzinom", "malignant"),
        ("Melanom ohne Ulzeration", "malignant"),
        ("seborrhoische Keratose", "benign"),
        ("seborrhoeic keratosis", "benign"),
        ("seborrhoic dermatitis", ""),
        ("aktinische Keratose", ""),
        ("kein Melanom", "left out"),
        ("Verdacht auf Melanom", ""),
        ("Carcinoma in situ", ""),
        ("melasma", ""),
        ("SCC", "malignant"),
    ],
)
def test_likely_classes(diagnosis, said):
    assert likely_class(diagnosis) == said


@pytest.mark.parametrize("column", ["diagnosis_code", "Diagnose", "Befund"])
def test_other_names_of_the_diagnosis_are_guessed_and_asked_for(plan_of, column):
    lines = ["photo0.png,NV", "photo1.png,MEL"]
    files = {**photographs(), "manifest.csv": manifest(lines, f"image,{column}")}
    assert asked(plan_of(files))["diagnosis"] == column
    plan = plan_of(files, mapping=ManifestMapping({"diagnosis": column, "malignant": ""}))
    assert [(one.value, one.guess) for one in plan.questions] == [
        ("NV", "benign"),
        ("MEL", "malignant"),
    ]


def test_every_field_has_names_for_guesses():
    assert set(ALSO) == set(SYNONYMS)


def test_a_mapping_is_read_back_as_it_was_written():
    mapping = ManifestMapping(COLUMNS, CLASSES)
    assert checked_mapping(json.loads(json.dumps(mapping.as_json())), name="m.json") == mapping


@pytest.mark.parametrize(
    "data",
    [[], None, {"column": {}}, {"columns": []}, {"columns": {"a": 1}}, {"classes": {"a": "fine"}}],
)
def test_a_mapping_of_another_shape_is_refused_with_its_name(data):
    with pytest.raises(InvalidInput, match=r"^m\.json"):
        checked_mapping(data, name="m.json")


@pytest.mark.parametrize(
    ("numbers", "text"),
    [([], ""), ([4], "4"), ([2, 3, 4, 5, 9], "2-5, 9"), ([9, 2, 2, 3], "2-3, 9")],
)
def test_rows_are_told_in_short(numbers, text):
    assert compact_rows(numbers) == text


def test_problems_are_grouped_by_column_and_code(plan_of):
    lines = [*rows(), *(f"no{at}.png,nevus,perhaps" for at in range(1_000))]
    plan = plan_of({**photographs(), "manifest.csv": manifest(lines)})
    assert len(plan.problems) == 2_000
    assert [
        (one["kind"], one["column"], one["code"], one["rows"], one["count"])
        for one in plan.report()["groups"]
    ] == [
        ("problem", "image", "image_missing", "6-1005", 1_000),
        ("problem", "malignant", "unknown_value", "6-1005", 1_000),
    ]
    assert plan.report()["groups"] == grouped("problem", plan.problems)


def test_the_json_of_a_report_is_the_same_every_time(plan_of):
    files = {**photographs(), "manifest.csv": manifest([*rows(), "no.png,nevus,perhaps"])}
    assert report_json(plan_of(files).report()) == report_json(plan_of(files).report())
