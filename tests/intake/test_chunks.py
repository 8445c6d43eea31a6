"""Uploads in pieces: they go on where they stopped, nothing comes twice, and an import takes them whole."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError
from django.urls import reverse

from readerstudy.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from readerstudy.images.models import ImageSet
from readerstudy.intake import chunks
from readerstudy.intake.chunks import (
    add_piece,
    begin_upload,
    remove_old_uploads,
    upload_for,
    whole_file,
)
from readerstudy.intake.models import ChunkedUpload, ImportJob
from readerstudy.intake.services import create_job_of_upload
from tests.intake.archives import good_zip
from tests.intake.faults import refusing_rows

PIECE = 1_000


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch):
    monkeypatch.setattr(chunks, "PIECE_BYTES", PIECE)
    monkeypatch.setattr("readerstudy.intake.chunk_api.PIECE_BYTES", PIECE)


@pytest.fixture
def content(tmp_path):
    good_zip(tmp_path / "photos.zip")
    return (tmp_path / "photos.zip").read_bytes()


@pytest.fixture
def client(client, admin):
    client.force_login(admin)
    return client


def begun(admin, now, size=2_500, **more):
    return begin_upload(actor=admin, name="photos.zip", size=size, now=now, **more)


def pieces(content):
    return [(at, content[at : at + PIECE]) for at in range(0, len(content), PIECE)]


def whole(admin, now, content):
    upload = begun(admin, now, len(content))
    for start, piece in pieces(content):
        upload = add_piece(upload=upload, start=start, content=piece, now=now)
    return upload


def held_pieces(upload):
    folder = f"uploads/{upload.public_id}"
    return default_storage.listdir(folder)[1] if default_storage.exists(folder) else []


@pytest.fixture
def no_disk(settings):
    """A storage whose files have no path on this machine, as a bucket's have none."""
    memory = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    settings.STORAGES = {**settings.STORAGES, "default": memory}


@pytest.mark.parametrize("storage", ["disk", "no_disk"])
def test_pieces_become_the_file(admin, now, content, storage, request):
    if storage == "no_disk":
        request.getfixturevalue("no_disk")
    upload = whole(admin, now, content)
    assert upload.is_complete
    with whole_file(upload) as file:
        assert file.read() == content
    with whole_file(upload) as file:
        assert b"".join(file.chunks(777)) == content


def test_on_a_disk_an_import_takes_the_file_without_copying_it(
    admin, now, content, django_capture_on_commit_callbacks
):
    upload = whole(admin, now, content)
    file = Path(default_storage.path(f"uploads/{upload.public_id}/whole")).stat()
    with django_capture_on_commit_callbacks(execute=True):
        job = create_job_of_upload(actor=admin, upload=upload, name="", is_synthetic=False, now=now)
    assert Path(job.archive.path).stat().st_ino == file.st_ino
    assert held_pieces(upload) == []
    job.refresh_from_db()
    assert job.state == "planned"


def test_a_job_that_cannot_be_made_leaves_the_upload(admin, now, content):
    upload = whole(admin, now, content)
    with refusing_rows("intake_importjob"), pytest.raises(IntegrityError):
        create_job_of_upload(actor=admin, upload=upload, name="", is_synthetic=False, now=now)
    with whole_file(upload) as file:
        assert file.read() == content


def test_a_name_that_is_taken_is_told_before_the_transfer(admin, now):
    set_of_name(admin, now, "photos")
    for name in ("", " photos "):
        with pytest.raises(InvalidInput, match="already an image set") as refused:
            begun(admin, now, set_name=name)
        assert refused.value.field == "name"
    assert not ChunkedUpload.objects.exists()
    upload = begun(admin, now, set_name="Ward")
    assert begun(admin, now, set_name="Ward two") == upload
    upload.refresh_from_db()
    assert upload.set_name == "Ward two"


def set_of_name(admin, now, name):
    return ImageSet.objects.create(
        name=name, source_name="a", source_sha256="0", created_by=admin, created_at=now
    )


def test_the_page_tells_of_uploads_that_are_not_finished_and_lets_them_go(client, admin, now):
    upload = begun(admin, now, set_name="Ward")
    add_piece(upload=upload, start=0, content=b"a" * PIECE, now=now)
    text = client.get(reverse("intake:upload")).content.decode()
    assert "photos.zip: 1000" in text
    assert 'data-set-name="Ward"' in text
    answer = client.post(reverse("intake:let-go", args=[upload.public_id]))
    assert answer.url == reverse("intake:upload")
    assert not ChunkedUpload.objects.exists()
    assert "not finished" not in client.get(reverse("intake:upload")).content.decode()


def test_a_piece_whose_answer_was_lost_may_come_again(admin, now):
    upload = begun(admin, now)
    for _ in range(2):
        upload = add_piece(upload=upload, start=0, content=b"a" * PIECE, now=now)
    assert upload.received == PIECE
    assert held_pieces(upload) == ["whole"]


@pytest.mark.parametrize("place", ["whole", "0"])
def test_half_a_piece_of_a_server_that_died_is_replaced(admin, now, place, request):
    if place == "0":
        request.getfixturevalue("no_disk")
    upload = begun(admin, now, PIECE)
    default_storage.save(f"uploads/{upload.public_id}/{place}", ContentFile(b"half"))
    upload = add_piece(upload=upload, start=0, content=b"a" * PIECE, now=now)
    with whole_file(upload) as file:
        assert file.read() == b"a" * PIECE


def test_a_piece_too_early_is_refused_with_the_place_to_go_on(admin, now):
    with pytest.raises(Conflict, match="The next piece begins with byte 0, not 1000"):
        add_piece(upload=begun(admin, now), start=PIECE, content=b"a", now=now)


@pytest.mark.parametrize("content", [b"", b"a" * (PIECE + 1)])
def test_a_piece_has_bounds(admin, now, content):
    with pytest.raises(InvalidInput, match="A piece has"):
        add_piece(upload=begun(admin, now), start=0, content=content, now=now)


def test_no_more_comes_than_was_told(admin, now):
    upload = add_piece(upload=begun(admin, now, 1_500), start=0, content=b"a" * PIECE, now=now)
    with pytest.raises(
        InvalidInput, match=r"photos\.zip has 1500 bytes; this piece would end at 2000"
    ):
        add_piece(upload=upload, start=PIECE, content=b"a" * PIECE, now=now)


def test_the_same_file_goes_on_and_another_begins_anew(admin, now):
    first = begun(admin, now, modified="5")
    assert begun(admin, now, modified="5") == first
    assert begun(admin, now, modified="6") != first
    assert begun(admin, now, size=9, modified="5") != first


@pytest.mark.parametrize("size", [0, 2**60])
def test_a_file_has_bounds(admin, now, size):
    with pytest.raises(InvalidInput, match=f"photos.zip has {size} bytes"):
        begun(admin, now, size)


def test_five_at_once_are_enough(admin, now):
    for number in range(5):
        begun(admin, now, modified=str(number))
    with pytest.raises(Conflict, match="5 uploads are under way already"):
        begun(admin, now, modified="new")


def test_an_unfinished_file_is_not_taken(admin, now):
    with pytest.raises(Conflict, match=r"Of photos\.zip 0 of 2500 bytes have come"):
        whole_file(begun(admin, now))


def test_only_admins_upload_and_only_their_own(admin, coordinator, now):
    with pytest.raises(NotAllowed):
        begun(coordinator, now)
    upload = begun(admin, now)
    with pytest.raises(NotFound):
        upload_for(coordinator, upload.public_id)
    with pytest.raises(NotFound):
        upload_for(admin, "nothing")


def test_what_nobody_continues_is_let_go(admin, now, content, django_capture_on_commit_callbacks):
    upload = whole(admin, now, content)
    assert remove_old_uploads(now=now + timedelta(days=1)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert remove_old_uploads(now=now + timedelta(days=3)) == 1
    assert held_pieces(upload) == []


def test_the_page_takes_an_upload_in_place_of_an_archive(
    client, admin, now, content, django_capture_on_commit_callbacks
):
    upload = whole(admin, now, content)
    with django_capture_on_commit_callbacks(execute=False):
        answer = client.post(reverse("intake:upload"), {"upload": upload.public_id})
    job = ImportJob.objects.get()
    assert answer.url == reverse("intake:job", args=[job.public_id])
    assert (job.archive_name, job.name) == ("photos.zip", "photos")
    with job.archive.open("rb") as stored:
        assert stored.read() == content
    assert not ChunkedUpload.objects.exists()


def test_the_page_asks_for_an_archive_where_there_is_none(client):
    answer = client.post(reverse("intake:upload"), {"name": "Set"})
    assert answer.status_code == 400
    assert "This field is required" in answer.content.decode()


def test_the_page_tells_of_an_upload_that_is_gone(client):
    assert client.post(reverse("intake:upload"), {"upload": "gone"}).status_code == 400


def put(client, upload, start, piece):
    address = reverse("api:upload-detail", args=[upload["id"]])
    return client.put(f"{address}?offset={start}", piece, content_type="application/octet-stream")


def test_over_the_api_from_the_first_piece_to_the_import(client, content):
    about = {"name": "photos.zip", "size": len(content)}
    upload = client.post(reverse("api:upload-list"), about, content_type="application/json").json()
    assert (upload["received"], upload["piece_bytes"]) == (0, PIECE)
    for start, piece in pieces(content):
        answer = put(client, upload, start, piece)
        assert answer.json()["received"] == start + len(piece)
    made = client.post(reverse("api:import-list"), {"upload": upload["id"]})
    assert made.status_code == 201
    assert made.json()["name"] == "photos"


def test_the_report_of_an_upload_is_that_of_its_archive(client, admin, now, content):
    from django.core.files.uploadedfile import SimpleUploadedFile

    upload = whole(admin, now, content)
    address = reverse("api:import-list")
    pieced = client.post(address, {"upload": upload.public_id, "dry_run": "true"})
    archive = SimpleUploadedFile("photos.zip", content)
    at_once = client.post(address, {"archive": archive, "dry_run": "true"})
    assert pieced.content == at_once.content
    assert pieced.status_code == 200
    assert ChunkedUpload.objects.exists()


def test_the_api_tells_what_is_wrong(client):
    about = {"name": "photos.zip", "size": 2_500}
    upload = client.post(reverse("api:upload-list"), about, content_type="application/json").json()
    early = put(client, upload, 1_000, b"a")
    assert (early.status_code, early.json()["code"]) == (409, "wrong_offset")
    assert put(client, upload, "x", b"a").json()["code"] == "offset"
    assert put(client, upload, 0, b"a" * (PIECE + 1)).json()["code"] == "piece_size"
    nothing = client.post(reverse("api:import-list"), {})
    assert nothing.json()["problems"][0]["field"] == "archive"
    address = reverse("api:upload-detail", args=[upload["id"]])
    assert client.get(address).json()["received"] == 0
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404
