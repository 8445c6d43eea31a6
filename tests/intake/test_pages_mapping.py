"""What an import asks, and what an admin answers."""

import pytest
from django.urls import reverse

from readerstudy.core.errors import Conflict, InvalidInputs, NotAllowed
from readerstudy.core.models import AuditEvent
from readerstudy.intake.choices import ImportState
from readerstudy.intake.columns import SYNONYMS
from readerstudy.intake.forms import FIELDS, MappingForm
from readerstudy.intake.mapping import ManifestMapping
from readerstudy.intake.models import ImportJob
from readerstudy.intake.questions import state_after
from readerstudy.intake.services import map_job
from tests.intake.archives import good_zip
from tests.intake.factories import make_job

# A report as the planner gives it: two columns that it did not recognise, one diagnosis it cannot decide.
REPORT = {
    "can_be_applied": False,
    "header": ["Datei", "Diagnose", "Alter", "notes"],
    "columns": {"age": "Alter"},
    "classes": {"MEL": "malignant", "NEV": "benign"},
    "questions": [
        {"kind": "column", "field": "image", "guess": "Datei", "choices": ["Datei", "notes"]},
        {"kind": "column", "field": "diagnosis", "guess": "", "choices": ["Diagnose", "notes"]},
        {
            "kind": "class",
            "field": "diagnosis",
            "value": "SEK",
            "guess": "benign",
            "choices": ["malignant", "benign", "left out"],
        },
    ],
    "totals": {"images": 0, "cases": 0, "patients": 0, "problems": 0, "warnings": 0},
}
ANSWERS = {"column_image": "Datei", "column_diagnosis": "Diagnose", "column_age": "Alter"}
CLASSES = {"class_0": "benign", "class_1": "malignant", "class_2": "benign"}


@pytest.fixture
def asked(tmp_path, admin, now):
    """A job that waits for answers."""
    job = make_job(good_zip(tmp_path / "a.zip"), admin=admin, now=now)
    ImportJob.objects.update(state=ImportState.ASKED, report=REPORT)
    job.refresh_from_db()
    return job


def form_of(data):
    return MappingForm(data, report=REPORT)


def test_every_field_of_a_manifest_can_be_mapped():
    assert list(FIELDS) == list(SYNONYMS)


def test_what_is_asked_stands_first_with_its_guess():
    form = form_of(None)
    assert [(one.name, one.initial) for one in form.asked_columns] == [
        ("column_image", "Datei"),
        ("column_diagnosis", ""),
    ]
    assert [(one.label, one.initial) for one in form.classes] == [
        ("SEK", "benign"),
        ("MEL", "malignant"),
        ("NEV", "benign"),
    ]
    assert {one.name: one.initial for one in form.other_columns}["column_age"] == "Alter"


def test_only_answers_and_changes_are_kept():
    form = form_of({**ANSWERS, **CLASSES})
    assert form.is_valid(), form.errors
    assert form.mapping() == ManifestMapping(
        {"image": "Datei", "diagnosis": "Diagnose"}, {"SEK": "benign"}
    )
    form = form_of({**ANSWERS, **CLASSES, "column_age": "", "class_2": "left out"})
    assert form.is_valid()
    assert form.mapping() == ManifestMapping(
        {"image": "Datei", "diagnosis": "Diagnose", "age": ""},
        {"SEK": "benign", "NEV": "left out"},
    )


def test_a_column_of_photographs_and_every_diagnosis_must_be_said():
    form = form_of({"column_diagnosis": "Diagnose", "column_age": "shoe"})
    assert set(form.errors) == {"column_image", "column_age", "class_0", "class_1", "class_2"}


@pytest.mark.parametrize(
    ("report", "state"),
    [
        ({"can_be_applied": False, "questions": [{}]}, ImportState.ASKED),
        ({"can_be_applied": True, "questions": []}, ImportState.PLANNED),
        ({"can_be_applied": False}, ImportState.REFUSED),
    ],
)
def test_questions_come_before_the_verdict(report, state):
    assert state_after(report) == state


def test_answers_are_stored_and_the_archive_is_checked_again(
    client, asked, admin, django_capture_on_commit_callbacks
):
    client.force_login(admin)
    text = client.get(reverse("intake:job", args=[asked.public_id])).content.decode()
    assert "Columns that were not recognised" in text
    assert "SEK" in text
    address = reverse("intake:mapping", args=[asked.public_id])
    assert client.post(address, {**ANSWERS, **CLASSES}).status_code == 302
    asked.refresh_from_db()
    assert asked.state == ImportState.UPLOADED
    assert asked.mapping == {
        "columns": {"image": "Datei", "diagnosis": "Diagnose"},
        "classes": {"SEK": "benign"},
    }
    assert AuditEvent.objects.filter(verb="import.mapped").count() == 1


def test_an_answer_that_is_missing_is_told_at_its_field(client, asked, admin):
    client.force_login(admin)
    address = reverse("intake:mapping", args=[asked.public_id])
    response = client.post(address, {**CLASSES, "column_diagnosis": "Diagnose"})
    assert response.status_code == 400
    assert "This field is required" in response.content.decode()
    asked.refresh_from_db()
    assert (asked.state, asked.mapping) == (ImportState.ASKED, {})


def test_later_answers_stand_beside_earlier_ones(asked, admin, now):
    map_job(actor=admin, job=asked, mapping=ManifestMapping({"image": "Datei"}), now=now)
    ImportJob.objects.update(state=ImportState.ASKED, report=REPORT)
    again = ManifestMapping({"diagnosis": "Diagnose"}, {"SEK": "left out"})
    map_job(actor=admin, job=asked, mapping=again, now=now)
    asked.refresh_from_db()
    assert asked.mapping == {
        "columns": {"image": "Datei", "diagnosis": "Diagnose"},
        "classes": {"SEK": "left out"},
    }


def test_answers_that_fit_nothing_are_all_told_and_change_nothing(asked, admin, now):
    wrong = ManifestMapping({"image": "Foto", "shoe": "Datei"}, {"SEK": "fine"})
    with pytest.raises(InvalidInputs) as raised:
        map_job(actor=admin, job=asked, mapping=wrong, now=now)
    assert [one.code for one in raised.value.problems] == [
        "unknown_field",
        "unknown_column",
        "unknown_class",
    ]
    asked.refresh_from_db()
    assert asked.state == ImportState.ASKED


def test_only_admins_answer_and_only_while_it_is_asked(asked, admin, coordinator, now):
    mapping = ManifestMapping({"image": "Datei"})
    with pytest.raises(NotAllowed):
        map_job(actor=coordinator, job=asked, mapping=mapping, now=now)
    map_job(actor=admin, job=asked, mapping=mapping, now=now)
    with pytest.raises(Conflict, match="cannot be changed now"):
        map_job(actor=admin, job=asked, mapping=mapping, now=now)


def test_an_import_checked_before_manifests_were_asked_about_can_still_be_confirmed(
    client, asked, admin
):
    old = {"columns": {"image": "file"}, "totals": {"images": 4}, "problems": [], "warnings": []}
    ImportJob.objects.update(state=ImportState.PLANNED, report=old)
    client.force_login(admin)
    text = client.get(reverse("intake:job", args=[asked.public_id])).content.decode()
    assert "Import 4 images" in text
    assert "Change columns and diagnoses" in text


def test_values_of_a_manifest_are_shown_as_text(client, asked, admin):
    strange = {**REPORT, "samples": {"Datei": ["<b>photo</b>.png"]}}
    ImportJob.objects.update(report=strange)
    client.force_login(admin)
    text = client.get(reverse("intake:job", args=[asked.public_id])).content.decode()
    # In the choice of columns, and beside the guess.
    assert text.count("Datei: &lt;b&gt;photo&lt;/b&gt;.png") >= 2
    assert "<b>photo" not in text
