"""The first photographs of an import, looked at before anything is imported."""

import io

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from PIL import Image

from readerstudy.intake import preview, running
from readerstudy.intake.claims import STALE
from readerstudy.intake.correcting import replace_manifest
from readerstudy.intake.models import ImportJob
from readerstudy.intake.preview import PREVIEWED
from readerstudy.intake.services import apply_job, confirm_job, discard_job, plan_job
from tests.images.test_services import stored_files
from tests.intake.archives import HEADER, good_files, make_zip, manifest, rows
from tests.intake.factories import make_job
from tests.intake.photographs import turned


@pytest.fixture
def planned(tmp_path, admin, now):
    """Makes a job of the files and has it checked."""

    def plan(files):
        job = make_job(make_zip(tmp_path / "a.zip", files), admin=admin, now=now)
        plan_job(job_id=job.pk, clock=lambda: now)
        job.refresh_from_db()
        return job

    return plan


def pictures_on(page):
    return page.content.decode().count("/preview/")


def test_the_first_photographs_are_shown_with_row_view_and_file(client, admin, planned):
    job = planned(good_files(PREVIEWED + 6))
    client.force_login(admin)
    page = client.get(reverse("intake:job", args=[job.public_id]))
    assert pictures_on(page) == PREVIEWED
    text = page.content.decode()
    assert "The first 24 photographs of 30" in text
    for part in ("photo0.png", "photo23.png", "row 2", "row 25", "Close-up"):
        assert part in text
    assert "photo24.png" not in text
    assert [one["row"] for one in job.preview] == list(range(2, PREVIEWED + 2))


def test_nothing_of_the_truth_is_with_them(client, admin, planned):
    job = planned(good_files())
    client.force_login(admin)
    text = client.get(reverse("intake:job", args=[job.public_id])).content.decode()
    assert "photo0.png" in text
    assert set(job.preview[0]) == {
        "file",
        "row",
        "view",
        "licence",
        "attribution",
        "picture",
    }
    assert "melanoma" not in str(job.preview)


def test_a_picture_is_small_upright_without_metadata_and_not_kept_by_the_browser(
    client, admin, planned
):
    job = planned({"manifest.csv": manifest(["a.jpg,nevus,0"], HEADER), "a.jpg": turned(6)})
    client.force_login(admin)
    response = client.get(reverse("intake:preview", args=[job.public_id, 0]))
    assert response.headers["Cache-Control"] == "private, no-store"
    content = b"".join(response)
    with Image.open(io.BytesIO(content)) as picture:
        assert (picture.size, picture.format) == ((64, 48), "WEBP")
        assert not picture.getexif()
    assert b"MRN" not in content


@pytest.mark.parametrize("number", [4, 99])
def test_a_picture_that_is_not_there_is_not_found(client, admin, planned, number):
    job = planned(good_files())
    client.force_login(admin)
    assert client.get(reverse("intake:preview", args=[job.public_id, number])).status_code == 404


@pytest.mark.parametrize(
    ("role", "status"), [("coordinator", 404), ("reader_user", 404), (None, 302)]
)
def test_the_pictures_are_for_admins(client, request, planned, role, status):
    job = planned(good_files())
    if role:
        client.force_login(request.getfixturevalue(role))
    assert client.get(reverse("intake:preview", args=[job.public_id, 0])).status_code == status


def test_the_pictures_go_with_the_upload(
    client, admin, now, planned, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        job = planned(good_files())
        confirm_job(actor=admin, job=job, now=now)
    apply_job(job_id=job.pk, clock=lambda: now)
    assert stored_files("imports") == []
    client.force_login(admin)
    assert pictures_on(client.get(reverse("intake:job", args=[job.public_id]))) == 0
    assert client.get(reverse("intake:preview", args=[job.public_id, 0])).status_code == 404


def test_the_pictures_go_with_a_discarded_import(
    admin, now, planned, django_capture_on_commit_callbacks
):
    job = planned(good_files())
    assert len(stored_files("imports")) == 5
    with django_capture_on_commit_callbacks(execute=True):
        discard_job(actor=admin, job=job, now=now)
    assert stored_files("imports") == []


def test_an_import_that_is_refused_shows_what_could_be_read(client, admin, planned):
    job = planned({**good_files(), "manifest.csv": manifest([*rows(), "no.png,nevus,0"])})
    client.force_login(admin)
    assert job.state == "refused"
    assert pictures_on(client.get(reverse("intake:job", args=[job.public_id]))) == 4


# --- Two workers on one job -------------------------------------------------------------------------------


@pytest.fixture
def overtaken(tmp_path, admin, now, monkeypatch):
    """A job whose first worker is so slow that a second one has checked it before it stores its own report."""
    job = make_job(make_zip(tmp_path / "a.zip", good_files()), admin=admin, now=now)
    write, found = running.write_preview, []

    def slow(*arguments):
        monkeypatch.setattr(running, "write_preview", write)
        plan_job(job_id=job.pk, clock=lambda: now + STALE)
        found.extend(stored_files(f"imports/{job.public_id}"))
        return write(*arguments)

    monkeypatch.setattr(running, "write_preview", slow)
    plan_job(job_id=job.pk, clock=lambda: now)
    job.refresh_from_db()
    return job, found


def test_a_worker_that_was_overtaken_leaves_the_pictures_of_the_other_and_none_of_its_own(
    overtaken,
):
    job, of_the_other = overtaken
    assert (job.state, job.attempt, len(of_the_other)) == ("planned", 2, 4)
    assert sorted(stored_files(f"imports/{job.public_id}")) == sorted(of_the_other)
    assert all(one["picture"].rpartition("/")[2] in of_the_other for one in job.preview)


def test_the_pictures_of_a_check_go_when_the_next_is_asked_for(
    admin, now, planned, django_capture_on_commit_callbacks
):
    job = planned(good_files())
    other = ContentFile(manifest(rows(4)), name="other.csv")
    with django_capture_on_commit_callbacks() as late:
        replace_manifest(actor=admin, job=job, manifest=other, now=now)
    for callback in late:
        callback()
    job.refresh_from_db()
    assert job.state == "planned"
    assert len(stored_files(f"imports/{job.public_id}")) == 4


def test_a_second_check_leaves_only_its_own_pictures(
    admin, now, planned, django_capture_on_commit_callbacks
):
    job = planned(good_files())
    before = {one["picture"] for one in job.preview}
    # As where an import is found to be none after all, though it was confirmed.
    ImportJob.objects.filter(pk=job.pk).update(state="uploaded")
    with django_capture_on_commit_callbacks(execute=True):
        plan_job(job_id=job.pk, clock=lambda: now)
    job.refresh_from_db()
    after = {one["picture"] for one in job.preview}
    assert not before & after
    assert {f"imports/{job.public_id}/{one}" for one in stored_files(f"imports/{job.public_id}")} == after  # fmt: skip


def test_a_preview_that_cannot_be_written_as_a_whole_leaves_nothing(
    tmp_path, admin, now, monkeypatch
):
    job = make_job(make_zip(tmp_path / "a.zip", good_files()), admin=admin, now=now)
    write, written = preview._written, []

    def full(*arguments):
        if len(written) == 2:
            raise OSError(28, "No space left on device")
        written.append(write(*arguments))
        return written[-1]

    monkeypatch.setattr(preview, "_written", full)
    plan_job(job_id=job.pk, clock=lambda: now)
    job.refresh_from_db()
    assert (job.state, len(written)) == ("failed", 2)
    assert stored_files(f"imports/{job.public_id}") == []
