"""Models come in: checked, hashed, whole or not at all."""

import hashlib
import json

import numpy as np
import pytest
from django.core.files.storage import FileSystemStorage, default_storage

from inference.models import Artefact, Model
from inference.services import add_artefact, add_artefacts, create_model, load_model
from readerstudy.core.errors import Conflict, DomainError, NotAllowed, NotFound
from readerstudy.core.models import AuditEvent
from tests.inference.engine.graphs import WEIGHTS, linear, output_json, spec_json
from tests.inference.factories import graph, make_model, run_files, spec_bytes, zipped


def stored_files():
    return default_storage.listdir("models")[1] if default_storage.exists("models") else []


def load(admin, now, files, **options):
    return load_model(actor=admin, name="CNN", files=files, now=now, **options)


def labels_of(model):
    return list(model.artefacts.values_list("label", flat=True))


def refusal_of(admin, now, files, **options):
    """Every sentence of the refusal, after making sure that nothing was stored."""
    with pytest.raises(DomainError) as caught:
        load(admin, now, files, **options)
    assert not Model.objects.exists()
    assert not Artefact.objects.exists()
    assert stored_files() == []
    assert not AuditEvent.objects.filter(verb__startswith="model").exists()
    assert {problem.field for problem in caught.value.problems} == {"files"}
    return [str(problem) for problem in caught.value.problems]


def test_an_artefact_is_stored_with_its_hashes_and_facts(admin, now):
    model = load(admin, now, run_files(1), training_data="Ten images")
    artefact = model.artefacts.get()
    content = graph(1)
    assert artefact.label == "run-01"
    assert artefact.file_name == "run-01.onnx"
    assert artefact.bytes == len(content)
    assert artefact.sha256 == hashlib.sha256(content).hexdigest()
    assert artefact.spec["output"]["positive"] == [0]
    assert len(artefact.spec_sha256) == 64
    assert artefact.facts["opset"] == {"ai.onnx": 18}
    assert artefact.facts["inputs"][0]["shape"] == ["N", 3, 16, 16]
    with default_storage.open(artefact.file.name) as file:
        assert file.read() == content
    verbs = AuditEvent.objects.values_list("verb", flat=True)
    assert list(verbs) == ["model.created", "artefact.added"]


def test_several_onnx_files_are_training_runs_of_one_model(admin, now):
    assert labels_of(load(admin, now, run_files(3))) == ["run-01", "run-02", "run-03"]


def test_a_zip_is_read_like_its_files(admin, now):
    files = {f"export/{name}": content for name, content in run_files(2).items()}
    files["__MACOSX/export/._run-01.onnx"] = b"resource fork"
    files["export/README.txt"] = b"hello"
    assert labels_of(load(admin, now, {"cnn.zip": zipped(files)})) == ["run-01", "run-02"]


def test_files_named_alike_are_told_apart_by_their_folders(admin, now):
    files = {"reader-study-model.json": spec_bytes()}
    files |= {f"run-{n}/model.onnx": graph(n) for n in (1, 2)}
    assert labels_of(load(admin, now, {"cnn.zip": zipped(files)})) == ["run-1", "run-2"]


def test_json_beside_a_model_goes_before_json_above_it(admin, now):
    files = {
        "reader-study-model.json": spec_bytes(),
        "one/model.onnx": graph(1),
        "two/model.onnx": graph(2),
        "two/reader-study-model.json": spec_bytes(output=output_json(positive=[1])),
    }
    model = load(admin, now, {"cnn.zip": zipped(files)})
    positive = {one.label: one.spec["output"]["positive"] for one in model.artefacts.all()}
    assert positive == {"one": [0], "two": [1]}


def test_a_hugging_face_export_is_taken_as_it_is(admin, now):
    files = {
        "model.onnx": graph(),
        "preprocessor_config.json": json.dumps(
            {
                "image_processor_type": "ViTImageProcessor",
                "do_resize": True,
                "size": {"height": 16, "width": 16},
                "resample": 2,
                "do_rescale": True,
                "rescale_factor": 1 / 255,
                "do_normalize": True,
                "image_mean": [0.5, 0.5, 0.5],
                "image_std": [0.5, 0.5, 0.5],
            }
        ).encode(),
        "config.json": json.dumps(
            {
                "architectures": ["ViTForImageClassification"],
                "model_type": "vit",
                "id2label": {"0": "mel", "1": "nv"},
                "num_channels": 3,
            }
        ).encode(),
    }
    spec = load(admin, now, files, positive="mel").artefacts.get().spec
    assert spec["mean"] == [0.5, 0.5, 0.5]
    assert spec["output"]["classes"] == ["mel", "nv"]
    assert spec["output"]["positive"] == [0]


def test_a_model_card_is_kept(admin, now):
    files = {**run_files(1), "model-card.json": b'{"intended use": "tests"}'}
    assert load(admin, now, files).card == {"intended use": "tests"}


def test_what_is_no_onnx_file_is_refused_by_name(admin, now):
    files = {"run-01.onnx": b"this is text", "run-01.json": spec_bytes()}
    assert refusal_of(admin, now, files) == ["run-01.onnx is not an ONNX model."]


def test_every_training_run_that_does_not_fit_is_named_and_none_is_stored(admin, now):
    files = run_files(3)
    files["run-02.onnx"] = b"\x00\x01"
    files["run-03.onnx"] = linear(
        weights=np.zeros((3, 4), np.float32), bias=np.zeros(4, np.float32)
    )
    first, second = refusal_of(admin, now, files)
    assert first == "run-02.onnx is not an ONNX model."
    assert second.startswith("run-03.onnx gives outputs of 4 × 4")


def test_a_refusal_inside_a_zip_tells_the_folder(admin, now):
    files = {
        "reader-study-model.json": spec_bytes(),
        "a/model.onnx": graph(1),
        "b/model.onnx": b"no",
    }
    sentences = refusal_of(admin, now, {"cnn.zip": zipped(files)})
    assert sentences == ["b/model.onnx: model.onnx is not an ONNX model."]


def test_a_spec_of_another_size_is_refused(admin, now):
    size = {**spec_json()["resize"], "size": [8, 8]}
    files = {"run-01.onnx": graph(), "run-01.json": spec_bytes(resize=size)}
    assert refusal_of(admin, now, files) == [
        "run-01.onnx expects images of 16 × 16, but its spec makes 8 × 8."
    ]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"run-01.json": b"{}"}, "no ONNX file"),
        ({"run-01.onnx": graph()}, "no file that says how to prepare an image"),
        ({"cnn.zip": b"PK\x03\x04 not really"}, "cnn.zip is not a readable zip archive"),
        ({**run_files(1), "model-card.json": b"{"}, "model-card.json is not JSON"),
        ({**run_files(1), "model-card.json": b"[]"}, "model-card.json must be a JSON object"),
        (
            {"a.zip": zipped(run_files(1)), **run_files(1)},
            "run-01.onnx is there twice",
        ),
    ],
)
def test_an_upload_that_cannot_be_used_is_refused_with_a_sentence(admin, now, files, words):
    assert words in " ".join(refusal_of(admin, now, files))


def test_a_damaged_zip_is_refused_by_name(admin, now):
    content = bytearray(zipped({"run-01.onnx": graph() * 20, "run-01.json": spec_bytes()}))
    content[200:300] = bytes(100)
    assert (
        "cnn.zip is not a readable zip archive"
        in refusal_of(admin, now, {"cnn.zip": bytes(content)})[0]
    )


def test_a_zip_that_unpacks_to_too_much_is_refused(admin, now, settings):
    settings.MODEL_MAX_BYTES = 2000
    content = zipped({"run-01.onnx": bytes(3000), "run-01.json": spec_bytes()})
    assert "cnn.zip is too large" in refusal_of(admin, now, {"cnn.zip": content})[0]


def test_a_missing_positive_class_is_asked_for(admin, now):
    output = output_json()
    del output["positive"]
    files = {"run-01.onnx": graph(), "run-01.json": spec_bytes(output=output)}
    assert "positive" in refusal_of(admin, now, files)[0]
    assert load(admin, now, files, positive="nv").artefacts.get().spec["output"]["positive"] == [1]


def test_the_same_training_run_is_not_loaded_twice(admin, now, single_model):
    with pytest.raises(Conflict, match=r"run-01\.onnx is loaded in Single CNN already"):
        add_artefacts(actor=admin, model=single_model, files=run_files(1), now=now)
    assert len(stored_files()) == single_model.artefacts.count() == 1


def test_a_label_is_given_once(admin, now, single_model):
    files = {"run-01.onnx": graph(7), "run-01.json": spec_bytes()}
    with pytest.raises(Conflict, match="has a training run run-01 already"):
        add_artefacts(actor=admin, model=single_model, files=files, now=now)
    added = add_artefact(actor=admin, model=single_model, label="seed 7", files=files, now=now)
    assert labels_of(single_model) == ["run-01", "seed 7"]
    assert added.file_name == "run-01.onnx"


def test_files_that_were_written_are_removed_when_a_later_one_fails(admin, now, monkeypatch):
    model = make_model(admin=admin, now=now)
    before, save = stored_files(), FileSystemStorage.save
    calls = []

    def full_disk(storage, name, content):
        calls.append(name)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        return save(storage, name, content)

    monkeypatch.setattr(FileSystemStorage, "save", full_disk)
    files = {f"more-{n}.onnx": linear(weights=WEIGHTS * n) for n in (2, 3)}
    with pytest.raises(OSError, match="No space"):
        add_artefacts(
            actor=admin,
            model=model,
            files={**files, "reader-study-model.json": spec_bytes()},
            now=now,
        )
    assert stored_files() == before
    assert model.artefacts.count() == 1


def test_a_name_is_given_once(admin, now, single_model):
    with pytest.raises(DomainError) as caught:
        load_model(actor=admin, name="Single CNN", files=run_files(2), now=now)
    assert caught.value.problems[0].field == "name"
    assert len(stored_files()) == 1


def test_only_admins_load_models(coordinator, reader_user, now, single_model):
    with pytest.raises(NotAllowed):
        create_model(actor=coordinator, name="Mine", now=now)
    with pytest.raises(NotAllowed):
        add_artefacts(actor=coordinator, model=single_model, files=run_files(2), now=now)
    with pytest.raises(NotFound):
        load_model(actor=reader_user, name="Mine", files=run_files(1), now=now)
    assert Model.objects.count() == 1


def test_an_empty_name_is_refused(admin, now):
    with pytest.raises(DomainError) as caught:
        create_model(actor=admin, name="  ", now=now)
    assert caught.value.problems[0].field == "name"
    assert not Model.objects.exists()
