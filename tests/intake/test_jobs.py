"""Imports in the background: every state, and every way to be interrupted."""

from datetime import timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError

from readerstudy.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from readerstudy.images.models import Image, ImageSet
from readerstudy.intake import queueing, running
from readerstudy.intake.choices import ImportState
from readerstudy.intake.claims import STALE, claim_job
from readerstudy.intake.correcting import replace_manifest
from readerstudy.intake.jobs import can_be_retried
from readerstudy.intake.models import ImportJob
from readerstudy.intake.selectors import job_for
from readerstudy.intake.services import (
    apply_job,
    apply_plan,
    confirm_job,
    create_job,
    discard_job,
    plan_import,
    plan_job,
    retry_job,
)
from tests.images.test_services import stored_files
from tests.intake.archives import good_files, good_zip, make_zip, manifest, rows
from tests.intake.faults import fill_disk, refusing_rows

LATER = STALE + timedelta(seconds=1)


@pytest.fixture
def upload(tmp_path, admin, now):
    """Makes a job of the files; its task waits for a commit that the test decides on."""

    def make(files=None, actor=admin, beside=None, name="Set"):
        path = make_zip(tmp_path / "upload.zip", good_files() if files is None else files)
        return create_job(
            actor=actor,
            name=name,
            is_synthetic=False,
            archive=ContentFile(path.read_bytes(), name="C:\\photos\\ward.zip"),
            manifest=ContentFile(beside, name="m.csv") if beside else None,
            now=now,
        )

    return make


@pytest.fixture
def clock(now):
    return lambda: now


def test_from_upload_to_image_set(upload, admin, now, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = upload()
    job.refresh_from_db()
    assert (job.state, job.archive_name, job.done, job.total) == ("planned", "ward.zip", 4, 4)
    assert job.report["totals"]["images"] == 4
    with django_capture_on_commit_callbacks(execute=True):
        confirm_job(actor=admin, job=job, now=now)
    job.refresh_from_db()
    assert (job.state, job.error) == ("applied", "")
    assert job.image_set == ImageSet.objects.get()
    assert job.image_set.cases.count() == 4


def test_page_and_command_give_the_same_report(upload, clock, tmp_path):
    files = {**good_files(), "manifest.csv": manifest([*rows(), "no.png,nevus,maybe"])}
    job = upload(files)
    plan_job(job_id=job.pk, clock=clock)
    job.refresh_from_db()
    path = tmp_path / "upload.zip"
    expected = plan_import(archive_path=path, archive_name="ward.zip", name="Set").report()
    assert job.report == expected
    assert job.state == ImportState.REFUSED


def test_uploads_with_truth_and_names_are_not_kept(
    upload, admin, now, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        job = upload(beside=manifest())
    # Archive, manifest and four small pictures of the preview.
    assert len(stored_files("imports")) == 6
    with django_capture_on_commit_callbacks(execute=True):
        confirm_job(actor=admin, job=job, now=now)
    assert stored_files("imports") == []


def test_only_admins_upload_and_know_of_imports(upload, coordinator, admin):
    with pytest.raises(NotAllowed):
        upload(actor=coordinator)
    assert not ImportJob.objects.exists()
    job = upload()
    with pytest.raises(NotFound):
        job_for(coordinator, job.public_id)
    assert job_for(admin, job.public_id) == job


def test_a_name_or_a_size_that_cannot_be_had_is_refused_before_anything_is_stored(upload, settings):
    with pytest.raises(InvalidInput, match="needs a name"):
        upload(name=" ")
    settings.IMPORT_MAX_ARCHIVE_BYTES = 100
    with pytest.raises(InvalidInput, match=r"ward\.zip has \d+ bytes"):
        upload()
    assert stored_files("imports") == []


def test_a_job_is_confirmed_once(upload, admin, now, clock):
    job = upload()
    with pytest.raises(Conflict):
        confirm_job(actor=admin, job=job, now=now)
    plan_job(job_id=job.pk, clock=clock)
    confirm_job(actor=admin, job=job, now=now)
    with pytest.raises(Conflict):
        confirm_job(actor=admin, job=job, now=now)


@pytest.fixture
def confirmed(upload, admin, now, clock):
    job = upload()
    plan_job(job_id=job.pk, clock=clock)
    return confirm_job(actor=admin, job=job, now=now)


def test_a_task_that_comes_twice_does_its_work_once(confirmed, clock):
    apply_job(job_id=confirmed.pk, clock=clock)
    files = sorted(stored_files())
    apply_job(job_id=confirmed.pk, clock=clock)
    plan_job(job_id=confirmed.pk, clock=clock)
    assert ImageSet.objects.count() == 1
    assert sorted(stored_files()) == files


def test_a_worker_that_lives_is_not_disturbed(confirmed, clock, admin, now):
    claim_job(job_id=confirmed.pk, state=ImportState.APPLYING, clock=clock)
    apply_job(job_id=confirmed.pk, clock=clock)
    assert not ImageSet.objects.exists()
    with pytest.raises(Conflict, match="not interrupted"):
        retry_job(actor=admin, job=confirmed, now=now)


def test_the_work_of_a_killed_worker_is_taken_up_and_its_files_are_removed(
    confirmed, clock, admin, now, django_capture_on_commit_callbacks
):
    claim_job(job_id=confirmed.pk, state=ImportState.APPLYING, clock=clock)
    default_storage.save(f"images/{confirmed.public_id}/leftover.webp", ContentFile(b"half"))
    confirmed.refresh_from_db()
    assert not can_be_retried(confirmed, now=now)
    assert can_be_retried(confirmed, now=now + LATER)
    with django_capture_on_commit_callbacks(execute=True):
        retry_job(actor=admin, job=confirmed, now=now + LATER)
    confirmed.refresh_from_db()
    assert confirmed.state == ImportState.APPLIED
    assert "leftover.webp" not in stored_files()
    assert len(stored_files()) == 8


def test_a_worker_that_was_overtaken_stores_nothing(confirmed, now):
    asked = []

    def clock():
        asked.append(now)
        if len(asked) == 3:
            # While this worker was busy, another one took the job up.
            ImportJob.objects.filter(pk=confirmed.pk).update(attempt=99, heartbeat_at=now)
        return now

    apply_job(job_id=confirmed.pk, clock=clock)
    assert len(asked) > 3
    assert not ImageSet.objects.exists()
    assert stored_files() == []
    confirmed.refresh_from_db()
    assert (confirmed.state, confirmed.error) == ("applying", "")


def test_a_failure_is_told_and_can_be_tried_again(
    confirmed, clock, admin, settings, django_capture_on_commit_callbacks
):
    roomy = fill_disk(settings)
    apply_job(job_id=confirmed.pk, clock=clock)
    confirmed.refresh_from_db()
    assert confirmed.state == ImportState.FAILED
    assert "No space left on device" in confirmed.error
    assert stored_files() == []
    settings.STORAGES = roomy
    with django_capture_on_commit_callbacks(execute=True):
        retry_job(actor=admin, job=confirmed, now=clock())
    confirmed.refresh_from_db()
    assert (confirmed.state, confirmed.error) == (ImportState.APPLIED, "")


def test_a_failure_nobody_foresaw_is_told_and_reaches_the_log(confirmed, clock):
    with refusing_rows("truth_referencestandard"), pytest.raises(IntegrityError):
        apply_job(job_id=confirmed.pk, clock=clock)
    confirmed.refresh_from_db()
    assert (confirmed.state, ImageSet.objects.count()) == (ImportState.FAILED, 0)
    assert "log" in confirmed.error
    assert stored_files() == []


def test_a_name_that_was_taken_between_check_and_confirmation_is_a_refusal(
    confirmed, clock, admin, now, tmp_path
):
    plan = plan_import(archive_path=good_zip(tmp_path / "a.zip"))
    apply_plan(actor=admin, plan=plan, name="Set", is_synthetic=False, now=now)
    apply_job(job_id=confirmed.pk, clock=clock)
    confirmed.refresh_from_db()
    assert confirmed.state == ImportState.REFUSED
    assert [one["code"] for one in confirmed.report["problems"]] == ["name_taken"]


def test_a_checked_import_can_be_discarded_and_a_running_one_cannot(
    upload, admin, now, clock, django_capture_on_commit_callbacks
):
    job = upload()
    with pytest.raises(Conflict):
        discard_job(actor=admin, job=job, now=now)
    plan_job(job_id=job.pk, clock=clock)
    with django_capture_on_commit_callbacks(execute=True):
        discard_job(actor=admin, job=job, now=now)
    assert not ImportJob.objects.exists()
    assert stored_files("imports") == []


@pytest.mark.django_db(transaction=True)
def test_an_archive_stays_where_the_queue_is_lost_after_the_import_was_stored(upload, monkeypatch):
    def lost(*_message):
        raise AttributeError("'NoneType' object has no attribute 'client'")

    monkeypatch.setattr(queueing, "send_job", lost)
    with pytest.raises(AttributeError):
        upload()
    job = ImportJob.objects.get()
    assert default_storage.exists(job.archive.name)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "error", [OSError(5, "The bucket does not answer"), SoftTimeLimitExceeded()]
)
def test_photographs_stay_where_something_fails_after_they_were_stored(confirmed, clock, monkeypatch, error):  # fmt: skip
    def fails(_job):
        raise error

    monkeypatch.setattr(running, "remove_uploads", fails)
    apply_job(job_id=confirmed.pk, clock=clock)
    job = ImportJob.objects.get()
    assert (job.state, job.error) == (ImportState.APPLIED, "")
    stored = Image.objects.filter(case__image_set=job.image_set)
    assert stored.count() == 4
    assert all(default_storage.exists(one.file.name) for one in stored)


@pytest.mark.django_db(transaction=True)
def test_a_manifest_in_place_of_another_has_a_name_of_its_own(upload, admin, now, monkeypatch):
    """A bucket overwrites what has the same name, and the one before is removed after the commit."""
    monkeypatch.setattr(queueing, "send_job", lambda *_: None)
    job = upload(beside=manifest())
    plan_job(job_id=job.pk, clock=lambda: now)
    job.refresh_from_db()
    before = job.manifest.name
    job = replace_manifest(actor=admin, job=job, manifest=ContentFile(manifest(), name="m.csv"), now=now)  # fmt: skip
    assert job.manifest.name != before
    assert default_storage.exists(job.manifest.name)
    assert not default_storage.exists(before)
