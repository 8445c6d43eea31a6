"""Photographs, models and archives in an S3 bucket: the whole path, over a real S3 server."""

import hashlib
import io
import uuid
from datetime import timedelta
from urllib.request import urlopen

import pytest
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.urls import reverse

from inference.models import ModelDraft
from inference.networks import network_of
from inference.services import execute_run, start_runs
from readerstudy.core import clock
from readerstudy.core.health import not_ready
from readerstudy.core.ids import new_public_id
from readerstudy.core.media import disk_path, fetch_into, sha256_of_stored
from readerstudy.images.models import Image
from readerstudy.intake.chunks import add_piece, begin_upload
from readerstudy.intake.jobs import create_job, create_job_of_upload
from readerstudy.intake.models import ImportJob
from readerstudy.intake.services import confirm_job
from readerstudy.intake.tasks import apply_job_task, plan_job_task
from readerstudy.intake.undoing import undo_import
from readerstudy.operations.housekeeping import remove_lost_files
from readerstudy.reading.selectors import positions_of
from tests.inference.factories import make_locked_study, make_model
from tests.intake.archives import make_zip, manifest, rows
from tests.intake.photographs import jpeg
from tests.operations.s3_server import make_bucket, s3_server, storage_on
from tests.reading.factories import begin, open_study


@pytest.fixture(scope="module")
def address():
    with s3_server() as address:
        yield address


@pytest.fixture
def bucket(address, settings):
    """The names of all objects, as a function."""
    name = f"media-{uuid.uuid4().hex[:8]}"
    s3 = make_bucket(address, name)
    settings.STORAGES = {**settings.STORAGES, "default": storage_on(address, name)}

    def names():
        return sorted(one["Key"] for one in s3.list_objects_v2(Bucket=name).get("Contents", []))

    return names


@pytest.fixture
def archive(tmp_path):
    files = {"manifest.csv": manifest(rows(4))}
    files |= {f"photo{n}.png": jpeg(n, 320, 240) for n in range(4)}
    return make_zip(tmp_path / "ward.zip", files)


def imported(admin, job, now):
    plan_job_task.run(job.pk)
    job.refresh_from_db()
    confirm_job(actor=admin, job=job, now=now)
    apply_job_task.run(job.pk)
    job.refresh_from_db()
    return job


def test_an_import_writes_reads_and_is_taken_back(  # noqa: PLR0917 (fixtures)
    bucket, archive, admin, client, now, django_capture_on_commit_callbacks
):
    with archive.open("rb") as file, django_capture_on_commit_callbacks(execute=True):
        job = create_job(
            actor=admin,
            name="Ward",
            is_synthetic=True,
            archive=File(file, name="ward.zip"),
            now=now,
        )
    with django_capture_on_commit_callbacks(execute=True):
        job = imported(admin, job, now)
    assert job.state == "applied", job.error or job.report
    images = list(Image.objects.all())
    assert len(images) == 4
    stored = {name for one in images for name in (one.file.name, one.thumbnail.name)}
    # The archive, and the pictures of its preview, are gone.
    assert set(bucket()) == {f"site/{name}" for name in stored}
    assert all(sha256_of_stored(one.file.name) == one.sha256 for one in images)
    client.force_login(admin)
    image = images[0]
    reply = client.get(reverse("images:file", args=[image.public_id]))
    assert hashlib.sha256(b"".join(reply)).hexdigest() == image.sha256
    assert reply["Content-Length"] == str(image.bytes)
    assert reply["Cache-Control"] == "private, no-store"
    with django_capture_on_commit_callbacks(execute=True):
        undo_import(actor=admin, job=job, now=now)
    assert bucket() == []


def test_an_upload_in_pieces_becomes_an_archive(
    bucket, archive, admin, now, django_capture_on_commit_callbacks
):
    content = archive.read_bytes()
    upload = begin_upload(actor=admin, name="ward.zip", size=len(content), now=now)
    half = len(content) // 2
    for start, piece in ((0, content[:half]), (half, content[half:])):
        upload = add_piece(upload=upload, start=start, content=piece, now=now)
    assert len(bucket()) == 2
    with django_capture_on_commit_callbacks(execute=True):
        job = create_job_of_upload(
            actor=admin, upload=upload, name="Ward", is_synthetic=True, now=now
        )
    assert [name for name in bucket() if "uploads/" in name] == []
    copy = io.BytesIO()
    fetch_into(ImportJob.objects.get(pk=job.pk).archive.name, copy)
    assert copy.getvalue() == content
    assert imported(admin, job, now).state == "applied"


def test_lost_files_leave_the_bucket_after_a_day(bucket, admin):
    mine, gone = new_public_id(), new_public_id()
    ImportJob.objects.create(
        public_id=mine, name="A", archive_name="a", created_by=admin, created_at=clock.now()
    )
    for one in (mine, gone):
        for name in (f"imports/{one}.archive", f"imports/{one}/{one}.webp", f"uploads/{one}/0"):
            default_storage.save(name, ContentFile(b"names"))
    assert remove_lost_files(now=clock.now()) == 0
    assert len(bucket()) == 6
    assert remove_lost_files(now=clock.now() + timedelta(hours=25)) == 4
    assert bucket() == [f"site/imports/{mine}.archive", f"site/imports/{mine}/{mine}.webp"]
    with pytest.raises(FileNotFoundError):
        default_storage.get_modified_time("imports/none")


def test_a_model_runs_over_photographs_in_the_bucket(bucket, admin, coordinator, now):
    study = make_locked_study(admin=admin, coordinator=coordinator, now=now)
    model = make_model(admin=admin, now=now)
    assert disk_path(model.artefacts.get().file.name) is None
    (run,) = start_runs(actor=coordinator, model=model, study=study, now=now)
    execute_run(run_id=run.pk, clock=lambda: now)
    run.refresh_from_db()
    assert (run.state, run.error, run.scores.count()) == ("done", "", 5)
    assert set(run.scores.values_list("image_sha256", flat=True)) == set(
        Image.objects.values_list("sha256", flat=True)
    )
    # The network's children read a copy on this machine's disk.
    assert network_of(run.artefact, run.provider_requested).network.path.is_file()


def test_a_reader_sees_their_photographs_and_nobody_elses(  # noqa: PLR0917 (fixtures)
    bucket, settings, admin, coordinator, client, now
):
    first, second = [
        open_study(
            admin=admin, coordinator=coordinator, now=now, cases=2, emails=(f"{name}@example.org",),
            pixels=True, title=name,
        )
        for name in ("one", "two")
    ]  # fmt: skip
    enrolment = begin(first, first.enrolments.get().user, now=now)
    other = begin(second, second.enrolments.get().user, now=now)
    position = positions_of(enrolment)[0]
    image = position.study_case.case.images.get()
    path = reverse("reading:image", args=[position.public_id])
    client.force_login(enrolment.user)
    assert hashlib.sha256(b"".join(client.get(path))).hexdigest() == image.sha256
    client.force_login(other.user)
    assert client.get(path).status_code == 404
    # Through nginx: an order with an address that holds for seconds, which nginx keeps to itself.
    settings.MEDIA_S3_ACCEL_PREFIX = "/protected-s3/"
    client.force_login(enrolment.user)
    order = client.get(path)
    assert order.content == b""
    location = order["X-Accel-Redirect"]
    assert location.startswith("/protected-s3/media-")
    assert "X-Amz-Expires=10" in location
    endpoint = settings.STORAGES["default"]["OPTIONS"]["endpoint_url"]
    with urlopen(f"{endpoint}/{location.removeprefix('/protected-s3/')}", timeout=10) as reply:
        assert hashlib.sha256(reply.read()).hexdigest() == image.sha256


def test_what_fails_looks_as_on_a_disk(bucket, settings, admin, now):
    with pytest.raises(FileNotFoundError):
        default_storage.open("no/such/file")
    with pytest.raises(FileNotFoundError):
        fetch_into("no/such/file", io.BytesIO())
    default_storage.delete("no/such/file")
    assert not default_storage.exists("no/such/file")
    assert not_ready(("media",)) == []
    settings.STORAGES = {
        **settings.STORAGES,
        "default": storage_on("http://127.0.0.1:1", "nowhere"),
    }
    with pytest.raises(OSError, match="does not answer"):
        default_storage.save("a", ContentFile(b"a"))
    assert not_ready(("media",)) == ["media"]


def test_a_draft_of_a_model_is_kept_and_let_go(
    bucket, admin, now, django_capture_on_commit_callbacks
):
    from inference.drafts import discard_draft, keep_draft
    from inference.storing import OpenQuestions

    draft = ModelDraft(about={"name": "A"}, created_by=admin, created_at=now)
    keep_draft(draft, {"a.onnx": b"abc"}, OpenQuestions("?", (), []))
    assert len(bucket()) == 1
    with django_capture_on_commit_callbacks(execute=True):
        discard_draft(draft)
    assert bucket() == []
