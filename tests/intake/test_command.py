"""`manage.py import_images`."""

import json

import pytest
from django.core.management import CommandError, call_command

from readerstudy.images.models import ImageSet
from readerstudy.intake.report import report_json
from readerstudy.intake.services import plan_import
from tests.intake.archives import good_files, good_zip, make_zip, manifest, rows


def run(capsys, *arguments, fails=""):
    if fails:
        with pytest.raises(CommandError, match=fails):
            call_command("import_images", *map(str, arguments))
    else:
        call_command("import_images", *map(str, arguments))
    return capsys.readouterr().out


@pytest.fixture
def archive(tmp_path):
    return good_zip(tmp_path / "ward seven.zip")


def test_the_archive_is_imported_under_its_own_name(archive, admin, capsys):
    out = run(capsys, archive)
    image_set = ImageSet.objects.get()
    assert (image_set.name, image_set.created_by) == ("ward seven", admin)
    assert "4 images of 4 cases" in out
    assert f"Stored as image set {image_set.public_id}." in out


def test_a_dry_run_stores_nothing_and_tells_the_services_report(archive, db, capsys):
    out = run(capsys, archive, "--dry-run", "--json")
    assert out == report_json(plan_import(archive_path=archive, name="ward seven").report())
    assert not ImageSet.objects.exists()


def test_the_json_of_an_import_with_problems_is_the_services_report(tmp_path, admin, capsys):
    files = {**good_files(), "manifest.csv": manifest([*rows(), "missing.png,nevus,maybe"])}
    path = make_zip(tmp_path / "photos.zip", files)
    out = run(capsys, path, "--json", fails=r"problems \(2\); nothing was stored")
    report = json.loads(out)
    assert report == plan_import(archive_path=path, name="photos").report()
    assert [(one["row"], one["column"]) for one in report["problems"]] == [
        (6, "image"),
        (6, "malignant"),
    ]
    assert not ImageSet.objects.exists()


def test_a_manifest_beside_the_archive_a_name_and_a_mark(archive, tmp_path, admin, capsys):
    beside = tmp_path / "two.csv"
    beside.write_bytes(manifest(rows(2)))
    run(capsys, archive, "--manifest", beside, "--name", "Two", "--synthetic")
    image_set = ImageSet.objects.get()
    assert (image_set.name, image_set.is_synthetic, image_set.cases.count()) == ("Two", True, 2)


def test_a_file_that_is_not_there_is_told(tmp_path, archive, db, capsys):
    run(capsys, tmp_path / "nothing.zip", fails=r"nothing\.zip cannot be read: No such file")
    run(capsys, archive, "--manifest", tmp_path / "no.csv", fails=r"no\.csv cannot be read")


def test_without_an_admin_the_command_says_how_to_make_one(archive, db, capsys):
    run(capsys, archive, fails="no admin yet; make one with: manage.py createsuperuser")
    run(capsys, archive, "--admin", "a@b.org", fails="no admin a@b.org")


def test_questions_are_told_and_answered_with_a_file(tmp_path, admin, capsys):
    lines = [row.rpartition(",")[0] for row in rows()]
    files = {**good_files(), "manifest.csv": manifest(lines, "image,diagnosis")}
    path = make_zip(tmp_path / "photos.zip", files)
    out = run(capsys, path, fails=r"leaves questions \(2\); answer them with --map")
    assert "Is nevus malignant, benign or left out? (likely benign)" in out
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps({"classes": {"nevus": "benign", "melanoma": "malignant"}}))
    run(capsys, path, "--map", answers)
    assert ImageSet.objects.get().cases.count() == 4


def test_answers_that_cannot_be_read_are_told(tmp_path, archive, db, capsys):
    answers = tmp_path / "answers.json"
    run(capsys, archive, "--map", answers, fails=r"answers\.json cannot be read")
    answers.write_text("{")
    run(capsys, archive, "--map", answers, fails=r"answers\.json is not a readable JSON file")
    answers.write_text("[]")
    run(capsys, archive, "--map", answers, fails=r"answers\.json should hold")
