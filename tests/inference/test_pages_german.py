"""The pages of models and scores in German; what is stored stays English."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from inference.choices import RunState
from inference.models import Artefact, ModelDraft, ModelRun
from tests.german import DE, english_in
from tests.inference.engine.graphs import linear
from tests.inference.engine.test_open_spec import FULL
from tests.inference.factories import make_ready_study, run_files, spec_bytes


@pytest.fixture
def client(client, admin):
    client.force_login(admin)
    return client


def upload(client, files, **options):
    named = [SimpleUploadedFile(name, content) for name, content in files.items()]
    data = {"name": "New CNN", "training_data": "Ten images", "files": named}
    return client.post(reverse("inference:model-upload"), data, headers=DE, follow=True, **options)


@pytest.mark.parametrize(
    "files",
    [
        {"kaputt.onnx": b"text", "kaputt.json": spec_bytes()},
        {"notes.txt": b"hello"},
        {**run_files(1), "run-01.json": b"{"},
        {**run_files(1), "run-01.json": json.dumps({"spec": "rs-preproc/1", "x": 1}).encode()},
        {**run_files(1), "run-01.json": spec_bytes(layout="NHWC")},
        {"a.zip": b"PK"},
    ],
    ids=["broken", "no network", "no JSON", "wrong fields", "other layout", "no zip"],
)
def test_what_is_wrong_with_a_model_is_told_in_german(client, files):
    response = upload(client, files)
    assert response.status_code == 400
    assert response.context["form"].errors
    assert english_in(response.content.decode()) == []


def test_a_broken_network_is_told_in_both_languages(client):
    files = {"kaputt.onnx": b"text", "kaputt.json": spec_bytes()}
    assert "kaputt.onnx ist kein ONNX-Modell." in upload(client, files).content.decode()
    data = {"name": "New", "files": [SimpleUploadedFile(*one) for one in files.items()]}
    english = client.post(reverse("inference:model-upload"), data)
    assert "kaputt.onnx is not an ONNX model." in english.content.decode()


def test_questions_are_asked_in_german_and_stored_in_english(client):
    response = upload(client, {"bare.onnx": linear()})
    draft = ModelDraft.objects.get()
    text = response.content.decode()
    assert english_in(text) == []
    sentences = [one["sentence"] for one in draft.questions]
    assert sentences
    assert all(
        sentence.startswith("bare") and " does not " in sentence for sentence in sentences
    ), sentences
    assert all(sentence not in text for sentence in sentences)
    address = reverse("inference:draft", args=[draft.public_id])
    said = {one["field"]: "nothing of the kind" for one in draft.questions}
    wrong = client.post(address, said, headers=DE)
    assert english_in(wrong.content.decode()) == []


def test_a_training_run_tells_where_its_values_came_from_in_german(client):
    upload(client, {"bare.onnx": linear()})
    address = reverse("inference:draft", args=[ModelDraft.objects.get().public_id])
    client.post(address, FULL, headers=DE)
    client.post(address, {**FULL, "output.positive": ["mel"]}, headers=DE)
    artefact = Artefact.objects.get()
    assert artefact.spec_origin["mean"] == "answered when the model was added"
    text = client.get(
        reverse("inference:artefact", args=[artefact.public_id]), headers=DE
    ).content.decode()
    assert "beim Hinzufügen des Modells beantwortet" in text
    assert "<dt>Erzeuger</dt>" in text
    assert english_in(text) == []


@pytest.mark.parametrize(
    "content",
    [b"case,run-01\nnobody,1.5\n,0.2\n", b"case\nx\n", b"", b"case,mel,nv\nx,0.2,0.8\n"],
    ids=["cells", "no column", "empty", "classes"],
)
def test_what_is_wrong_with_a_score_file_is_told_in_german(
    client, admin, coordinator, now, content
):
    study = make_ready_study(admin=admin, coordinator=coordinator, now=now)
    file = SimpleUploadedFile("s.csv", content, "text/csv")
    data = {"file": file, "name": "Other", "version": "1"}
    address = reverse("inference:scores-upload", args=[study.slug])
    response = client.post(address, data, headers=DE)
    assert response.status_code == 400
    assert english_in(response.content.decode()) == []


def test_why_a_run_has_failed_is_told_in_german(client, runs):
    run = runs[0]
    error = "The stored file of image ab12 has changed since it was imported."
    ModelRun.objects.filter(pk=run.pk).update(state=RunState.FAILED, error=error)
    address = reverse("inference:study-runs", args=[run.study.slug])
    text = client.get(address, headers=DE).content.decode()
    assert "Die gespeicherte Datei des Bildes ab12 hat sich seit dem Import geändert." in text
    assert error in client.get(address).content.decode()
