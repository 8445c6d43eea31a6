"""The pages and the API of models and runs: who sees them, what they tell, and that no score is among it."""

import re

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from inference.choices import RunState
from inference.models import Artefact, Model, ModelRun, PlannedModel
from inference.services import create_model, execute_run, plan_model, start_runs
from readerstudy.studies.choices import StudyState
from tests.inference.factories import (
    addresses,
    make_model,
    make_ready_study,
    run_files,
    spec_bytes,
    zipped,
)


def page(client, name, *arguments, status=200, **query):
    response = client.get(reverse(f"inference:{name}", args=arguments), query)
    assert response.status_code == status
    return response.content.decode()


def uploads(files):
    return [SimpleUploadedFile(name, content) for name, content in files.items()]


def upload(client, files, **fields):
    data = {"name": "New CNN", "training_data": "Ten images", **fields}
    if files:
        data["files"] = uploads(files)
    return client.post(reverse("inference:model-upload"), data, follow=True)


# --- Who sees what ------------------------------------------------------------------------------------


EVERYWHERE_404 = {
    "model-list": 404,
    "model-detail": 404,
    "model-upload": 404,
    "artefact-upload": 404,
    "study-runs": 404,
    "run-progress": 404,
    "run": 404,
    "api-detail": 404,
}


@pytest.mark.parametrize(
    ("role", "different"),
    [
        ("admin", {}),
        ("coordinator", {"model-upload": 403, "artefact-upload": 403}),
        (
            "stranger",
            {
                "model-upload": 403,
                "artefact-upload": 403,
                "study-runs": 404,
                "run-progress": 404,
                "run": 404,
                "api-detail": 404,
            },
        ),
        ("reader_user", EVERYWHERE_404),
        (None, {**dict.fromkeys(EVERYWHERE_404, 302), "api-list": 401, "api-detail": 401}),
    ],
)
def test_who_sees_what(client, request, role, different):
    run = request.getfixturevalue("runs")[0]
    if role:
        client.force_login(request.getfixturevalue(role))
    found = {name: client.get(address).status_code for name, address in addresses(run).items()}
    assert found == {**dict.fromkeys(found, 200), **different}


@pytest.mark.parametrize("role", ["reader_user", "stranger"])
def test_who_may_not_changes_nothing(client, request, locked_study, model, role):
    client.force_login(request.getfixturevalue(role))
    data = {"model": model.public_id, "planned": "1"}
    for name in ("start", "plan"):
        address = reverse(f"inference:{name}", args=[locked_study.slug])
        assert client.post(address, data).status_code == 404
    assert upload(client, run_files(1)).status_code in (403, 404)
    body = {"study": locked_study.slug, "model": model.public_id}
    response = client.post(reverse("api:model-run-list"), body, content_type="application/json")
    assert response.status_code == 404
    assert not ModelRun.objects.exists()
    assert Model.objects.count() == 1


# --- Uploads ------------------------------------------------------------------------------------------


def test_an_admin_loads_a_model(client, admin):
    client.force_login(admin)
    response = upload(client, run_files(2), is_synthetic="on")
    text = response.content.decode()
    assert "The model is loaded." in text
    assert "run-02" in text
    model = Model.objects.get()
    assert (model.is_synthetic, model.artefacts.count()) == (True, 2)


def test_an_admin_loads_a_zip(client, admin):
    client.force_login(admin)
    upload(client, {"cnn.zip": zipped(run_files(3))})
    assert Artefact.objects.count() == 3


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"run-01.onnx": b"text", "run-01.json": spec_bytes()}, "run-01.onnx is not an ONNX model"),
        ({"notes.txt": b"hello"}, "The upload holds no ONNX file"),
        ({}, "This field is required"),
    ],
)
def test_problems_are_shown_at_the_field_and_nothing_is_stored(client, admin, files, words):
    client.force_login(admin)
    response = upload(client, files)
    assert response.status_code == 400
    assert words in response.context["form"].errors["files"][0]
    assert words in response.content.decode()
    assert "Ten images" in response.content.decode()
    assert not Model.objects.exists()


def test_an_upload_that_is_too_large_is_refused(client, admin, settings):
    settings.MODEL_MAX_BYTES = 1000
    client.force_login(admin)
    response = upload(client, run_files(2))
    assert response.status_code == 400
    assert "is too large" in response.content.decode()


def test_a_taken_name_is_shown_at_the_name(client, admin, single_model):
    client.force_login(admin)
    response = upload(client, run_files(1), name="Single CNN")
    assert "name" in response.context["form"].errors


def test_training_runs_are_added_to_a_model(client, admin, single_model):
    client.force_login(admin)
    address = reverse("inference:artefact-upload", args=[single_model.public_id])
    files = {name: content for name, content in run_files(2).items() if "02" in name}
    response = client.post(address, {"files": uploads(files)}, follow=True)
    assert "The training runs are loaded." in response.content.decode()
    assert single_model.artefacts.count() == 2
    response = client.post(address, {"files": uploads(files)})
    assert "is loaded in Single CNN already" in response.content.decode()


# --- What pages tell ----------------------------------------------------------------------------------


def test_the_model_page_tells_what_a_training_run_is(client, coordinator, model, runs):
    client.force_login(coordinator)
    text = page(client, "model-detail", model.public_id)
    artefact = model.artefacts.first()
    for words in (
        "Ten dermoscopic images",
        "run-01.onnx",
        artefact.sha256,
        artefact.sha256[:12],
        artefact.spec_sha256,
        "tests 1.0",
        "ai.onnx 18",
        "pixels: float32, N × 3 × 16 × 16",
        "resize to 16 × 16 bilinear → RGB",
        "mel, nv",
        "Melanoma or nevus",
        "CPUExecutionProvider",
    ):
        assert words in text, words


def test_runs_over_studies_of_others_are_not_told(client, model, runs, stranger):
    client.force_login(stranger)
    assert "Melanoma or nevus" not in page(client, "model-detail", model.public_id)


def test_the_list_tells_how_many_training_runs(client, coordinator, model):
    client.force_login(coordinator)
    assert "3 training runs" in page(client, "model-list")


def test_an_empty_list_says_what_to_do(client, admin, coordinator):
    client.force_login(admin)
    assert "Load an ONNX file" in page(client, "model-list")
    client.force_login(coordinator)
    assert "An admin can load one" in page(client, "model-list")


def test_a_draft_is_planned_with_a_model(client, admin, coordinator, now, model):
    study = make_ready_study(admin=admin, coordinator=coordinator, now=now)
    client.force_login(coordinator)
    assert "Plan the study with a model" in page(client, "study-runs", study.slug)
    address = reverse("inference:plan", args=[study.slug])
    said = client.post(address, {"model": model.public_id, "planned": "1"}, follow=True)
    assert f"The study is planned with {model.name}." in said.content.decode()
    assert PlannedModel.objects.get().model == model
    assert "Take out" in page(client, "study-runs", study.slug)
    said = client.post(address, {"model": model.public_id}, follow=True)
    assert f"{model.name} is taken out of the plan." in said.content.decode()
    assert not PlannedModel.objects.exists()


def test_runs_are_started_from_the_page(
    client, coordinator, locked_study, model, django_capture_on_commit_callbacks
):
    client.force_login(coordinator)
    address = reverse("inference:start", args=[locked_study.slug])
    response = client.post(address, {"model": model.public_id}, follow=True)
    assert "3 runs are on their way" in response.content.decode()
    assert "Queued" in response.content.decode()
    response = client.post(address, {"model": model.public_id}, follow=True)
    assert "All runs of this model are there already" in response.content.decode()
    assert ModelRun.objects.count() == 3
    assert client.post(address, {"model": "nonsense"}).status_code == 404


def test_progress_is_fetched_again_until_all_runs_have_ended(
    client, coordinator, locked_study, single_model, now
):
    (run,) = start_runs(actor=coordinator, model=single_model, study=locked_study, now=now)
    client.force_login(coordinator)
    text = page(client, "run-progress", locked_study.slug)
    address = reverse("inference:run-progress", args=[locked_study.slug])
    assert f'hx-get="{address}"' in text
    assert 'hx-trigger="every 1s"' in text
    assert "<html" not in text
    execute_run(run_id=run.pk, clock=lambda: now)
    text = page(client, "run-progress", locked_study.slug)
    assert "hx-get" not in text
    assert "5 / 5" in text
    assert "CPUExecutionProvider" in text
    assert "0:00:00" in text


def test_htmx_comes_from_here_and_writes_no_inline_style(client, coordinator, locked_study):
    client.force_login(coordinator)
    text = page(client, "study-runs", locked_study.slug)
    assert "django_htmx/htmx-2.min.js" in text
    assert '"includeIndicatorStyles": false' in text
    assert "style=" not in text


def test_a_failed_run_is_told_and_tried_again(client, coordinator, locked_study, runs):
    ModelRun.objects.filter(pk=runs[0].pk).update(
        state=RunState.FAILED, error="The stored file of image abc has changed."
    )
    client.force_login(coordinator)
    text = page(client, "study-runs", locked_study.slug)
    assert "The stored file of image abc has changed." in text
    address = reverse("inference:retry", args=[runs[0].public_id])
    assert client.post(address, follow=True).status_code == 200
    runs[0].refresh_from_db()
    assert runs[0].state == RunState.QUEUED
    assert client.post(address).status_code == 409


def test_an_archived_study_offers_no_start(client, coordinator, locked_study, model):
    type(locked_study).objects.filter(pk=locked_study.pk).update(state=StudyState.ARCHIVED)
    client.force_login(coordinator)
    assert "Start the runs" not in page(client, "study-runs", locked_study.slug)


def test_without_a_planned_model_the_page_of_the_aid_leads_to_the_plan(
    client, admin, coordinator, now, model
):
    study = make_ready_study(admin=admin, coordinator=coordinator, now=now)
    client.force_login(coordinator)
    way = f'class="button primary" href="{reverse("inference:study-runs", args=[study.slug])}"'
    bare = page(client, "aid", study.slug)
    assert way in bare
    assert 'name="artefact"' not in bare
    plan_model(actor=coordinator, study=study, model=model, planned=True, now=now)
    planned = page(client, "aid", study.slug)
    assert way not in planned
    assert 'name="artefact"' in planned


def test_the_draft_page_tells_a_planned_model(client, admin, coordinator, now, model):
    study = make_ready_study(admin=admin, coordinator=coordinator, now=now)
    plan_model(actor=coordinator, study=study, model=model, planned=True, now=now)
    client.force_login(coordinator)
    assert "planned" in page(client, "study-runs", study.slug)


def test_runs_are_offered_only_where_some_can_be_started(
    client, admin, coordinator, locked_study, now
):
    started = make_model(admin=admin, now=now, runs=2, name="Started CNN")
    make_model(admin=admin, now=now, name="New CNN")
    create_model(actor=admin, name="Empty CNN", now=now)
    start_runs(actor=coordinator, model=started, study=locked_study, now=now)
    client.force_login(coordinator)
    shown = page(client, "study-runs", locked_study.slug)
    offered = re.findall(r"Start the runs<span class=\"visually-hidden\">: ([^<]*)", shown)
    assert offered == ["New CNN"]
    assert "all runs are there" in shown
    assert "no training run is loaded" in shown


def test_a_run_tells_what_it_was_made_with(client, coordinator, queued, now):
    execute_run(run_id=queued.pk, clock=lambda: now)
    client.force_login(coordinator)
    shown = page(client, "run", queued.public_id)
    assert "<dt>providers</dt><dd>CPUExecutionProvider</dd>" in shown
    assert "deterministic: yes" in shown
    assert f"numpy: {np.__version__}" in shown


@pytest.mark.usefixtures("queued")
def test_the_runs_of_a_study_are_under_studies(client, coordinator, locked_study, model):
    client.force_login(coordinator)
    run = locked_study.model_runs.get()
    for name, argument, current in (
        ("run", run.public_id, "Studies"),
        ("study-runs", locked_study.slug, "Studies"),
        ("model-detail", model.public_id, "Models"),
    ):
        shown = page(client, name, argument).split("</nav>")[0]
        assert re.findall(r'aria-current="page">([^<]*)', shown) == [current]


def test_the_positive_class_is_told_by_its_name(client, admin, single_model):
    client.force_login(admin)
    shown = page(client, "artefact", single_model.artefacts.get().public_id)
    assert "<code>output.positive</code></th><td>mel</td>" in shown
