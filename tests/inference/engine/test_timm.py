"""timm's config.json is read as timm's own evaluation transform prepares a photograph."""

import json

import numpy as np
import pytest
from PIL import Image

from inference.engine import SpecError, artefact_of, open_session, read_spec, to_tensor
from tests.inference.engine.graphs import BIAS, WEIGHTS, linear

ANSWERS = {"output.activation": "softmax", "output.positive": "mel"}
CFG = {
    "input_size": [3, 16, 16],
    "interpolation": "bicubic",
    "crop_pct": 0.9,
    "crop_mode": "center",
    "mean": [0.5, 0.4, 0.3],
    "std": [0.2, 0.3, 0.4],
    "num_classes": 2,
}


def files(*, onnx=None, top=None, **changes):
    cfg = {name: value for name, value in {**CFG, **changes}.items() if value is not None}
    config = {"architecture": "tiny", "label_names": ["mel", "nv"], "pretrained_cfg": cfg}
    return {
        "model.onnx": onnx or linear(),
        "config.json": json.dumps({**config, **(top or {})}).encode(),
    }


def problems_of(given, answers=ANSWERS):
    with pytest.raises(SpecError) as raised:
        read_spec(given, answers=answers)
    return raised.value.problems


def test_every_field_is_read_and_shows_where_it_comes_from():
    spec = read_spec(files(), answers=ANSWERS)
    assert (spec.preprocess.resize.mode, spec.preprocess.resize.size) == ("shortest_edge", (17, 17))
    assert spec.preprocess.resize.interp == "bicubic"
    assert (spec.preprocess.crop.size, spec.preprocess.crop.rounding) == ((16, 16), "half_even")
    assert spec.preprocess.mean == (0.5, 0.4, 0.3)
    assert spec.preprocess.std == (0.2, 0.3, 0.4)
    assert (spec.preprocess.scale, spec.preprocess.offset) == (1 / 255, 0.0)
    assert spec.output.classes == ("mel", "nv")
    assert spec.output.positive == (0,)
    assert spec.origin["mean"] == "config.json: pretrained_cfg.mean"
    assert spec.origin["output.classes"] == "config.json: label_names"
    assert spec.origin["layout"] == "model.onnx: its input's shape"
    assert spec.origin["output.activation"] == "answered when the model was added"


def test_the_tensor_is_the_one_of_the_transform_done_by_hand():
    picture = Image.fromarray(
        np.random.default_rng(1).integers(0, 256, (40, 60, 3), np.uint8), "RGB"
    )
    scaled = picture.resize((int(17 * 60 / 40), 17), Image.Resampling.BICUBIC)
    left, top = round((25 - 16) / 2), round((17 - 16) / 2)
    cropped = np.asarray(scaled.crop((left, top, left + 16, top + 16)), np.float32) / 255
    wanted = (cropped - np.array(CFG["mean"], np.float32)) / np.array(CFG["std"], np.float32)
    made = to_tensor(picture, read_spec(files(), answers=ANSWERS).preprocess)
    np.testing.assert_allclose(made, wanted.transpose(2, 0, 1), atol=1e-6)


def test_the_score_is_the_one_worked_out_by_hand():
    colour = (200, 90, 30)
    values = (np.array(colour) / 255 - CFG["mean"]) / CFG["std"]
    logits = values @ WEIGHTS + BIAS
    wanted = np.exp(logits[0]) / np.exp(logits).sum()
    session = open_session(artefact_of(files(), answers=ANSWERS), "cpu")
    tensor = to_tensor(Image.new("RGB", (50, 40), colour), session.spec.preprocess)
    assert session.score(tensor[None])[0] == pytest.approx(wanted, abs=1e-6)


def test_squash_scales_both_sides():
    resize = read_spec(files(crop_mode="squash", crop_pct=1.0), answers=ANSWERS).preprocess.resize
    assert (resize.mode, resize.size) == ("squash", (16, 16))


def test_a_border_has_the_mean_colour_around_the_whole_image():
    given = files(
        onnx=linear(size=(224, 224)), input_size=[3, 224, 224], crop_mode="border", crop_pct=1.0
    )
    spec = read_spec(given, answers=ANSWERS).preprocess
    assert (spec.resize.mode, spec.resize.size, spec.crop.mode) == ("letterbox", (224, 224), "none")
    assert spec.resize.fill == (128.0, 102.0, 76.0)
    # 225 / (320 / 224) is 157.5 and becomes 158; 225 * (224 / 320) would be a little less.
    column = to_tensor(Image.new("RGB", (320, 225)), spec)[0, :, 112]
    is_border = np.isclose(column, (128 / 255 - 0.5) / 0.2, atol=1e-6)
    assert is_border.sum() == 66
    assert is_border[:33].all()
    assert is_border[-33:].all()


def test_the_size_for_testing_is_taken_where_the_graph_takes_no_other():
    given = files(onnx=linear(size=(24, 24)), test_input_size=[3, 24, 24], test_crop_pct=1.0)
    spec = read_spec(given, answers=ANSWERS)
    assert spec.preprocess.crop.size == (24, 24)
    assert spec.preprocess.resize.size == (24, 24)
    assert "test_input_size" in spec.origin["crop"]


def test_a_flat_file_is_read_too():
    given = {
        "model.onnx": linear(),
        "config.json": json.dumps(
            {"architecture": "tiny", "label_names": ["a", "b"], **CFG}
        ).encode(),
    }
    spec = read_spec(given, answers={**ANSWERS, "output.positive": "b"})
    assert spec.origin["std"] == "config.json: std"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"mean": None, "std": None}, "config.json does not say which mean is taken off the colours."),
        ({"interpolation": None}, "config.json does not say with which filter photographs are scaled."),
        ({"crop_pct": None}, "config.json: pretrained_cfg.crop_pct is missing: it says how much of the image is kept"),
        ({"crop_pct": 0}, "config.json: pretrained_cfg.crop_pct must be above 0 and at most 1, but is 0"),
        ({"crop_mode": "border"}, "config.json: pretrained_cfg.crop_mode border is supported with a crop_pct of 1 only"),
        ({"crop_mode": "zoom"}, "config.json: pretrained_cfg.crop_mode must be one of center, squash, border, but is 'zoom'"),
        ({"input_size": [1, 16, 16]}, "config.json: pretrained_cfg.input_size has 1 channels, but a photograph has 3"),
        ({"input_size": "big"}, "config.json: pretrained_cfg.input_size must be [channels, height, width]"),
        ({"std": [0.2, 0, 0.4]}, "config.json: std must be larger than 0 in every channel, but is [0.2, 0.0, 0.4]"),
        ({"crop_pct": 0.001}, "config.json: pretrained_cfg.crop_pct scales images to more than 4096 pixels"),
        ({"input_size": [3, 16, 24]}, "config.json: pretrained_cfg.crop_mode center is supported for square images only"),
    ],
)  # fmt: skip
def test_what_is_missing_or_wrong_is_told(changes, sentence):
    assert sentence in problems_of(files(**changes))


def test_activation_and_positive_class_are_asked():
    given = files()
    with pytest.raises(SpecError) as raised:
        read_spec(given)
    assert [q.field for q in raised.value.questions] == ["output.activation", "output.positive"]
    assert raised.value.questions[1].options == ("mel", "nv")


def test_classes_that_nobody_names_are_asked_with_their_number():
    with pytest.raises(SpecError) as raised:
        read_spec(files(top={"label_names": None}))
    asked = {q.field: q.sentence for q in raised.value.questions}
    assert asked["output.classes"] == (
        "config.json does not name the 2 classes in the network's order."
    )
    named = {"output.classes": "mel, nv", **ANSWERS}
    assert read_spec(files(top={"label_names": None}), answers=named).output.classes == (
        "mel",
        "nv",
    )


def test_more_names_than_outputs_are_told():
    assert problems_of(files(top={"label_names": ["a", "b", "c"]}), {**ANSWERS, "output.positive": "a"}) == (
        "output.classes names 3 classes, but the network has 2 outputs.",
    )  # fmt: skip


def test_an_activation_in_the_graph_is_not_asked():
    spec = read_spec(files(onnx=linear(end="Softmax")), answers={"output.positive": "mel"})
    assert spec.output.activation == "none"
    assert spec.origin["output.activation"] == "model.onnx: its last node is Softmax"
