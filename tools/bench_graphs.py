"""Networks for measuring, with random weights: a ResNet-50 and a small one, written without a training framework."""

import json
from dataclasses import dataclass, field

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SIDE = 224
# Blocks and inner channels of the four stages (He et al. 2016, table 1).
_STAGES = ((3, 64), (4, 128), (6, 256), (3, 512))
_EXPANSION = 4
_OPSET, _IR_VERSION = 18, 9


@dataclass
class _Graph:
    """Nodes and weights as they are added."""

    nodes: list[onnx.NodeProto] = field(default_factory=list)
    weights: list[onnx.TensorProto] = field(default_factory=list)
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))

    def add(self, operator: str, *inputs: str, **attributes: object) -> str:
        name = f"{operator}{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], **attributes))
        return name

    def weight(self, *shape: int, gain: float = 1) -> str:
        name = f"w{len(self.weights)}"
        scale = np.sqrt(2 / np.prod(shape[1:])) if len(shape) > 1 else 0.01
        values = (self.rng.standard_normal(shape) * scale * gain).astype(np.float32)
        self.weights.append(numpy_helper.from_array(values, name))
        return name

    def convolution(
        self, held: str, channels: tuple[int, int], kernel: int, stride: int = 1, gain: float = 1
    ) -> str:
        """Batch normalisation is folded into weights and bias, as exporters do."""
        inner, outer = channels
        rest = kernel // 2
        return self.add(
            "Conv", held, self.weight(outer, inner, kernel, kernel, gain=gain), self.weight(outer),
            kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[rest] * 4,
        )  # fmt: skip


def resnet50() -> bytes:
    """25.5 million parameters, two classes."""
    graph = _Graph()
    held = graph.add("Relu", graph.convolution("pixels", (3, 64), 7, 2))
    held = graph.add("MaxPool", held, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    channels = 64
    for stage, (blocks, inner) in enumerate(_STAGES):
        for block in range(blocks):
            stride = 2 if stage and not block else 1
            held, channels = _bottleneck(graph, held, channels, inner, stride), inner * _EXPANSION
    return _finished(graph, held, channels)


def _bottleneck(graph: _Graph, held: str, channels: int, inner: int, stride: int) -> str:
    outer = inner * _EXPANSION
    way = graph.add("Relu", graph.convolution(held, (channels, inner), 1))
    way = graph.add("Relu", graph.convolution(way, (inner, inner), 3, stride))
    # Without batch normalisation sixteen sums would grow beyond all scores.
    way = graph.convolution(way, (inner, outer), 1, gain=0.2)
    if channels != outer:
        held = graph.convolution(held, (channels, outer), 1, stride)
    return graph.add("Relu", graph.add("Add", way, held))


def small() -> bytes:
    """Five convolutions, a hundred thousand parameters."""
    graph = _Graph()
    held, channels = "pixels", 3
    for outer in (16, 32, 48, 64, 96):
        held = graph.add("Relu", graph.convolution(held, (channels, outer), 3, 2))
        channels = outer
    return _finished(graph, held, channels)


def _finished(graph: _Graph, held: str, channels: int) -> bytes:
    flat = graph.add("Flatten", graph.add("GlobalAveragePool", held))
    graph.nodes.append(
        helper.make_node(
            "Gemm", [flat, graph.weight(channels, 2, gain=0.05), graph.weight(2)], ["logits"]
        )
    )
    made = helper.make_graph(
        graph.nodes,
        "measured",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["N", 3, SIDE, SIDE])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", 2])],
        graph.weights,
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", _OPSET)])
    model.ir_version = _IR_VERSION
    content: bytes = model.SerializeToString()
    return content


def spec() -> bytes:
    """How a photograph is prepared: shorter side to 256, the centre of 224, ImageNet's mean and deviation."""
    return json.dumps({
        "spec": "rs-preproc/1",
        "decode": {"orientation": "apply", "icc": "to_srgb", "mode": "RGB"},
        "resize": {"mode": "shortest_edge", "size": [256, 256], "interp": "bilinear", "antialias": True},
        "crop": {"mode": "center", "size": [SIDE, SIDE]},
        "channel_order": "RGB", "layout": "NCHW", "scale": 1 / 255, "offset": 0.0,
        "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225], "dtype": "float32",
        "output": {"name": "logits", "activation": "softmax", "classes": ["nevus", "melanoma"], "positive": [1]},
    }).encode()  # fmt: skip
