"""The hostile files of the imports and the models once more, through HTTP and as everybody.

Who may not upload is refused before anything is stored; who may is told what is wrong, and nothing of it stays.
"""

import re
import zipfile
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from inference.models import Model, ModelDraft
from readerstudy.images.models import ImageSet
from readerstudy.intake.models import ChunkedUpload, ImportJob
from tests.conftest import make_user
from tests.hostile import archives, manifests, models, pictures
from tests.inference.factories import spec_bytes
from tests.intake.archives import good_files, photographs

# Small ones of each kind: the same code reads them all, and tests/hostile reads them all in process.
MOST_BYTES = 2**20
STATUS = Path("/proc/self/status")
# More than the process had when the attacks began.
MOST_MEBIBYTES = 200
NOT_ADMINS = ("nobody", "reader", "coordinator", "statistician", "deactivated admin")
PAGE, API, PIECES, MODELS = (
    reverse("intake:upload"), reverse("api:import-list"), reverse("api:upload-list"), reverse("inference:model-upload"),
)  # fmt: skip


@pytest.fixture
def clients(db):
    """Everybody's client. The statistician has a reader's account, as all of a study's staff but its coordinators."""
    people = {"nobody": None}
    for name, role in (("reader", "reader"), ("coordinator", "coordinator"), ("statistician", "reader"), ("admin", "admin"), ("deactivated admin", "admin")):  # fmt: skip
        people[name] = make_user(role, f"{name.replace(' ', '.')}@example.org", name)
    found = {}
    for name, user in people.items():
        found[name] = Client(raise_request_exception=False)
        if user:
            found[name].force_login(user)
    people["deactivated admin"].is_active = False
    people["deactivated admin"].save()
    return found


@cache
def hostile_archives():
    return [one for one in archives.corpus() if one.codes and len(one.content) < MOST_BYTES]


def in_archive(files):
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


# Without the empty one, which is refused when it is begun, and those whose report is cut short.
IN_PIECES = [one for one in hostile_archives() if one.content and "names" not in one.name][::5]


@cache
def hostile_imports():
    """Name → archive: hostile archives, and good ones with a hostile manifest or a hostile photograph in them."""
    found = {one.name: one.content for one in hostile_archives()}
    for one in manifests.refused():
        if len(one.content) < MOST_BYTES and not one.images:
            found[f"manifest: {one.name}"] = in_archive({**photographs(), "manifest.csv": one.content})  # fmt: skip
    for one in pictures.corpus():
        if one.code and len(one.content) < MOST_BYTES:
            found[f"photograph: {one.name}"] = in_archive({**good_files(), "photo0.png": one.content})  # fmt: skip
    return found


@cache
def hostile_models():
    return [one for one in models.corpus() if one.says and len(one.content) < MOST_BYTES and not one.name.startswith("a loop")]  # fmt: skip


def stored():
    """Every file of the storage, and how many rows there are of what uploads make."""
    rows = [model.objects.count() for model in (ImportJob, ChunkedUpload, ImageSet, Model, ModelDraft)]  # fmt: skip
    return _files(""), rows


def _files(folder):
    if not default_storage.exists(folder or "."):
        return []
    folders, files = default_storage.listdir(folder)
    inner = [one for name in folders for one in _files(f"{folder}/{name}".strip("/"))]
    return sorted([*(f"{folder}/{name}" for name in files), *inner])


def send(client, address, content, name="photos.zip"):
    """The upload as each address takes it."""
    if address == PIECES:
        body = {"name": name, "size": len(content) or 1, "modified": "1"}
        return client.post(PIECES, body, content_type="application/json")
    file = SimpleUploadedFile(name, content)
    if address == MODELS:
        files = (
            [file]
            if name.endswith(".zip")
            else [file, SimpleUploadedFile("model.json", spec_bytes())]
        )
        return client.post(MODELS, {"name": "CNN", "training_data": "None", "files": files})
    data = {"archive": file, "name": "Ward", "is_synthetic": ""}
    return client.post(address, data)


def is_refused(response):
    """404 or 403, or on to the page for signing in."""
    if response.status_code == 302:
        return response["Location"].startswith("/account/sign-in/")
    return response.status_code in (401, 403, 404)


@pytest.mark.parametrize("person", NOT_ADMINS)
def test_who_may_not_upload_is_refused_and_nothing_is_stored(clients, person):
    before = stored()
    contents = list(hostile_imports().items())
    for name, content in contents:
        for address in (PAGE, API, PIECES):
            assert is_refused(send(clients[person], address, content)), (name, address)
    for one in hostile_models():
        assert is_refused(send(clients[person], MODELS, one.content, one.upload)), one.name
    assert len(contents) > 40
    assert stored() == before


@pytest.mark.parametrize("person", NOT_ADMINS)
def test_nobody_sends_a_piece_into_the_upload_of_an_admin(clients, person):
    begun = send(clients["admin"], PIECES, b"x" * 10).json()["id"]
    before = stored()
    address = reverse("api:upload-detail", args=[begun])
    piece = {"data": b"PK" * 5, "content_type": "application/octet-stream"}
    assert is_refused(clients[person].put(f"{address}?offset=0", **piece))
    assert is_refused(clients[person].delete(address))
    assert stored() == before


def test_an_admin_is_told_what_is_wrong_with_an_archive_and_no_image_set_is_made(
    clients, django_capture_on_commit_callbacks
):
    client, told = clients["admin"], {}
    before = _mebibytes_from_here()
    for name, content in hostile_imports().items():
        with django_capture_on_commit_callbacks(execute=True):
            response = send(client, API, content)
        assert response.status_code in (201, 400), (name, response.status_code)
        if response.status_code == 201:
            told[name] = _problems(client, response.json()["id"])
            with django_capture_on_commit_callbacks(execute=True):
                client.delete(reverse("api:import-detail", args=[response.json()["id"]]))
        else:
            told[name] = response.json()["problems"]
    assert [name for name, problems in told.items() if not problems] == []
    assert not ImageSet.objects.exists()
    assert not ImportJob.objects.exists()
    assert _files("") == []
    assert _mebibytes("VmHWM") - before < MOST_MEBIBYTES


def _mebibytes_from_here():
    """What the process has now. Its peak counts from here: other tests of the process had theirs."""
    if not STATUS.exists():
        pytest.skip("how much memory was taken is read from Linux's /proc")
    Path("/proc/self/clear_refs").write_text("5")
    return _mebibytes("VmRSS")


def _mebibytes(name):
    return int(re.search(rf"{name}:\s+(\d+)", STATUS.read_text())[1]) / 1024


def _problems(client, public_id):
    response = client.get(reverse("api:import-report", args=[public_id]))
    assert response.status_code == 200, response.content
    return response.json()["problems"]


@pytest.mark.parametrize("hostile", IN_PIECES, ids=lambda one: one.name)
def test_an_archive_in_pieces_is_told_the_same(
    clients, hostile, django_capture_on_commit_callbacks
):
    client = clients["admin"]
    begun = send(client, PIECES, hostile.content).json()["id"]
    address = reverse("api:upload-detail", args=[begun])
    piece = {"data": hostile.content, "content_type": "application/octet-stream"}
    assert client.put(f"{address}?offset=0", **piece).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(API, {"upload": begun, "name": "Ward", "is_synthetic": ""})
    assert response.status_code == 201
    codes = {one["code"] for one in _problems(client, response.json()["id"])}
    assert codes == set(hostile.codes)
    assert not ImageSet.objects.exists()


def test_an_admin_is_told_what_is_wrong_with_a_network_and_nothing_is_stored(clients):
    before = stored()
    for one in hostile_models():
        response = send(clients["admin"], MODELS, one.content, one.upload)
        assert response.status_code == 400, (one.name, response.status_code)
        assert "Load a model" in response.content.decode()
    assert stored() == before
