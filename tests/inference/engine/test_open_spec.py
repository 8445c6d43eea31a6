"""What no file says about a network is taken from its notes, MONAI's metadata and its shapes, and else asked."""

import json

import onnx
import pytest
from onnx import TensorProto

from inference.engine import SpecError, read_spec
from tests.inference.engine.graphs import linear, spec_json

FULL = {
    "resize.mode": "exact",
    "resize.interp": "bilinear",
    "scale": "0..1",
    "mean": "0.485 0.456 0.406",
    "std": "0.229, 0.224, 0.225",
    "channel_order": "RGB",
    "output.activation": "softmax",
    "output.classes": "mel, nv",
    "output.positive": "mel",
}


def noted(model=None, **notes):
    """The network with notes in it; `_` stands for a point in a key."""
    loaded = onnx.load_from_string(model or linear())
    onnx.helper.set_model_props(loaded, {key.replace("_", "."): v for key, v in notes.items()})
    return {"model.onnx": loaded.SerializeToString()}


def questions(files, answers=None):
    with pytest.raises(SpecError) as raised:
        read_spec(files, answers=answers)
    return {question.field: question for question in raised.value.questions}


def problems(files, answers=FULL):
    with pytest.raises(SpecError) as raised:
        read_spec(files, answers=answers)
    assert not raised.value.questions
    return raised.value.problems


def test_a_bare_network_asks_for_everything_that_it_does_not_show():
    asked = questions({"model.onnx": linear()})
    assert list(asked) == [
        "resize.mode", "resize.interp", "scale", "mean", "std", "channel_order", "output.classes", "output.activation",
    ]  # fmt: skip
    assert asked["resize.mode"].sentence.startswith(
        "model.onnx does not say how a photograph is brought to 16 × 16"
    )


@pytest.mark.parametrize(
    "typed",
    [
        "0,485; 0,456; 0,406",
        "0,485 0,456 0,406",
        "0.485,0.456,0.406",
        "0.485, 0.456 ,0.406",
        " 0.485;0.456;\t0.406 ",
    ],
)
def test_three_numbers_are_typed_as_one_is_used_to(typed):
    spec = read_spec({"model.onnx": linear()}, answers={**FULL, "mean": typed})
    assert spec.preprocess.mean == (0.485, 0.456, 0.406)


@pytest.mark.parametrize("typed", ["0,485,0,456,0,406", "0,485 0,456", "", "1 2 3 4", "1,2,3 4 5"])
def test_what_could_be_other_numbers_is_no_answer(typed):
    answers = {**FULL, "mean": typed}
    with pytest.raises(SpecError):
        read_spec({"model.onnx": linear()}, answers=answers)


def test_answers_make_the_spec_of_our_own_file():
    spec = read_spec({"model.onnx": linear()}, answers=FULL)
    own = read_spec({"reader-study-model.json": json.dumps(spec_json()).encode()})
    assert spec.spec_sha256 == own.spec_sha256
    assert spec.origin["mean"] == "answered when the model was added"
    assert spec.origin["layout"] == "model.onnx: its input's shape"
    assert spec.origin["resize.size"] == "the size that the network takes"


def test_the_positive_class_is_asked_when_the_classes_are_known():
    answers = {name: value for name, value in FULL.items() if name != "output.positive"}
    asked = questions({"model.onnx": linear()}, answers)
    assert asked["output.positive"].options == ("mel", "nv")


def test_a_shorter_side_and_a_centre():
    answers = {**FULL, "resize.mode": "shortest_edge"}
    assert questions({"model.onnx": linear()}, answers)["resize.edge"].sentence.endswith(
        "It takes 16 × 16; the shorter side is that or more."
    )
    spec = read_spec({"model.onnx": linear()}, answers={**answers, "resize.edge": "20"})
    assert spec.preprocess.resize.size == (20, 20)
    assert spec.preprocess.crop.size == (16, 16)
    assert spec.origin["resize.size"] == "answered when the model was added"


def test_a_border_has_a_colour():
    answers = {**FULL, "resize.mode": "letterbox"}
    assert list(questions({"model.onnx": linear()}, answers)) == ["resize.fill"]
    spec = read_spec({"model.onnx": linear()}, answers={**answers, "resize.fill": "1 2 3"})
    assert spec.preprocess.resize.fill == (1.0, 2.0, 3.0)


def test_a_network_of_any_size_asks_for_it():
    free = {"model.onnx": linear(size=("h", "w"))}
    assert list(questions(free, FULL)) == ["resize.size"]
    spec = read_spec(free, answers={**FULL, "resize.size": "32 x 24"})
    assert spec.preprocess.resize.size == (32, 24)


def test_a_network_of_whole_pixels_normalises_by_itself():
    whole = {"model.onnx": linear(dtype=TensorProto.UINT8, layout="NHWC")}
    answers = {name: value for name, value in FULL.items() if name not in ("scale", "mean", "std")}
    spec = read_spec(whole, answers=answers)
    assert (spec.preprocess.dtype, spec.preprocess.layout) == ("uint8", "NHWC")
    assert spec.preprocess.mean == (0.0, 0.0, 0.0)
    assert spec.origin["mean"] == "model.onnx: it takes whole pixels"


def test_channels_in_either_place_are_a_question():
    odd = {"model.onnx": linear(size=(16, 3))}
    assert questions(odd, FULL)["layout"].options == ("NCHW", "NHWC")


def test_notes_in_the_file_are_read():
    files = noted(
        Image_BitmapPixelFormat="Bgr8",
        Image_NominalPixelRange="NominalRange_0_255",
        Image_ColorSpaceGamma="SRGB",
        names="{0: 'mel', 1: 'nv'}",
        task="classify",
    )
    given = ("resize.mode", "resize.interp", "mean", "std", "output.activation", "output.positive")
    spec = read_spec(files, answers={name: FULL[name] for name in given})
    assert spec.preprocess.channel_order == "BGR"
    assert spec.preprocess.scale == 1.0
    assert spec.output.classes == ("mel", "nv")
    assert spec.origin["channel_order"] == "model.onnx: metadata_props Image.BitmapPixelFormat"
    assert spec.origin["output.classes"] == "model.onnx: metadata_props names"


@pytest.mark.parametrize(
    ("note", "value", "sentence"),
    [
        ("Image_BitmapPixelFormat", "Gray8",
         "model.onnx: metadata_props Image.BitmapPixelFormat must be one of Rgb8, Bgr8, but is 'Gray8'"),
        ("Image_NominalPixelRange", "NominalRange_16_235",
         ("model.onnx: metadata_props Image.NominalPixelRange must be one of NominalRange_0_255, Normalized_0_1, "
         "Normalized_1_1, but is 'NominalRange_16_235'")),
        ("Image_ColorSpaceGamma", "Linear",
         "model.onnx: metadata_props: Image.ColorSpaceGamma must be SRGB, but is 'Linear'"),
        ("task", "detect", "model.onnx: metadata_props: task must be classify, but is 'detect'"),
    ],
)  # fmt: skip
def test_notes_that_cannot_be_followed_are_told(note, value, sentence):
    assert problems(noted(**{note: value})) == (sentence,)


@pytest.mark.parametrize(
    "names", ["{0: 'a'", "__import__('os')", "[" * 5000, "{0: 1}", "['a', 'a']"]
)
def test_names_that_are_none_are_asked(names):
    answers = {name: value for name, value in FULL.items() if name != "output.classes"}
    assert "output.classes" in questions(noted(names=names), answers)


def monai(**outputs):
    formats = {
        "inputs": {"image": {"type": "image", "num_channels": 3, "spatial_shape": [16, 16]}},
        "outputs": {"pred": {"num_channels": 2, "channel_def": {"0": "nevus", "1": "melanoma"}}},
    }
    formats.update(outputs)
    data = {"version": "0.1.0", "network_data_format": formats}
    return {"model.onnx": linear(), "metadata.json": json.dumps(data).encode()}


def test_monai_names_the_classes():
    answers = {**FULL, "output.positive": "melanoma"}
    del answers["output.classes"]
    spec = read_spec(monai(), answers=answers)
    assert spec.output.classes == ("nevus", "melanoma")
    assert spec.origin["output.classes"] == (
        "metadata.json: network_data_format.outputs.'pred'.channel_def"
    )


def test_monai_of_grey_images_is_told():
    given = monai(inputs={"image": {"num_channels": 1}})
    assert problems(given, {**FULL, "output.positive": "nevus"}) == (
        "metadata.json: network_data_format.inputs.image.num_channels must be 3, but is 1",
    )


def test_notes_fill_what_hugging_face_leaves_open():
    config = {"architectures": ["XForImageClassification"]}
    preprocessor = {
        "do_resize": True, "size": {"height": 16, "width": 16}, "resample": 2,
        "do_rescale": True, "rescale_factor": 1 / 255, "do_normalize": False,
    }  # fmt: skip
    files = {
        **noted(names="{0: 'mel', 1: 'nv'}"),
        "config.json": json.dumps(config).encode(),
        "preprocessor_config.json": json.dumps(preprocessor).encode(),
    }
    spec = read_spec(files, positive="nv")
    assert spec.output.classes == ("mel", "nv")


@pytest.mark.parametrize(
    ("field", "answer"),
    [
        ("resize.mode", "stretch"), ("mean", "1 2"), ("mean", "nan nan nan"), ("std", "a b c"), ("scale", "255"),
        ("output.classes", "mel,,nv"), ("output.classes", "mel, mel"), ("output.positive", "scc"),
        ("resize.interp", "cubic"),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_told_by_its_field(field, answer):
    found = problems({"model.onnx": linear()}, {**FULL, field: answer})
    assert found[0].startswith(f"The answer to {field}, ")


@pytest.mark.parametrize(
    "size", ["0", "-3", "5000", "axb", "224 x 224 x 3", "99999999999999999999"]
)
def test_a_size_has_bounds(size):
    answers = {**FULL, "resize.size": size}
    assert (
        "The answer to resize.size" in problems({"model.onnx": linear(size=("h", "w"))}, answers)[0]
    )
    edge = {**FULL, "resize.mode": "shortest_edge", "resize.edge": size}
    assert "The answer to resize.edge" in problems({"model.onnx": linear()}, edge)[0]
