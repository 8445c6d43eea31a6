"""A golden file's images are run, and what differs by more than 1e-3 is told."""

import json

import numpy as np
import pytest
from PIL import Image

from inference.engine import ArtefactError, SpecError, artefact_of, check_artefact, load_artefact
from tests.inference.engine.graphs import BIAS, WEIGHTS, linear, spec_json
from tests.inference.engine.pictures import encoded

COLOUR = (200, 90, 30)
VALUES = (np.array(COLOUR) / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]
LOGITS = VALUES @ WEIGHTS + BIAS
SCORE = float(np.exp(LOGITS[0]) / np.exp(LOGITS).sum())


def files(*images, golden=None):
    stated = {"images": list(images)} if golden is None else golden
    return {
        "model.onnx": linear(),
        "reader-study-model.json": json.dumps(spec_json()).encode(),
        "golden.json": json.dumps(stated).encode(),
        "a.png": encoded(Image.new("RGB", (20, 16), COLOUR), "PNG"),
    }


def problems(given):
    with pytest.raises(ArtefactError) as raised:
        check_artefact(artefact_of(given))
    return raised.value.problems


def test_outputs_and_score_that_agree_pass():
    given = files({"file": "a.png", "outputs": [float(one) for one in LOGITS], "score": SCORE})
    artefact = artefact_of(given)
    assert len(artefact.golden) == 1
    check_artefact(artefact)


def test_within_the_tolerance_is_agreement():
    check_artefact(artefact_of(files({"file": "a.png", "score": SCORE + 0.0009})))


def test_another_score_is_told():
    assert problems(files({"file": "a.png", "score": SCORE + 0.0011})) == (
        f"model.onnx gives a.png the score {SCORE:.6g}, but golden.json says {SCORE + 0.0011:.6g}.",
    )


def test_other_outputs_are_told():
    (sentence,) = problems(files({"file": "a.png", "outputs": [1.0, 2.0]}))
    assert sentence.startswith("model.onnx gives [")
    assert sentence.endswith("for a.png, but golden.json says [1.0, 2.0].")


def test_too_few_outputs_are_told():
    assert "but golden.json says" in problems(files({"file": "a.png", "outputs": [0.1]}))[0]


def test_an_image_that_is_none_is_told():
    given = {**files({"file": "a.png", "score": 0.5}), "a.png": b"no image"}
    assert problems(given) == (
        "model.onnx cannot be checked: golden.json: a.png is not a JPEG, PNG, WebP or TIFF image.",
    )


@pytest.mark.parametrize(
    ("golden", "sentence"),
    [
        ([], "golden.json must hold an object whose images are a list of 1 to 20 entries."),
        ({"images": []}, "golden.json must hold an object whose images are a list of 1 to 20 entries."),
        ({"images": [7]}, "golden.json: images[0] must be an object with file, and with outputs or score"),
        ({"images": [{"file": "b.png", "score": 0.1}]}, "golden.json: images[0] names 'b.png', which is not in the upload"),
        ({"images": [{"file": "a.png"}]}, "golden.json: images[0] has neither outputs nor score"),
        ({"images": [{"file": "a.png", "outputs": ["x"]}]}, "golden.json: images[0] has outputs that are no list of numbers"),
        ({"images": [{"file": "a.png", "score": "x"}]}, "golden.json: images[0] has a score that is no number"),
    ],
)  # fmt: skip
def test_a_malformed_golden_file_is_told(golden, sentence):
    with pytest.raises(SpecError) as raised:
        artefact_of(files(golden=golden))
    assert raised.value.problems == (sentence,)


def test_only_images_that_it_names_are_read_from_a_folder(tmp_path):
    for name, content in files({"file": "a.png", "score": SCORE}).items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "b.png").write_bytes(b"another")
    assert [one.file for one in load_artefact(tmp_path).golden] == ["a.png"]


def test_no_image_is_read_from_outside_of_the_folder(tmp_path):
    inner = tmp_path / "model"
    inner.mkdir()
    for name, content in files({"file": "../a.png", "score": SCORE}).items():
        (inner / name).write_bytes(content)
    (tmp_path / "a.png").write_bytes(encoded(Image.new("RGB", (20, 16), COLOUR), "PNG"))
    with pytest.raises(SpecError, match="not in the upload"):
        load_artefact(inner)
