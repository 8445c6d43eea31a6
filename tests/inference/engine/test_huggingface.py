import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from inference.engine import (
    OutputSpec,
    SpecError,
    artefact_of,
    check_artefact,
    open_session,
    read_spec,
    to_tensor,
)
from tests.inference.engine.graphs import linear, spec_or_refusal
from tests.inference.engine.hugging_face_files import (
    CONFIG,
    PREPROCESSOR,
    files,
    problems_of,
    without,
)
from tests.inference.engine.pictures import random_picture


def test_a_hugging_face_pair_is_read_as_it_is():
    spec = read_spec(files(), positive="malignant")
    preprocess = spec.preprocess
    assert (preprocess.resize.mode, preprocess.resize.size) == ("exact", (16, 20))
    assert preprocess.resize.interp == "bilinear"
    assert preprocess.crop.mode == "none"
    assert (preprocess.scale, preprocess.offset) == (1 / 255, 0.0)
    assert preprocess.mean == (0.5, 0.4, 0.3)
    assert preprocess.std == (0.5, 0.25, 0.2)
    assert (preprocess.layout, preprocess.channel_order) == ("NCHW", "RGB")
    assert spec.output.classes == ("benign", "malignant")
    assert spec.output.positive == (1,)
    assert spec.output.activation == "softmax"


def test_a_hugging_face_pair_gives_the_known_outputs(rng):
    artefact = artefact_of(files(onnx_bytes=linear(size=(16, 20))), positive="malignant")
    check_artefact(artefact)
    picture = random_picture(rng)
    pixels = np.asarray(picture.resize((20, 16), 2)) / 255
    means = ((pixels - [0.5, 0.4, 0.3]) / [0.5, 0.25, 0.2]).mean(axis=(0, 1))
    logits = means @ [[0.9, -1.1], [0.3, 0.8], [-0.7, 0.5]] + [0.2, -0.1]
    expected = np.exp(logits[1]) / np.exp(logits).sum()
    tensor = to_tensor(picture, artefact.spec.preprocess)
    session = open_session(artefact, "cpu", threads=1)
    assert session.score(tensor[None])[0] == pytest.approx(expected, abs=1e-6)


def test_each_value_shows_its_origin():
    origin = read_spec(files(), positive="malignant").origin
    assert origin["mean"] == "preprocessor_config.json: do_normalize, image_mean, image_std"
    assert origin["output.classes"] == "config.json: id2label"
    assert origin["output.activation"] == (
        "config.json: architecture ViTForImageClassification, softmax by the library's convention"
    )


def test_shortest_edge_and_centre_crop_are_read():
    spec = read_spec(
        files(
            image_processor_type="BitImageProcessor",
            size={"shortest_edge": 256},
            resample=3,
            do_center_crop=True,
            crop_size={"height": 224, "width": 200},
        ),
        positive="1",
    )
    assert spec.preprocess.resize.mode == "shortest_edge"
    assert spec.preprocess.resize.size == (256, 256)
    assert spec.preprocess.resize.interp == "bicubic"
    assert spec.preprocess.crop.size == (224, 200)
    assert spec.preprocess.crop.rounding == "floor"


@pytest.mark.parametrize(
    ("processor", "mode"),
    [("ViTFeatureExtractor", "exact"), ("CLIPImageProcessor", "shortest_edge"),
     ("ViTImageProcessorFast", "exact")],
)  # fmt: skip
def test_a_bare_size_means_what_its_processor_means(processor, mode):
    spec = read_spec(files(image_processor_type=processor, size=64), positive="malignant")
    assert (spec.preprocess.resize.mode, spec.preprocess.resize.size) == (mode, (64, 64))


def test_a_bare_size_of_an_unknown_processor_is_a_question():
    assert problems_of(files(image_processor_type="OddImageProcessor", size=64)) == (
        "preprocessor_config.json: size is a single number: say {height, width} or {shortest_edge}",
    )


@pytest.mark.parametrize(
    ("side", "resized", "cropped"),
    [(224, ("shortest_edge", 256), (224, 224)), (384, ("squash", 384), None)],
)
def test_convnext_crops_small_sizes_and_squashes_large_ones(side, resized, cropped):
    spec = read_spec(
        files(
            image_processor_type="ConvNextImageProcessor",
            size={"shortest_edge": side},
            crop_pct=0.875,
        ),
        positive="malignant",
    )
    resize = spec.preprocess.resize
    assert (resize.mode, resize.size) == (resized[0], (resized[1], resized[1]))
    assert spec.preprocess.crop.size == cropped
    assert spec.preprocess.output_size == (side, side)


def geometry(processor, **changes):
    preprocess = read_spec(
        files(image_processor_type=processor, **changes), positive="malignant"
    ).preprocess
    return preprocess.resize.mode, preprocess.resize.size, preprocess.crop.size


CROPPED = {"do_center_crop": True, "crop_size": {"height": 224, "width": 224}}


@pytest.mark.parametrize(
    ("processor", "changes", "expected"),
    [
        ("LevitImageProcessor", {"size": {"shortest_edge": 224}, **CROPPED}, ("shortest_edge", (256, 256), (224, 224))),
        ("LevitFeatureExtractor", {"size": 224, **CROPPED}, ("shortest_edge", (256, 256), (224, 224))),
        ("LevitImageProcessor", {"size": {"height": 224, "width": 224}, **CROPPED}, ("exact", (224, 224), (224, 224))),
        ("ConvNextImageProcessor", {"size": {"shortest_edge": 224}}, ("shortest_edge", (256, 256), (224, 224))),
        ("ConvNextImageProcessor", {"size": {"shortest_edge": 384}}, ("squash", (384, 384), None)),
        ("PoolFormerImageProcessor", {"size": {"shortest_edge": 224}, **CROPPED},
         ("shortest_edge", (248, 248), (224, 224))),
        ("PoolFormerImageProcessor", {"size": {"shortest_edge": 224}, "crop_pct": 0.95, **CROPPED},
         ("shortest_edge", (235, 235), (224, 224))),
        ("PoolFormerImageProcessor", {"size": {"height": 224, "width": 240}, "crop_pct": 0.9, **CROPPED},
         ("exact", (248, 266), (224, 224))),
    ],
)  # fmt: skip
def test_processors_with_a_size_of_their_own_are_read_as_they_scale(processor, changes, expected):
    assert geometry(processor, **changes) == expected


@pytest.mark.parametrize(
    ("changes", "std"),
    [
        ({"include_top": True}, (0.25, 0.0625, 0.04)),
        ({}, (0.25, 0.0625, 0.04)),
        ({"include_top": False}, (0.5, 0.25, 0.2)),
        ({"do_normalize": False}, (0.5, 0.25, 0.2)),
    ],
)
def test_efficientnet_divides_twice(changes, std):
    given = files(image_processor_type="EfficientNetImageProcessor", **changes)
    assert read_spec(given, positive="malignant").preprocess.std == pytest.approx(std)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"include_top": True}, "include_top is understood for EfficientNetImageProcessor only"),
        ({"crop_pct": 0.9}, "crop_pct is understood for ConvNext and PoolFormer only"),
        ({"rescale_offset": True},
         "rescale_offset is understood with a rescale_factor of 1/127.5 only, but it is 0.00392157: releases of the library differ in what they make of others"),
        ({"image_processor_type": "PerceiverImageProcessor"},
         "image_processor_type prepares images in a way of its own: write reader-study-model.json"),
        ({"image_processor_type": "ConvNextImageProcessor"}, "size must be shortest_edge for ConvNextImageProcessor"),
        ({"image_processor_type": "PoolFormerImageProcessor", "crop_pct": 0.001},
         "size scales images to more than 4096 pixels"),
    ],
)  # fmt: skip
def test_steps_that_cannot_be_told_exactly_are_refused(changes, sentence):
    assert f"preprocessor_config.json: {sentence}" in problems_of(files(**changes))


def test_switched_off_steps_do_nothing():
    spec = read_spec(
        files(do_resize=False, do_rescale=False, do_normalize=False), positive="malignant"
    )
    assert spec.preprocess.resize.mode == "none"
    assert spec.preprocess.scale == 1.0
    assert (spec.preprocess.mean, spec.preprocess.std) == ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))


def test_rescale_offset_and_flipped_channels_are_read():
    spec = read_spec(
        files(rescale_factor=1 / 127.5, rescale_offset=True, do_flip_channel_order=True),
        positive="malignant",
    )
    assert (spec.preprocess.scale, spec.preprocess.offset) == (1 / 127.5, -1.0)
    assert spec.preprocess.channel_order == "BGR"


def test_an_old_file_without_do_rescale_scales_to_one_and_says_so():
    old = without("do_rescale", "rescale_factor")
    spec = read_spec(files(old), positive="malignant")
    assert spec.preprocess.scale == 1 / 255
    assert "where do_rescale is not written" in spec.origin["scale"]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (files(without("do_normalize", "image_mean", "image_std")),
         "preprocessor_config.json does not say which mean is taken off the colours."),
        (files(without("image_mean")),
         "preprocessor_config.json does not say which mean is taken off the colours."),
        (files(without("resample")),
         "preprocessor_config.json does not say with which filter photographs are scaled."),
        (files(without("do_resize", "size")),
         "preprocessor_config.json does not say how a photograph is brought to its size: both sides at once (exact), the shorter side and then the centre (shortest_edge), whole within a border (letterbox), or not at all (none)."),
        (files(do_pad=True),
         "preprocessor_config.json: do_pad is a step that is not supported: write reader-study-model.json"),
        (files(crop_size=8),
         "preprocessor_config.json: do_center_crop is missing, though crop_size is given"),
        (files(size={"longest_edge": 9}),
         "preprocessor_config.json: size must hold height and width, or shortest_edge, but holds longest_edge"),
        (files(config={**CONFIG, "architectures": None}),
         "config.json does not say how outputs become probabilities (softmax, sigmoid or none)."),
        (files(config={"architectures": ["ViTForImageClassification"]}),
         "config.json does not name the classes: id2label must map 0, 1, … to names"),
        (files(config={**CONFIG, "id2label": {"1": "benign", "2": "malignant"}}),
         "config.json does not name the classes: id2label must map 0, 1, … to names"),
    ],
)  # fmt: skip
def test_what_a_pair_leaves_open_is_a_question(given, sentence):
    assert sentence in problems_of(given)


def test_all_questions_come_at_once():
    found = problems_of(files(without("resample", "image_std")), positive=None)
    assert len(found) == 4


@pytest.mark.parametrize(
    ("end", "activation", "reason"),
    [("Softmax", "none", "model.onnx: its last node is Softmax"),
     ("Sigmoid", "none", "model.onnx: its last node is Sigmoid"),
     (None, "softmax", "config.json: architecture ViTForImageClassification, softmax by the library's convention")],
)  # fmt: skip
def test_the_graph_says_whether_probabilities_are_still_to_be_made(end, activation, reason):
    given = files(onnx_bytes=linear(size=(16, 20), end=end))
    spec = read_spec(given, positive="malignant")
    assert spec.output.activation == activation
    assert spec.origin["output.activation"] == reason


def test_problem_type_names_the_activation():
    multi = {**CONFIG, "problem_type": "multi_label_classification"}
    single = {**CONFIG, "problem_type": "single_label_classification", "architectures": []}
    assert read_spec(files(config=multi), positive=1).output.activation == "sigmoid"
    assert read_spec(files(config=single), positive=1).output.activation == "softmax"


def test_the_graph_says_layout_and_precision():
    given = files(onnx_bytes=linear(size=(16, 20), layout="NHWC", dtype=TensorProto.FLOAT16))
    spec = read_spec(given, positive="malignant")
    assert spec.preprocess.layout == "NHWC"
    assert spec.preprocess.dtype == "float16"
    assert spec.origin["layout"] == "model.onnx: its input's shape"


ODD = [None, True, -1, 0.5, 10**400, "", "x", [], [1], [[]], {}, {"x": 1}, {"0": 5}, {"0": []}]


@pytest.mark.parametrize("name", [*PREPROCESSOR, "crop_size", "crop_pct", "do_pad"])
@pytest.mark.parametrize("value", ODD, ids=lambda value: repr(value)[:12])
def test_no_odd_preprocessor_ends_in_anything_but_a_spec_or_a_refusal(name, value):
    given = files(do_center_crop=True, **{"crop_size": 8, name: value})
    found = spec_or_refusal(lambda: read_spec(given, positive=1))
    assert found.problems if isinstance(found, SpecError) else found.spec_sha256


@pytest.mark.parametrize("name", ["architectures", "id2label", "label2id", "problem_type"])
@pytest.mark.parametrize("value", ODD, ids=lambda value: repr(value)[:12])
def test_no_odd_config_ends_in_anything_but_a_spec_or_a_refusal(name, value):
    given = files(config={**CONFIG, name: value})
    found = spec_or_refusal(lambda: read_spec(given, positive=1))
    assert isinstance(found, SpecError) or found.output == OutputSpec(
        "logits", "softmax", ("benign", "malignant"), (1,)
    )


def test_classes_may_be_told_by_label2id_alone():
    config = {"architectures": CONFIG["architectures"], "label2id": CONFIG["label2id"]}
    spec = read_spec(files(config=config), positive="malignant")
    assert spec.output.classes == ("benign", "malignant")
    assert spec.origin["output.classes"] == "config.json: label2id"


def test_several_outputs_without_logits_are_a_question():
    model = onnx.load_from_string(linear(size=(16, 20)))
    model.graph.node[-1].output[0] = "scores"
    model.graph.output[0].name = "scores"
    second = helper.make_tensor_value_info("means", TensorProto.FLOAT, ["N", 3])
    model.graph.output.append(second)
    found = problems_of(files(onnx_bytes=model.SerializeToString()))
    assert found[0].startswith("model.onnx has the outputs scores, means, and config.json")
