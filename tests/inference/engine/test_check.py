import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from inference.engine import CONSTANT, NO_PROBABILITIES, ArtefactError, check_artefact
from tests.inference.engine.graphs import BIAS, WEIGHTS, linear, output_json

UINT8 = {"dtype": "uint8", "scale": 1, "mean": [0, 0, 0], "std": [1, 1, 1]}
ONE = {"weights": WEIGHTS[:, :1], "bias": BIAS[:1]}
ONE_CLASS = output_json(classes=["mel"], activation="sigmoid")


@pytest.mark.parametrize(
    ("graph", "changes"),
    [
        ({}, {}),
        ({"batch": 1}, {}),
        ({"batch": 4}, {}),
        ({"size": ("H", "W")}, {}),
        ({"layout": "NHWC"}, {"layout": "NHWC"}),
        ({"dtype": TensorProto.UINT8}, UINT8),
        ({"dtype": TensorProto.FLOAT16}, {"dtype": "float16"}),
        (ONE, {"output": ONE_CLASS}),
        ({"end": "Softmax"}, {"output": output_json(activation="none")}),
        ({**ONE, "end": "Sigmoid"}, {"output": {**ONE_CLASS, "activation": "none"}}),
        ({"size": ("H", "W")}, {"resize": {"mode": "none"}}),
    ],
)
def test_an_artefact_that_fits_passes(make_artefact, graph, changes):
    artefact = make_artefact(linear(**graph), **changes)
    assert check_artefact(artefact) == ()


CROPPED = {
    "resize": {"mode": "shortest_edge", "size": 256, "interp": "bilinear"},
    "crop": {"mode": "center", "size": [224, 224]},
}


@pytest.mark.parametrize(
    ("graph", "changes", "sentence"),
    [
        ({"size": (96, 96)}, CROPPED,
         "model.onnx expects images of 96 × 96, but its spec makes 224 × 224."),
        ({"size": ("H", 96)}, CROPPED,
         "model.onnx expects images of H × 96, but its spec makes 224 × 224."),
        ({"size": (16, 20)}, {},
         "model.onnx expects images of 16 × 20, but its spec makes 16 × 16."),
        ({}, {"resize": {"mode": "none"}},
         "model.onnx expects images of 16 × 16, but its spec makes images of any size."),
        ({"layout": "NHWC"}, {},
         "model.onnx expects the channels last (NHWC), but its spec makes NCHW."),
        ({}, {"layout": "NHWC"},
         "model.onnx expects the channels first (NCHW), but its spec makes NHWC."),
        ({"channels": 1, "weights": WEIGHTS[:1]}, {},
         "model.onnx expects 1 channels, but a photograph has 3."),
        ({"dtype": TensorProto.UINT8}, {},
         "model.onnx expects uint8 values, but its spec makes float32."),
        ({}, {"output": output_json(name="probabilities")},
         "model.onnx has no output 'probabilities'; its outputs are: logits."),
        ({}, {"output": output_json(classes=["mel", "nv", "bcc"])},
         "model.onnx gives outputs of 4 × 2 for 4 images, but its spec names 3 classes."),
        ({}, {"output": ONE_CLASS},
         "model.onnx gives outputs of 4 × 2 for 4 images, but its spec names 1 class."),
        ({"end": "Softmax"}, {},
         "model.onnx already ends with Softmax, but its spec asks for softmax on top: say activation none."),
        ({"batch": 100_000}, {},
         "model.onnx takes 100000 images at once; it must be from 1 to 256, or any number."),
        ({"bias": np.array([np.nan, 0], np.float32)}, {},
         "model.onnx gives outputs that are not finite numbers."),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_a_sentence_with_the_file(make_artefact, graph, changes, sentence):
    with pytest.raises(ArtefactError) as caught:
        check_artefact(make_artefact(linear(**graph), **changes))
    assert sentence in caught.value.problems
    assert caught.value.code == "misfit"
    assert caught.value.place == "model.onnx"


def test_all_misfits_are_told_at_once(make_artefact):
    artefact = make_artefact(
        linear(size=(8, 8), dtype=TensorProto.UINT8), output=output_json(name="y")
    )
    with pytest.raises(ArtefactError) as caught:
        check_artefact(artefact)
    assert len(caught.value.problems) == 3


def test_probabilities_are_recognised_by_their_values(make_artefact):
    model = onnx.load_from_string(linear())
    nodes = model.graph.node
    nodes[-1].output[0] = "scaled"
    nodes[-1].op_type = "Softmax"
    nodes.append(helper.make_node("Add", ["scaled", "zero"], ["logits"]))
    zero = helper.make_tensor("zero", TensorProto.FLOAT, [1], [0.0])
    model.graph.initializer.append(zero)
    with pytest.raises(ArtefactError, match="already gives probabilities"):
        check_artefact(make_artefact(model.SerializeToString()))


@pytest.mark.parametrize("shape", [[3, 16, 16], ["N", 48]])
def test_an_input_that_is_no_image_is_described(make_artefact, shape):
    model = onnx.load_from_string(linear())
    entry = helper.make_tensor_value_info("pixels", TensorProto.FLOAT, shape)
    model.graph.input[0].CopyFrom(entry)
    described = " × ".join(map(str, shape))
    with pytest.raises(ArtefactError) as caught:
        check_artefact(make_artefact(model.SerializeToString()))
    assert caught.value.message.endswith(f"its inputs are: pixels (float32, {described}).")


def test_a_second_input_is_refused(make_artefact):
    model = onnx.load_from_string(linear())
    model.graph.input.append(helper.make_tensor_value_info("age", TensorProto.FLOAT, ["N", 1]))
    with pytest.raises(
        ArtefactError, match=r"must have one input, the image.*age \(float32, N × 1\)"
    ):
        check_artefact(make_artefact(model.SerializeToString()))


def changed(*nodes, **weights):
    """The tiny network with `linear` handed on through other nodes to `logits`."""
    model = onnx.load_from_string(linear())
    del model.graph.node[-1]
    model.graph.node.extend(nodes)
    for name, value in weights.items():
        model.graph.initializer.append(numpy_helper.from_array(value, name))
    return model.SerializeToString()


def test_outputs_that_differ_from_call_to_call_are_refused(make_artefact):
    noisy = changed(
        helper.make_node("RandomNormalLike", ["linear"], ["noise"], scale=1e-3),
        helper.make_node("Add", ["linear", "noise"], ["logits"]),
    )
    with pytest.raises(ArtefactError, match="gives other outputs when it is asked again"):
        check_artefact(make_artefact(noisy))


def test_outputs_that_depend_on_the_images_beside_are_refused(make_artefact):
    centred = changed(
        helper.make_node("ReduceMean", ["linear", "first"], ["mean"], keepdims=1),
        helper.make_node("Sub", ["linear", "mean"], ["logits"]),
        first=np.array([0], np.int64),
    )
    with pytest.raises(ArtefactError, match=r"another score beside 3 others than alone \(up to"):
        check_artefact(make_artefact(centred))


@pytest.mark.parametrize(
    ("graph", "changes", "finding"),
    [
        ({"weights": 0 * WEIGHTS}, {}, CONSTANT),
        ({}, {"output": output_json(activation="none")}, NO_PROBABILITIES),
        (ONE, {"output": {**ONE_CLASS, "activation": "none"}}, NO_PROBABILITIES),
    ],
)
def test_what_should_be_looked_at_is_found(make_artefact, graph, changes, finding):
    assert check_artefact(make_artefact(linear(**graph), **changes)) == (finding,)


def test_an_operator_that_the_runtime_does_not_know_is_told_without_noise(make_artefact, capfd):
    model = onnx.load_from_string(linear())
    model.graph.node[-1].op_type = "Teleport"
    with pytest.raises(
        ArtefactError, match=r"^model\.onnx cannot be run by onnxruntime .*Teleport"
    ):
        check_artefact(make_artefact(model.SerializeToString()))
    assert capfd.readouterr() == ("", "")


def test_a_graph_that_fails_while_running_is_told_without_noise(make_artefact, capfd):
    broken = linear(size=("H", "W"), channels="C", weights=np.zeros((4, 2), np.float32))
    with pytest.raises(ArtefactError, match=r"^model\.onnx does not take images of shape"):
        check_artefact(make_artefact(broken))
    assert capfd.readouterr() == ("", "")
