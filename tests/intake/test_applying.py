"""All of a plan is stored, or nothing."""

import io

import numpy as np
import pytest
from django.db import IntegrityError, transaction
from PIL import Image as Picture

from readerstudy.core.errors import InvalidInput, InvalidInputs, NotAllowed
from readerstudy.core.models import AuditEvent
from readerstudy.images.models import Case, Image, ImageSet
from readerstudy.intake.ordered import map_in_order
from readerstudy.intake.services import apply_plan, plan_import
from readerstudy.truth.models import ReferenceStandard
from tests.images.test_services import stored_files
from tests.intake.archives import good_files, good_zip, make_zip, manifest, photographs
from tests.intake.faults import fill_disk, refusing_rows
from tests.intake.photographs import pixels, png


def nothing_is_stored():
    rows = [
        model.objects.count() for model in (ImageSet, Case, Image, ReferenceStandard, AuditEvent)
    ]
    return rows == [0] * 5 and stored_files() == []


def test_images_cases_and_truth_are_stored(plan_of, admin, now):
    plan = plan_of(good_files())
    image_set = apply_plan(actor=admin, plan=plan, name="Set", is_synthetic=False, now=now)
    assert (image_set.name, image_set.source_name) == ("Set", "photos.zip")
    assert image_set.source_sha256 == plan.archive_sha256
    stored = {image.original_name: image for image in Image.objects.select_related("case")}
    assert sorted(stored) == [f"photo{number}.png" for number in range(4)]
    truths = {one.case_id: one for one in ReferenceStandard.objects.all()}
    for number in range(4):
        image = stored[f"photo{number}.png"]
        assert truths[image.case_id].malignant == bool(number % 2)
        with image.file.open() as file:
            found = np.asarray(Picture.open(io.BytesIO(file.read())))
        assert np.array_equal(found, np.asarray(pixels(seed=number)))
    assert len(stored_files()) == 8


def test_the_manifests_facts_reach_the_case(plan_of, admin, now):
    header = "image,diagnosis,malignant,patient_id,lesion_id,age,gender,region,fitzpatrick,biopsed,license,attribution"
    line = "photo0.png,MEL,1,PAT_1,7,85+,MALE,FACE,III,True,CC BY 4.0,Somebody"
    plan = plan_of({**photographs(1), "manifest.csv": manifest([line], header)})
    apply_plan(actor=admin, plan=plan, name="Set", is_synthetic=False, now=now)
    case = Case.objects.get()
    assert (case.patient_ref, case.lesion_ref, case.age_years) == ("PAT_1", "7", 85)
    assert (case.sex, case.site, case.fitzpatrick) == ("male", "face", 3)
    image = case.images.get()
    assert (image.licence, image.attribution, image.ordinal) == ("CC BY 4.0", "Somebody", 1)
    assert ReferenceStandard.objects.get().confirmation == "biopsy"


@pytest.mark.parametrize(("tick", "column"), [(True, ""), (False, "yes")])
def test_an_image_set_is_synthetic_if_somebody_says_so(plan_of, admin, now, tick, column):
    header = "image,diagnosis,malignant,synthetic"
    files = {**photographs(1), "manifest.csv": manifest([f"photo0.png,m,1,{column}"], header)}
    made = apply_plan(actor=admin, plan=plan_of(files), name="Set", is_synthetic=tick, now=now)
    assert made.is_synthetic


def test_only_admins_import(plan_of, coordinator, now):
    with pytest.raises(NotAllowed):
        apply_plan(
            actor=coordinator, plan=plan_of(good_files()), name="Set", is_synthetic=False, now=now
        )
    assert nothing_is_stored()


def test_a_plan_with_problems_is_refused_with_all_of_them(plan_of, admin, now):
    plan = plan_of({"manifest.csv": manifest(["a.png,m,1", "b.png,m,x"])})
    with pytest.raises(InvalidInputs) as raised:
        apply_plan(actor=admin, plan=plan, name="Set", is_synthetic=False, now=now)
    assert len(raised.value.problems) == 3
    assert nothing_is_stored()


def test_an_archive_that_changed_since_it_was_planned_is_refused(tmp_path, admin, now):
    path = good_zip(tmp_path / "photos.zip")
    plan = plan_import(archive_path=path)
    make_zip(path, good_files(3))
    with pytest.raises(InvalidInput, match="has changed"):
        apply_plan(actor=admin, plan=plan, name="Set", is_synthetic=False, now=now)
    assert nothing_is_stored()


def test_a_name_that_was_taken_meanwhile_is_refused(plan_of, admin, now):
    plan = plan_of(good_files())
    apply_plan(actor=admin, plan=plan, name="Set", is_synthetic=False, now=now)
    before = stored_files()
    with pytest.raises(InvalidInput, match="already an image set"):
        apply_plan(actor=admin, plan=plan, name="Set", is_synthetic=False, now=now)
    assert sorted(stored_files()) == sorted(before)


def test_a_failure_in_the_middle_of_the_files_leaves_nothing(plan_of, admin, now):
    def stop(done, _total):
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        apply_plan(
            actor=admin,
            plan=plan_of(good_files()),
            name="Set",
            is_synthetic=False,
            now=now,
            on_progress=stop,
        )
    assert nothing_is_stored()


def test_a_failure_in_the_middle_of_the_rows_leaves_nothing(plan_of, admin, now):
    plan = plan_of(good_files())
    with (
        refusing_rows("truth_referencestandard"),
        pytest.raises(IntegrityError),
        transaction.atomic(),
    ):
        apply_plan(actor=admin, plan=plan, name="Set", is_synthetic=False, now=now)
    assert nothing_is_stored()


def test_a_disk_that_fills_up_leaves_nothing(plan_of, admin, now, settings):
    plan = plan_of(good_files())
    fill_disk(settings)
    with pytest.raises(OSError, match="No space left"):
        apply_plan(actor=admin, plan=plan, name="Set", is_synthetic=False, now=now)
    assert nothing_is_stored()


def test_pixels_that_are_stored_already_are_a_warning_with_the_image_sets_name(plan_of, admin, now):
    plan = plan_of(good_files())
    apply_plan(actor=admin, plan=plan, name="First", is_synthetic=False, now=now)
    again = plan_of({"other.png": png(0), "manifest.csv": manifest(["other.png,nevus,0"])})
    assert again.can_be_applied
    [warning] = again.warnings
    assert (warning.code, warning.row) == ("already_stored", 2)
    assert "First" in warning.message
    taken = plan_of(good_files(), name="First")
    assert [problem.code for problem in taken.problems] == ["name_taken"]


def test_work_on_several_cores_keeps_the_order_and_takes_items_as_needed():
    taken = []

    def items():
        for number in range(50):
            taken.append(number)
            yield number

    results = map_in_order(lambda number: number * 2, items(), workers=3)
    assert next(results) == 0
    assert len(taken) <= 5
    assert list(results) == [number * 2 for number in range(1, 50)]


def test_the_first_failure_on_several_cores_is_raised():
    with pytest.raises(ZeroDivisionError):
        list(map_in_order(lambda number: 1 // number, [2, 1, 0, 3], workers=2))
