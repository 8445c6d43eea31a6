"""Tiny ONNX graphs with outputs that can be worked out by hand."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from inference.engine import SpecError

WEIGHTS = np.array([[0.9, -1.1], [0.3, 0.8], [-0.7, 0.5]], np.float32)
BIAS = np.array([0.2, -0.1], np.float32)


def linear(
    *,
    batch="N",
    size=(16, 16),
    layout="NCHW",
    weights=WEIGHTS,
    bias=BIAS,
    dtype=TensorProto.FLOAT,
    end=None,
    channels=3,
    output_shape=None,
):
    """Mean over the picture of each channel, then a linear layer: (N, outputs)."""
    height, width = size
    nchw = layout == "NCHW"
    shape = [batch, channels, height, width] if nchw else [batch, height, width, channels]
    outputs = weights.shape[1]
    nodes = [
        helper.make_node("Cast", ["pixels"], ["values"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["values", "axes"], ["means"], keepdims=0),
        helper.make_node("Gemm", ["means", "weights", "bias"], ["linear"]),
        helper.make_node(end or "Identity", ["linear"], ["logits"]),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("pixels", dtype, shape)],
        [
            helper.make_tensor_value_info(
                "logits", TensorProto.FLOAT, output_shape or [batch, outputs]
            )
        ],
        [
            numpy_helper.from_array(np.array([2, 3] if nchw else [1, 2], np.int64), "axes"),
            numpy_helper.from_array(weights, "weights"),
            numpy_helper.from_array(bias, "bias"),
        ],
    )
    return as_bytes(graph)


def as_bytes(graph):
    model = helper.make_model(
        graph,
        producer_name="tests",
        producer_version="1.0",
        opset_imports=[helper.make_opsetid("", 18)],
    )
    model.ir_version = 9
    onnx.checker.check_model(model)
    return model.SerializeToString()


def spec_json(**changes):
    """A complete rs-preproc/1 object for `linear()`; `output=` and the rest replace whole fields."""
    return {
        "spec": "rs-preproc/1",
        "decode": {"orientation": "apply", "icc": "to_srgb", "mode": "RGB"},
        "resize": {"mode": "exact", "size": [16, 16], "interp": "bilinear", "antialias": True},
        "crop": {"mode": "none"},
        "channel_order": "RGB",
        "layout": "NCHW",
        "scale": 1 / 255,
        "offset": 0.0,
        "mean": [0.485, 0.456, 0.406],
        "std": [0.229, 0.224, 0.225],
        "dtype": "float32",
        "output": {
            "name": "logits",
            "activation": "softmax",
            "classes": ["mel", "nv"],
            "positive": [0],
        },
        **changes,
    }


def output_json(**changes):
    return {**spec_json()["output"], **changes}


def spec_or_refusal(read):
    """What `read` gives, or the SpecError that it raises; any other error goes through."""
    try:
        return read()
    except SpecError as refusal:
        return refusal
