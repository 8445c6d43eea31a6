"""The log of a site in use, line by line: every page of every role, wrong sign-ins, hostile files, failing views and tasks."""

import logging
from itertools import chain

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from readerstudy.accounts.models import User
from readerstudy.core.logs import JsonFormatter
from readerstudy.images.models import Case, Image
from readerstudy.intake.services import create_job, plan_job
from readerstudy.studies import api as studies_api
from tests.conftest import make_user
from tests.every_page import World, address_of, browsers, read_baseline
from tests.intake.archives import make_zip
from tests.operations.poison import always_fails_task

# Typed, uploaded or raised here, and nowhere to be written.
TYPED = ("Miller", "Schmidt-Ohnegleichen", "19500417", "correct horse battery", "Ausschlag am Arm")
LOGGERS = ("", *django_settings.LOGGING["loggers"])


class Lines(logging.Handler):
    """Every record as it goes to the log in production, and as it would stand there in full."""

    def __init__(self):
        super().__init__()
        self.written, self.full = [], []

    def emit(self, record):
        self.written.append(JsonFormatter().format(record))
        self.full.append(logging.Formatter().format(record))


@pytest.fixture
def lines():
    """The loggers as in production."""
    handler, before = Lines(), {name: logging.getLogger(name).level for name in LOGGERS}
    for name in LOGGERS:
        level = "WARNING" if not name else "INFO"
        logging.getLogger(name).setLevel(level)
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture
def world(admin, coordinator, reader_user, settings, tmp_path, django_capture_on_commit_callbacks):  # noqa: PLR0917 (fixtures)
    settings.INFERENCE_PROVIDER = "cpu"
    people = {"admin": admin, "coordinator": coordinator, "reader": reader_user}
    people["truth keeper"] = make_user("reader", "keeper@example.org", "Kim Keeper")
    return World(2, people=people, capture=django_capture_on_commit_callbacks, folder=tmp_path)


def whoever():
    """Names and addresses of people, of files, and of patients."""
    people = chain.from_iterable(User.objects.values_list("name", "email"))
    files = Image.objects.values_list("original_name", flat=True)
    patients = chain.from_iterable(Case.objects.values_list("patient_ref", "lesion_ref"))
    return {word for word in (*people, *files, *patients) if len(word) > 4}


def found(lines, words):
    text = "\n".join(lines)
    return sorted(word for word in words if word in text)


def open_every_page(world):
    clients = browsers(world.people)
    for page in read_baseline():
        address, role = address_of(page, world.subjects)
        response = clients[role].get(address)
        if response.streaming:
            b"".join(response)
    return clients


def type_wrongly(client):
    """What people type into the wrong field, or into the address."""
    person = "miller.19500417@example.org"
    client.post("/account/sign-in/", {"username": person, "password": "correct horse battery"})
    client.post("/account/sign-in/", {"username": "correct horse battery", "password": person})
    client.post("/account/password/reset/", {"email": person})
    client.get("/account/invitation/Schmidt-Ohnegleichen/")
    client.get("/studies/Miller-19500417/", {"patient": "Miller"})
    client.get("/no-such-page/Miller/")


def send_wrongly(clients, world):
    """Answers and imports that are not taken."""
    body = {"answers": [{"position": "Miller", "comment": "Ausschlag am Arm"}]}
    clients["reader"].post("/api/v1/readings/", body, content_type="application/json")
    clients["reader"].post("/api/v1/readings/", "Miller{", content_type="application/json")
    clients["coordinator"].post(
        "/studies/new/", {"title": "Miller", "image_set": "19500417"}, headers={"origin": "https://miller.example"}
    )  # fmt: skip
    photographs = {"Schmidt-Ohnegleichen_19500417.jpg": b"no photograph", "manifest.csv": b"file,patient\nMiller.jpg,Miller\n"}  # fmt: skip
    content = make_zip(world.folder / "Miller.zip", photographs).read_bytes()
    job = create_job(
        actor=world.admin, name="Miller's photographs", is_synthetic=False,
        archive=SimpleUploadedFile("Miller_19500417.zip", content), now=world.now,
    )  # fmt: skip
    plan_job(job_id=job.pk, clock=lambda: world.now)


def fail(monkeypatch, coordinator):
    """A view and a task that fail with somebody's name on their lips."""

    def raises(*_args, **_rest):
        raise ValueError("no such case: Miller, 19500417, miller.19500417@example.org")

    monkeypatch.setattr(studies_api.StudyListView, "get_queryset", raises)
    client = Client(raise_request_exception=False)
    client.force_login(coordinator)
    assert client.get("/api/v1/studies/", {"patient": "Miller"}).status_code == 500
    assert always_fails_task.apply(kwargs={"number": 3}, throw=False).failed()


@pytest.mark.django_db
def test_nobody_is_named_whatever_is_opened_typed_sent_or_fails(lines, world, monkeypatch):
    clients = open_every_page(world)
    opened = len(lines.written)
    type_wrongly(clients["nobody"])
    send_wrongly(clients, world)
    fail(monkeypatch, world.coordinator)
    assert opened >= len(read_baseline())
    assert found(lines.written, {*TYPED, *whoever()}) == []
    # The check can fail: in full, these lines would have told.
    assert {"Miller", "19500417", "Schmidt-Ohnegleichen"} <= set(found(lines.full, TYPED))
