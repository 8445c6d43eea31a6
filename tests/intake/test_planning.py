"""What a plan finds in archive and manifest: all problems at once, with their places."""

import json

import pytest

from readerstudy.images.models import ImageSet
from readerstudy.intake.mapping import ManifestMapping
from readerstudy.intake.report import report_csv, report_text
from readerstudy.intake.services import plan_import
from readerstudy.truth.services import Truth
from tests.intake.archives import good_files, manifest, photographs, rows
from tests.intake.photographs import jpeg, png


def places(problems):
    return [(problem.code, problem.row, problem.column) for problem in problems]


def with_rows(lines, header="image,diagnosis,malignant", **more):
    return {**photographs(), "manifest.csv": manifest(lines, header), **more}


def test_a_good_archive_has_no_problem(plan_of):
    plan = plan_of(good_files())
    assert plan.can_be_applied
    assert (plan.problems, plan.warnings) == ((), ())
    assert plan.report()["totals"] == {
        "images": 4,
        "cases": 4,
        "patients": None,
        "left_out": 0,
        "problems": 0,
        "warnings": 0,
    }
    assert [case.truth for case in plan.cases[:2]] == [
        Truth(malignant=False, diagnosis="nevus"),
        Truth(malignant=True, diagnosis="melanoma"),
    ]


def test_planning_stores_nothing(plan_of, tmp_path, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        plan_of(good_files(), name="Set")
    assert not ImageSet.objects.exists()
    assert not (tmp_path / "media").exists()


def test_a_folder_in_the_archive_is_fine(plan_of):
    files = {f"set/{name}": content for name, content in good_files().items()}
    assert plan_of(files).can_be_applied


def test_texts_beside_the_images_are_noted_and_left(plan_of):
    plan = plan_of({**good_files(), "README.md": b"Hello", "LICENSE": b"CC0"})
    assert plan.can_be_applied
    assert plan.ignored_files == ("README.md", "LICENSE")


def test_a_manifest_beside_the_archive_wins_over_one_in_it(plan_of):
    plan = plan_of(good_files(), manifest=manifest(rows(2)), manifest_name="two.csv")
    assert (plan.manifest_name, len(plan.images)) == ("two.csv", 2)


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + manifest(),
        manifest().replace(b",", b";"),
        manifest().replace(b",", b"\t"),
        manifest().decode().encode("utf-16"),
        manifest().replace(b"\r\n", b"\n") + b"\n\n",
        manifest().replace(b".png", b""),
        manifest().replace(b"photo", b"./PHOTO"),
        manifest().replace(b"image,diagnosis,malignant", b"FILENAME,dx,Benign-Malignant"),
    ],
    ids=[
        "mark",
        "semicolon",
        "tab",
        "utf-16",
        "empty last lines",
        "without extension",
        "other case and folder",
        "other names of columns",
    ],
)
def test_manifests_as_people_make_them_are_read(plan_of, content):
    plan = plan_of({**photographs(), "manifest.csv": content})
    assert plan.problems == ()
    assert len(plan.images) == 4


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"image,diagnosis\0,malignant\r\n", "not_text"),
        (b"\xff\xfei\x00m", "not_text"),
        (b"", "empty_file"),
        (b"image,diagnosis,malignant\r\n", "no_rows"),
        (b"image,image,malignant\r\na,b,c", "repeated_column"),
        (b'image,diagnosis,malignant\r\n"a,b', "not_csv"),
    ],
)
def test_a_manifest_that_is_none_is_one_problem(plan_of, content, code):
    [problem] = plan_of({**photographs(), "manifest.csv": content}).problems
    assert problem.code == code
    assert "manifest.csv" in str(problem)


def test_no_manifest_and_several_manifests_are_problems(plan_of):
    assert [one.code for one in plan_of(photographs()).problems] == ["no_manifest"]
    two = {**good_files(), "other.csv": manifest()}
    assert [one.code for one in plan_of(two).problems] == ["several_manifests"]


def test_missing_columns_are_told_with_the_names_they_go_by(plan_of):
    none = ManifestMapping({"diagnosis": "", "malignant": ""})
    plan = plan_of({**photographs(), "manifest.csv": b"image,notes\r\nphoto0.png,x"}, mapping=none)
    assert places(plan.problems) == [
        ("missing_column", 1, "diagnosis"),
        ("missing_column", 1, "malignant"),
    ]
    assert "benign_malignant" in plan.problems[1].message
    assert not plan.can_be_applied


def test_all_problems_are_told_at_once_with_file_row_and_column(plan_of):
    files = {
        **photographs(),
        "broken.jpg": jpeg(width=200, height=100)[:-900],
        "text.png": b"Dear colleague",
        "manifest.csv": manifest(
            [
                "photo0.png,nevus,0",
                "photo1.png,nevus,maybe",
                "missing.png,nevus,0",
                "photo0.png,nevus,0",
                "broken.jpg,nevus,0",
                "text.png,,1",
                "text.png,melanoma,1,surplus",
                ",nevus,0",
            ]
        ),
    }
    plan = plan_of(files)
    assert places(plan.problems) == [
        ("unknown_value", 3, "malignant"),
        ("image_missing", 4, "image"),
        ("duplicate_row", 5, "image"),
        ("broken_image", 6, "image"),
        ("value_missing", 7, "diagnosis"),
        ("too_many_cells", 8, ""),
        ("duplicate_row", 8, "image"),
        ("value_missing", 9, "image"),
    ]
    assert {problem.file for problem in plan.problems} == {"manifest.csv"}
    assert "“maybe”" in plan.problems[0].message
    assert "broken.jpg" in plan.problems[3].message
    assert str(plan.problems[1]).startswith("manifest.csv, row 4, column image: There is no image")


def test_a_text_file_with_an_images_name_is_refused(plan_of):
    files = with_rows([*rows(), "text.png,nevus,0"], **{"text.png": b"Dear colleague"})
    assert places(plan_of(files).problems) == [("not_an_image", 6, "image")]


def test_an_image_in_no_row_is_a_warning(plan_of):
    plan = plan_of({**good_files(), "extra.png": png(9)})
    assert plan.can_be_applied
    assert [(one.code, one.file) for one in plan.warnings] == [("unlisted_image", "extra.png")]


def test_a_name_that_can_mean_two_files_is_a_problem(plan_of):
    files = {
        "a/photo.png": png(1),
        "b/photo.png": png(2),
        "manifest.csv": manifest(["photo.png,nevus,0", "b/photo.png,melanoma,1"]),
    }
    assert places(plan_of(files).problems) == [("ambiguous_image", 2, "image")]


def test_the_column_that_names_files_is_found(plan_of):
    lines = [f"x{number},photo{number},nevus,0" for number in range(4)]
    plan = plan_of(with_rows(lines, header="file,image_id,diagnosis,malignant"))
    assert plan.can_be_applied
    assert plan.columns["image"] == "image_id"
    assert plan.ignored_columns == ("file",)


def test_rows_of_one_lesion_are_one_case(plan_of):
    lines = [
        "photo0.png,nevus,0,P1,L1,40,close-up",
        "photo1.png,nevus,0,P1,L1,,overview",
        "photo2.png,melanoma,1,P2,L1,50,close-up",
        "photo3.png,nevus,0,P2,,50,close-up",
    ]
    plan = plan_of(with_rows(lines, "image,diagnosis,malignant,patient_id,lesion_id,age,view"))
    assert plan.problems == ()
    assert [[image.entry for image in case.images] for case in plan.cases] == [
        ["photo0.png", "photo1.png"],
        ["photo2.png"],
        ["photo3.png"],
    ]
    assert [image.view for image in plan.cases[0].images] == ["close_up", "overview"]
    assert (plan.cases[0].age_years, plan.report()["totals"]["patients"]) == (40, 2)


def test_a_lesion_with_two_truths_is_a_problem_that_tells_neither(plan_of):
    lines = ["photo0.png,nevus,0,L1", "photo1.png,melanoma,1,L1", "photo2.png,nevus,0,L2"]
    plan = plan_of(with_rows(lines, "image,diagnosis,malignant,lesion_id"))
    assert places(plan.problems) == [
        ("contradiction", 3, "malignant"),
        ("contradiction", 3, "diagnosis"),
    ]
    report = json.dumps(plan.report())
    assert "melanoma" not in report
    assert "nevus" not in report


def test_a_lesion_with_two_ages_is_a_warning(plan_of):
    lines = ["photo0.png,nevus,0,L1,40", "photo1.png,nevus,0,L1,41"]
    plan = plan_of(with_rows(lines, "image,diagnosis,malignant,lesion_id,age"))
    assert plan.can_be_applied
    assert ("contradiction", 3, "age") in places(plan.warnings)


def test_the_same_pixels_twice_are_a_warning_and_with_another_truth_a_problem(plan_of):
    copies = {"copy.png": png(0), "lie.tif": png(0)}
    lines = ["photo0.png,nevus,0", "copy.png,nevus,0", "lie.tif,melanoma,1"]
    plan = plan_of(with_rows(lines, **copies))
    assert places(plan.problems) == [("same_pixels_other_truth", 4, "image")]
    assert ("same_pixels", 3, "image") in places(plan.warnings)


def test_a_synthetic_row_makes_the_plan_synthetic(plan_of):
    lines = ["photo0.png,nevus,0,yes", "photo1.png,nevus,0,"]
    plan = plan_of(with_rows(lines, "image,diagnosis,malignant,synthetic"))
    assert plan.has_synthetic


def test_a_hostile_archive_is_told_with_everything_else(plan_of):
    plan = plan_of(
        {**good_files(), "../evil.png": png(8), "manifest.csv": manifest([*rows(), "x,y,z"])}
    )
    assert [one.code for one in plan.problems] == [
        "path_leads_outside",
        "image_missing",
        "unknown_value",
    ]


def test_the_name_of_the_image_set_is_checked_too(plan_of):
    assert [one.field for one in plan_of(good_files(), name=" ").problems] == ["name"]
    assert [one.field for one in plan_of(good_files(), name="x" * 201).problems] == ["name"]


def test_a_file_that_is_no_archive_is_one_problem(tmp_path, db):
    path = tmp_path / "photos.zip"
    path.write_bytes(b"Dear colleague")
    plan = plan_import(archive_path=path, archive_name="photos.zip")
    assert [one.code for one in plan.problems] == ["not_an_archive"]
    assert plan.report()["totals"]["images"] == 0


def test_progress_is_told_for_every_image(plan_of):
    told = []
    plan_of(good_files(), on_progress=lambda done, total: told.append((done, total)))
    # Before and after the photographs it is said only that the work goes on.
    assert list(dict.fromkeys(told)) == [(0, 0), (1, 4), (2, 4), (3, 4), (4, 4)]


def test_the_report_as_text_and_as_csv_tells_every_place(plan_of):
    plan = plan_of(
        {**good_files(), "extra.png": png(9), "manifest.csv": manifest([*rows(), "no.png,nevus,0"])}
    )
    text = report_text(plan.report())
    assert "manifest.csv, row 6, column image: There is no image no.png in the archive." in text
    assert "extra.png: The image is in the archive and in no row" in text
    assert text.endswith("cannot be imported as it is.")
    lines = report_csv(plan.report()).splitlines()
    assert lines[0] == "kind,file,row,column,code,message"
    assert lines[1].startswith("problem,manifest.csv,6,image,image_missing,")
    assert lines[2].startswith("warning,extra.png,,,unlisted_image,")
