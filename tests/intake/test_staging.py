"""Photographs are decoded once: what the check made, the import stores."""

import pytest

from readerstudy.images.models import Image
from readerstudy.intake import photographs
from readerstudy.intake.models import ImportJob
from readerstudy.intake.pixels import encode_image
from readerstudy.intake.running import plan_job
from readerstudy.intake.services import apply_plan, confirm_job, discard_job, plan_import
from readerstudy.intake.sources import sha256_of_source
from readerstudy.intake.staging import Staged, staging_folder, temporary_staging
from tests.intake.archives import good_zip
from tests.intake.factories import make_job
from tests.intake.photographs import png

pytestmark = pytest.mark.django_db


@pytest.fixture
def decoded(monkeypatch):
    """The names of the photographs that were decoded, as often as they were."""
    names = []

    def noted(function):
        def call(content, *, name):
            names.append(name)
            return function(content, name=name)

        return call

    for name in ("encode_in_child", "inspect_in_child"):
        monkeypatch.setattr(photographs, name, noted(getattr(photographs, name)))
    return names


@pytest.fixture
def applied(admin, now):
    return lambda plan: apply_plan(
        actor=admin, plan=plan, name="A set", is_synthetic=False, now=now
    )


def test_each_photograph_is_decoded_once_for_check_and_import(tmp_path, decoded, applied):
    plan = plan_import(archive_path=good_zip(tmp_path / "a.zip"), staging=tmp_path / "staged")
    applied(plan)
    assert sorted(decoded) == [f"photo{number}.png" for number in range(4)]


def test_without_a_folder_nothing_is_kept_and_the_import_is_the_same(tmp_path, applied):
    path = good_zip(tmp_path / "a.zip")
    kept = plan_import(archive_path=path, staging=tmp_path / "staged")
    not_kept = plan_import(archive_path=path)
    assert kept.report() == not_kept.report()
    assert kept.cases == not_kept.cases
    hashes = {one.origin["position"]: one.sha256 for one in Image.objects.filter(case__image_set=applied(not_kept))}  # fmt: skip
    assert hashes == {number + 2: encode_image(png(number), name="a").sha256 for number in range(4)}


@pytest.mark.parametrize("damage", ["gone", "changed", "no facts"])
def test_what_is_not_as_it_was_put_is_made_anew(tmp_path, decoded, applied, damage):
    plan = plan_import(archive_path=good_zip(tmp_path / "a.zip"), staging=tmp_path / "staged")
    decoded.clear()
    place = plan.staged._path("photo2.png")
    if damage == "gone":
        place.with_suffix(".image").unlink()
    elif damage == "changed":
        place.with_suffix(".image").write_bytes(b"RIFF")
    else:
        place.with_suffix(".json").unlink()
    image_set = applied(plan)
    assert decoded == ["photo2.png"]
    stored = {one.original_name: one.sha256 for one in Image.objects.filter(case__image_set=image_set)}  # fmt: skip
    assert stored["photo2.png"] == encode_image(png(2), name="a").sha256


def test_another_archive_does_not_find_what_was_kept_of_the_first(tmp_path):
    image = encode_image(png(), name="a")
    Staged(tmp_path, "first").put("photo.png", image)
    assert Staged(tmp_path, "first").image("photo.png") == image
    assert Staged(tmp_path, "second").image("photo.png") is None
    assert Staged(tmp_path, "first").facts("PHOTO.png") is None


def test_a_check_that_is_taken_up_again_does_not_decode_again(tmp_path, decoded):
    path = good_zip(tmp_path / "a.zip")
    plan_import(archive_path=path, staging=tmp_path / "staged")
    again = plan_import(archive_path=path, staging=tmp_path / "staged")
    assert len(decoded) == 4
    assert again.can_be_applied
    assert again.staged.source_sha256 == sha256_of_source(path)


def test_the_place_in_the_archive_is_recorded(tmp_path):
    plan = plan_import(archive_path=good_zip(tmp_path / "a.zip"))
    assert [image.origin["position"] for image in plan.images] == [2, 3, 4, 5]


@pytest.mark.parametrize("end", [confirm_job, discard_job])
def test_what_a_job_kept_is_gone_once_it_is_imported_or_discarded(
    tmp_path, admin, now, end, django_capture_on_commit_callbacks
):
    job = make_job(good_zip(tmp_path / "a.zip"), admin=admin, now=now)
    plan_job(job_id=job.pk, clock=lambda: now)
    assert any(staging_folder(job.public_id).iterdir())
    with django_capture_on_commit_callbacks(execute=True):
        end(actor=admin, job=ImportJob.objects.get(pk=job.pk), now=now)
    assert not staging_folder(job.public_id).exists()


def test_a_temporary_folder_is_gone_after_its_block():
    with temporary_staging() as folder:
        Staged(folder, "a").put("b", encode_image(png(), name="a"))
        assert any(folder.iterdir())
    assert not folder.exists()
