"""The committed training runs are small, load through the engine, and are what their card says."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inference.engine import check_artefact, load_artefact, score_directory, to_tensor
from inference.training.spec import CLASSES

MODEL = Path(__file__).resolve().parents[3] / "fixtures" / "demo" / "model"
RUNS = [f"run-{number:02d}" for number in range(1, 6)]


@pytest.mark.parametrize("run", RUNS)
def test_a_committed_run_fits_its_spec_and_stays_small(run):
    artefact = load_artefact(MODEL / f"{run}.onnx")
    check_artefact(artefact)
    assert artefact.metadata.size < 2_000_000
    assert list(artefact.spec.output.classes) == CLASSES
    assert artefact.spec.output.positive == (CLASSES.index("melanoma"),)
    assert artefact.spec.output.activation == "softmax"
    assert artefact.metadata.inputs[0].shape[1:] == (3, *artefact.spec.preprocess.output_size)


def test_a_photograph_becomes_the_tensor_that_the_spec_promises():
    spec = load_artefact(MODEL / "run-01.onnx").spec.preprocess
    tensor = to_tensor(Image.new("RGB", (800, 600), (255, 0, 0)), spec)
    assert tensor.shape == (3, *spec.output_size)
    expected = (np.array([1.0, 0, 0]) - spec.mean) / spec.std
    assert tensor[:, 0, 0] == pytest.approx(expected, abs=1e-5)


def test_all_runs_share_one_spec_and_no_weights():
    artefacts = [load_artefact(MODEL / f"{run}.onnx") for run in RUNS]
    assert len({artefact.spec.spec_sha256 for artefact in artefacts}) == 1
    assert len({artefact.sha256 for artefact in artefacts}) == len(RUNS)


@pytest.mark.parametrize("run", RUNS)
def test_a_committed_run_holds_no_path_of_the_machine_it_was_exported_on(run):
    content = (MODEL / f"{run}.onnx").read_bytes()
    assert b".py" not in content
    assert b"site-packages" not in content


def test_the_runs_tell_the_committed_photographs_apart_but_not_perfectly():
    """Trained on dermoscopic images alone, so the clinical photographs are a strange country."""
    with (MODEL.parent / "clinical" / "manifest.csv").open(newline="", encoding="utf-8") as file:
        truth = {row["image"]: int(row["malignant"]) for row in csv.DictReader(file)}
    scored = score_directory(
        load_artefact(MODEL / "run-01.onnx"), MODEL.parent / "clinical", providers="cpu"
    )
    assert [name for name, _ in scored] == sorted(truth)
    melanomas, nevi = (
        np.array([score for name, score in scored if truth[name] == kind]) for kind in (1, 0)
    )
    assert 0.65 < (melanomas[:, None] > nevi[None, :]).mean() < 0.99


def test_the_card_lists_the_runs_and_no_date():
    text = (MODEL / "model-card.json").read_text(encoding="utf-8")
    runs = json.loads(text)["runs"]
    assert [run["label"] for run in runs] == RUNS
    assert len({run["seed"] for run in runs}) == len(RUNS)
    assert all(0.5 < run["validation_auc"] <= 1 for run in runs)
    assert "20" + "26" not in text
