"""`manage.py infer` and `manage.py requeue_stale`."""

import csv
import io
import json
import zipfile
from datetime import timedelta

import numpy as np
import onnxruntime
import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from inference.choices import RunState
from inference.claims import claim
from inference.services import start_runs
from tests.inference.engine.graphs import linear, output_json
from tests.inference.factories import graph, spec_bytes
from tests.intake.photographs import jpeg, png

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@pytest.fixture
def photographs(tmp_path):
    folder = tmp_path / "photographs"
    (folder / "ward 7").mkdir(parents=True)
    (folder / "b.png").write_bytes(png(seed=1))
    (folder / "a.jpg").write_bytes(jpeg(seed=2, width=80, height=50))
    (folder / "ward 7" / "c.png").write_bytes(png(seed=3, width=31, height=77))
    (folder / "notes.txt").write_text("no photograph")
    return folder


@pytest.fixture
def exported(tmp_path):
    """A function that lays out an ONNX file with its spec, and returns the ONNX file's path."""

    def lay_out(onnx_bytes=None, spec=None, folder="model"):
        place = tmp_path / folder
        place.mkdir()
        (place / "cnn.onnx").write_bytes(onnx_bytes or graph())
        (place / "cnn.json").write_bytes(spec or spec_bytes())
        return place / "cnn.onnx"

    return lay_out


def infer(model, folder, out, **options):
    said = io.StringIO()
    call_command("infer", model, folder, out=out, provider="cpu", stdout=said, **options)
    return said.getvalue()


def read(path):
    with path.open(newline="", encoding="utf-8") as file:
        return {row["file"]: float(row["score"]) for row in csv.DictReader(file)}


def plainly(model, path):
    """The score as ten lines of anybody's script compute it."""
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    image = Image.open(path).convert("RGB").resize((16, 16), Image.Resampling.BILINEAR)
    values = (np.asarray(image, np.float64) / 255 - MEAN) / STD
    tensor = values.transpose(2, 0, 1)[None].astype(np.float32)
    logits = session.run(None, {"pixels": tensor})[0][0]
    exponentials = np.exp(logits - logits.max())
    return float(exponentials[0] / exponentials.sum())


def test_the_command_writes_what_a_plain_script_computes(tmp_path, photographs, exported):
    model, out = exported(), tmp_path / "scores.csv"
    said = infer(model, photographs, out)
    assert "3 images scored with cnn.onnx" in said
    assert out.read_text().splitlines()[0] == "file,score"
    scores = read(out)
    assert list(scores) == ["a.jpg", "b.png", "ward 7/c.png"]
    for name, score in scores.items():
        assert score == pytest.approx(plainly(model, photographs / name), abs=1e-6)


def test_scores_below_zero_stay_numbers(tmp_path, photographs, exported):
    spec = spec_bytes(output=output_json(activation="none", positive=[1]))
    weights = np.full((3, 2), -3, np.float32)
    model = exported(linear(weights=weights, bias=np.full(2, -9, np.float32)), spec)
    infer(model, photographs, tmp_path / "scores.csv")
    assert max(read(tmp_path / "scores.csv").values()) < 0


def test_a_folder_and_a_zip_are_models_too(tmp_path, photographs, exported):
    model = exported()
    archive = tmp_path / "cnn.zip"
    with zipfile.ZipFile(archive, "w") as target:
        for path in model.parent.iterdir():
            target.write(path, f"export/{path.name}")
    found = []
    for place in (model, model.parent, archive):
        out = tmp_path / "scores.csv"
        infer(place, photographs, out)
        found.append(read(out))
    assert found[0] == found[1] == found[2]


def test_a_hugging_face_folder_is_a_model_with_the_positive_class_said(tmp_path, photographs):
    folder = tmp_path / "hub"
    folder.mkdir()
    (folder / "model.onnx").write_bytes(graph())
    preprocessor = {
        "image_processor_type": "ViTImageProcessor",
        "do_resize": True,
        "size": {"height": 16, "width": 16},
        "resample": 2,
        "do_rescale": True,
        "rescale_factor": 1 / 255,
        "do_normalize": True,
        "image_mean": MEAN,
        "image_std": STD,
    }
    (folder / "preprocessor_config.json").write_text(json.dumps(preprocessor))
    config = {
        "architectures": ["ViTForImageClassification"],
        "model_type": "vit",
        "id2label": {"0": "mel", "1": "nv"},
        "num_channels": 3,
    }
    (folder / "config.json").write_text(json.dumps(config))
    out = tmp_path / "scores.csv"
    with pytest.raises(CommandError, match=r"--answer output\.positive=mel\|nv"):
        infer(folder, photographs, out)
    assert not out.exists()
    infer(folder, photographs, out, positive="mel")
    for name, score in read(out).items():
        expected = plainly(folder / "model.onnx", photographs / name)
        assert score == pytest.approx(expected, abs=1e-6)


def refusal(tmp_path, model, folder, out=None):
    """The sentence of a refusal, which must leave an older result as it is and nothing beside it."""
    target = out or tmp_path / "scores.csv"
    if target.parent.is_dir():
        target.write_text("older")
    with pytest.raises(CommandError) as caught:
        infer(model, folder, target)
    if target.parent.is_dir():
        assert target.read_text() == "older"
        assert not list(target.parent.glob("*.part"))
    return str(caught.value)


def test_bad_input_is_told_with_the_files_name_and_nothing_is_written(
    tmp_path, photographs, exported
):
    not_onnx = exported(b"this is text", folder="one")
    assert refusal(tmp_path, not_onnx, photographs) == "cnn.onnx is not an ONNX model."
    size = spec_bytes(resize={"mode": "exact", "size": [8, 8], "interp": "bilinear"})
    misfit = exported(spec=size, folder="two")
    assert "cnn.onnx expects images of 16 × 16" in refusal(tmp_path, misfit, photographs)
    good = exported(folder="three")
    assert "nowhere is not a folder" in refusal(tmp_path, good, tmp_path / "nowhere")
    assert "missing.onnx is not there" in refusal(
        tmp_path, good.with_name("missing.onnx"), photographs
    )
    (tmp_path / "empty").mkdir()
    assert "holds no JPEG" in refusal(tmp_path, good, tmp_path / "empty")
    nowhere = tmp_path / "no" / "scores.csv"
    assert "there is no folder" in refusal(tmp_path, good, photographs, nowhere)
    (photographs / "cut.png").write_bytes(png(seed=4)[:200])
    assert "cut.png" in refusal(tmp_path, good, photographs)


def test_lost_runs_are_sent_again_by_command(coordinator, locked_study, single_model, now):
    (run,) = start_runs(actor=coordinator, model=single_model, study=locked_study, now=now)
    claim(run.pk, now=now - timedelta(days=1))
    said = io.StringIO()
    call_command("requeue_stale", stdout=said)
    assert said.getvalue().strip() == "1 run sent again."
    run.refresh_from_db()
    assert run.state == RunState.DONE
