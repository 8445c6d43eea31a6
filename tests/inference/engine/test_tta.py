"""Test-time augmentation: the mean over turned and mirrored copies, worked out by hand."""

import json

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from inference.engine import artefact_of, open_session, score_images
from inference.engine.session import activate
from inference.engine.tta import augmented
from tests.inference.engine.graphs import as_bytes, output_json, spec_json
from tests.inference.engine.pictures import encoded, random_picture

SIDE = 4
WEIGHTS = np.linspace(-1, 1, 3 * SIDE * SIDE * 2).reshape(-1, 2).astype(np.float32)


def network():
    """Every pixel counts for itself, so that turning an image changes its score."""
    graph = helper.make_graph(
        [
            helper.make_node("Flatten", ["pixels"], ["flat"]),
            helper.make_node("MatMul", ["flat", "weights"], ["logits"]),
        ],
        "pixelwise",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["N", 3, SIDE, SIDE])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", 2])],
        [numpy_helper.from_array(WEIGHTS, "weights")],
    )
    return as_bytes(graph)


def session(tta):
    resize = {"mode": "exact", "size": [SIDE, SIDE], "interp": "bilinear"}
    spec = spec_json(tta=tta, resize=resize, output=output_json(activation="softmax"))
    files = {"model.onnx": network(), "model.json": json.dumps(spec).encode()}
    return open_session(artefact_of(files), "cpu")


def by_hand(tensor):
    return activate(tensor.reshape(1, -1) @ WEIGHTS, "softmax")[0, 0]


@pytest.fixture
def tensor(rng):
    return rng.normal(size=(3, SIDE, SIDE)).astype(np.float32)


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("hflip", lambda t: t[:, :, ::-1]),
        ("vflip", lambda t: t[:, ::-1, :]),
        ("rot90", lambda t: np.stack([np.rot90(one, 1) for one in t])),
        ("rot180", lambda t: t[:, ::-1, ::-1]),
        ("rot270", lambda t: np.stack([np.rot90(one, 3) for one in t])),
    ],
)
def test_a_copy_is_turned_as_its_name_says_in_either_layout(tensor, name, changed):
    wanted = changed(tensor)
    np.testing.assert_array_equal(augmented(tensor[None], name, "NCHW")[0], wanted)
    last = tensor.transpose(1, 2, 0)[None]
    np.testing.assert_array_equal(augmented(last, name, "NHWC")[0], wanted.transpose(1, 2, 0))


def test_the_score_is_the_mean_of_the_copies_and_the_outputs_those_of_the_image(rng):
    content = encoded(random_picture(rng), "PNG")
    (plain,) = score_images(session([]), [("a", lambda: content)])
    (mean,) = score_images(session(["hflip", "rot180"]), [("a", lambda: content)])
    assert mean.outputs == plain.outputs
    assert mean.tensor_sha256 == plain.tensor_sha256
    assert mean.score != plain.score


def test_the_mean_is_the_one_worked_out_by_hand(tensor):
    from inference.engine.tta import score_batch

    opened = session(["hflip", "vflip", "rot90", "rot180", "rot270"])
    _, scores = score_batch(opened, tensor[None])
    copies = [tensor, tensor[:, :, ::-1], tensor[:, ::-1], tensor[:, ::-1, ::-1]]
    copies += [np.stack([np.rot90(one, turns) for one in tensor]) for turns in (1, 3)]
    assert scores[0] == pytest.approx(np.mean([by_hand(copy) for copy in copies]), abs=1e-6)


def test_no_augmentation_is_the_same_bytes_as_ever(rng):
    content = encoded(random_picture(rng), "PNG")
    (first,) = score_images(session([]), [("a", lambda: content)])
    spec = spec_json(resize={"mode": "exact", "size": [SIDE, SIDE], "interp": "bilinear"})
    files = {"model.onnx": network(), "model.json": json.dumps(spec).encode()}
    (second,) = score_images(open_session(artefact_of(files), "cpu"), [("a", lambda: content)])
    assert first.score == second.score
    assert onnx.load_from_string(files["model.onnx"]).graph.name == "pixelwise"
