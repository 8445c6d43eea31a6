"""Archives of tens of gigabytes: room is asked for first, nothing is copied that need not be, and work may take hours."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings as configured
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from readerstudy.core.errors import Conflict
from readerstudy.images.models import ImageSet
from readerstudy.intake import room
from readerstudy.intake.choices import ImportState
from readerstudy.intake.chunks import add_piece, begin_upload, whole_file
from readerstudy.intake.jobs import create_job_of_upload
from readerstudy.intake.running import plan_job
from readerstudy.intake.services import apply_plan, plan_import
from readerstudy.intake.sources import open_source
from readerstudy.intake.tasks import apply_job_task, plan_job_task
from tests.intake.archives import good_files, good_zip
from tests.intake.factories import make_job
from tests.intake.test_writing_rows import packed


@pytest.fixture
def full(monkeypatch):
    """A disk with hardly any room left."""
    free = SimpleNamespace(free=room.SPARE + 10)
    return lambda: monkeypatch.setattr("shutil.disk_usage", lambda _folder: free)


def test_archives_of_ten_thousand_large_photographs_are_taken():
    assert configured.IMPORT_MAX_ARCHIVE_BYTES >= 40_000_000_000


def test_an_import_may_take_the_hours_that_it_needs():
    # 10,000 photographs of 12 megapixels at 1.3 a second.
    for task in (plan_job_task, apply_job_task):
        assert 10_000 / 1.3 < task.soft_time_limit < task.time_limit


def test_an_import_that_took_too_long_says_so_and_how_to_go_on(zip_of, admin, now, monkeypatch):
    def too_long(**_said):
        raise SoftTimeLimitExceeded

    job = make_job(zip_of(good_files()), admin=admin, now=now)
    monkeypatch.setattr("readerstudy.intake.running.plan_import", too_long)
    plan_job(job_id=job.pk, clock=lambda: now)
    job.refresh_from_db()
    assert job.state == ImportState.FAILED
    assert "longer than the 24 hours" in job.error
    assert "not decoded again" in job.error


# --- Room ------------------------------------------------------------------------------------------------------


def test_an_upload_for_which_there_is_no_room_is_not_begun(admin, now, full):
    full()
    with pytest.raises(Conflict, match="too little room") as refused:
        begin_upload(actor=admin, name="a.zip", size=5_000_000_000, now=now)
    assert refused.value.code == "no_room"
    assert "a.zip needs at least 5.0 GB" in refused.value.message
    assert "0.0 MB are free beside the 268.4 MB" in refused.value.message


def test_without_room_nothing_is_decoded_and_the_job_says_why(zip_of, admin, now, full, settings):
    job = make_job(zip_of(good_files()), admin=admin, now=now)
    full()
    plan_job(job_id=job.pk, clock=lambda: now)
    job.refresh_from_db()
    assert (job.state, job.report) == (ImportState.FAILED, {})
    assert "keeping 4 photographs until their import needs at least" in job.error
    assert not settings.STAGING_DIR.exists()


def test_without_room_nothing_is_stored(plan_of, admin, now, full):
    plan = plan_of(good_files())
    full()
    with pytest.raises(Conflict, match="storing 4 photographs needs at least"):
        apply_plan(actor=admin, plan=plan, name="Set", is_synthetic=False, now=now)
    assert not ImageSet.objects.exists()


def test_a_check_that_keeps_nothing_needs_no_room(zip_of, db, full):
    full()
    assert plan_import(archive_path=zip_of(good_files())).can_be_applied


def test_without_room_a_compressed_archive_is_not_unpacked(tmp_path, full):
    path = packed(tmp_path)
    full()
    with pytest.raises(Conflict, match=r"unpacking a\.tar\.gz needs at least"):
        open_source(path, name="a.tar.gz")


def test_the_command_says_that_there_is_no_room(tmp_path, db, full):
    path = good_zip(tmp_path / "photos.zip")
    full()
    with pytest.raises(CommandError, match="too little room"):
        call_command("import_images", str(path))


# --- Pieces ----------------------------------------------------------------------------------------------------


@pytest.fixture
def upload(tmp_path, admin, now, monkeypatch):
    monkeypatch.setattr("readerstudy.intake.chunks.PIECE_BYTES", 5_000)
    content = good_zip(tmp_path / "photos.zip").read_bytes()
    upload = begin_upload(actor=admin, name="photos.zip", size=len(content), now=now)
    for start in range(0, len(content), 5_000):
        upload = add_piece(
            upload=upload, start=start, content=content[start : start + 5_000], now=now
        )
    return upload


def test_pieces_on_a_disk_are_one_file_that_the_import_takes_as_it_is(upload, admin, now):
    [name] = default_storage.listdir(f"uploads/{upload.public_id}")[1]
    whole = default_storage.path(f"uploads/{upload.public_id}/{name}")
    inode = Path(whole).stat().st_ino
    job = create_job_of_upload(actor=admin, upload=upload, name="Set", is_synthetic=False, now=now)
    assert Path(job.archive.path).stat().st_ino == inode


def test_an_import_that_is_refused_leaves_the_upload_whole(upload, admin, now, tmp_path):
    with whole_file(upload) as archive:
        archive.temporary_file_path()
    content = (tmp_path / "photos.zip").read_bytes()
    with whole_file(upload) as archive:
        assert archive.read() == content


def test_pieces_that_were_stored_one_by_one_are_still_put_together(upload, tmp_path):
    content = (tmp_path / "photos.zip").read_bytes()
    default_storage.delete(f"uploads/{upload.public_id}/whole")
    for start in upload.starts:
        piece = content[start : start + 5_000]
        with default_storage.open(f"uploads/{upload.public_id}/{start}", "wb") as file:
            file.write(piece)
    with whole_file(upload) as whole:
        assert whole.read() == content
