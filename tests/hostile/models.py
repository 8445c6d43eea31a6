"""Network files made to be misread or to do harm, each with what should come of it.

`python -m tests.hostile.models FOLDER` writes them, to be tried by hand.
"""

import io
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from tests.inference.engine.graphs import linear

HUGE = 2**40
_IR_VERSION = 9


@dataclass(frozen=True)
class HostileModel:
    """An upload, and what its refusal says; nothing where it is read right."""

    name: str
    content: bytes
    says: str = ""
    upload: str = "model.onnx"


def corpus() -> list[HostileModel]:
    """All of them. None is larger than some megabytes."""
    return [*_damaged(), *_outside(), *_shapes(), *_greedy(), *_archives()]


def _damaged() -> list[HostileModel]:
    whole = linear()
    return [
        HostileModel("empty", b"", "is not an ONNX model"),
        HostileModel("truncated", whole[: len(whole) // 2], "is not an ONNX model"),
        HostileModel("one byte short", whole[:-1], "is not an ONNX model"),
        HostileModel("zeros", bytes(1000), "is not an ONNX model"),
        HostileModel("text", b"hello, world" * 100, "is not an ONNX model"),
        HostileModel("a pickle", b"\x80\x04\x95" + bytes(50), "is not an ONNX model"),
        HostileModel("HTML of a login page", b"<!doctype html><title>Login</title>", "is not an ONNX model"),
        HostileModel("a length of many exabytes", b"\x3a" + b"\xff" * 9 + b"\x01", "is not an ONNX model"),
        HostileModel("no graph", _changed(lambda model: model.ClearField("graph")), "is not an ONNX model"),
        HostileModel("unknown operator", _changed(_rename_operator), "cannot be run by onnxruntime"),
        HostileModel("an edge to nowhere", _changed(_lose_edge), "cannot be run by onnxruntime"),
        HostileModel("a circle", _changed(_circle), "cannot be run by onnxruntime"),
        HostileModel("opset of the future", _changed(_future), "cannot be run by onnxruntime"),
    ]  # fmt: skip


def _outside() -> list[HostileModel]:
    return [
        HostileModel("weights in another file", _changed(_external("weights.bin")), "keeps its weights in another file"),
        HostileModel("weights in /etc/passwd", _changed(_external("../../../etc/passwd")), "keeps its weights in another file"),
        HostileModel("constant in another file", _changed(_external_constant), "keeps its weights in another file"),
        HostileModel("custom operator", _changed(_custom_operator), "which is not part of ONNX"),
        HostileModel("custom operator within a branch", _changed(_custom_in_branch), "which is not part of ONNX"),
        HostileModel("custom operator within a function", _changed(_custom_in_function), "which is not part of ONNX"),
        HostileModel("weights in another file, told in a piece before", _in_pieces(_external("manage.py")), "keeps its weights in another file"),
        HostileModel("custom operator in a piece before", _in_pieces(_custom_operator), "which is not part of ONNX"),
    ]  # fmt: skip


def _shapes() -> list[HostileModel]:
    return [
        HostileModel("rank 2", _with_input([1, 48]), "must have one input, the image, of four dimensions"),
        HostileModel("rank 5", _with_input([1, 3, 1, 16, 16]), "must have one input, the image, of four dimensions"),
        HostileModel("no rank", _with_input(None), "must have one input, the image, of four dimensions"),
        HostileModel("grey", linear(channels=1, weights=np.ones((1, 2), np.float32)), "expects 1 channels"),
        HostileModel("two inputs", _changed(_second_input), "must have one input"),
        HostileModel("no input", _changed(lambda model: model.graph.ClearField("input")), "must have one input"),
        HostileModel("no output", _changed(lambda model: model.graph.ClearField("output")), "has no output 'logits'"),
        HostileModel("an output per node and more", _changed(_many_outputs), "outputs, more than"),
        HostileModel("five classes", linear(weights=np.ones((3, 5), np.float32), bias=np.zeros(5, np.float32)), "its spec names 2 classes"),
        HostileModel("batch of a million", linear(batch=1_000_000), "takes 1000000 images at once"),
        HostileModel("text input", linear(dtype=TensorProto.INT64), "expects int64 values"),
        HostileModel("not a number", linear(bias=np.array([np.nan, 0], np.float32)), "outputs that are not finite numbers"),
        HostileModel("dynamic shape", linear(size=("height", "width"))),
    ]  # fmt: skip


def _greedy() -> list[HostileModel]:
    return [
        HostileModel("a tensor that says it is huge", _changed(_claims_to_be_huge), "a tensor of more than"),
        HostileModel("a sparse tensor that says it is huge", _changed(_huge_sparse), "a tensor of more than"),
        HostileModel("a huge constant made when run", _changed(_huge_fill), "model.onnx"),
        HostileModel("a loop without an end", _changed(_endless), "model.onnx"),
        HostileModel("30,000 nodes", _changed(_many_nodes(30_000)), "has more than 20000 nodes"),
        HostileModel("30,000 nodes in a piece before", _in_pieces(_many_nodes(30_000)), "has more than 20000 nodes"),
        HostileModel("30,000 tensors", _changed(_many_tensors(30_000)), "more than 20000 tensors"),
        HostileModel("graphs in graphs", _changed(_nested(20)), "is not an ONNX model"),
    ]  # fmt: skip


def _archives() -> list[HostileModel]:
    bomb = _zip({"model.onnx": bytes(700 * 2**20)})
    return [
        HostileModel("zip bomb", bomb, "is too large", "model.zip"),
        HostileModel("damaged zip", _zip({"model.onnx": linear()})[:-30], "is not a readable zip", "model.zip"),
        HostileModel("zip without a network", _zip({"readme.txt": b"hi"}), "holds no ONNX file", "model.zip"),
        HostileModel("300 networks", _zip({f"{at}.onnx": b"x" for at in range(300)}), "is too large", "model.zip"),
        HostileModel("nested JSON", _zip({"model.onnx": linear(), "model.json": b"[" * 100_000}), "is not JSON", "model.zip"),
        HostileModel("numbers of a million digits", _zip({"model.onnx": linear(), "model.json": b'{"scale": ' + b"9" * 10**6 + b"}"}), "model.json", "model.zip"),
    ]  # fmt: skip


def _changed(change):
    model = onnx.load_from_string(linear())
    change(model)
    return model.SerializeToString()


def _in_pieces(change):
    """A file with two graphs one behind the other: readers put them together, and the last one alone is harmless."""
    bad = onnx.load_from_string(linear())
    change(bad)
    graph = bad.graph.SerializeToString()
    return b"\x3a" + _varint(len(graph)) + graph + linear()


def _varint(number):
    out = b""
    while number >= 0x80:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def _rename_operator(model):
    model.graph.node[2].op_type = "Gem"


def _lose_edge(model):
    model.graph.node[2].input[0] = "nowhere"


def _circle(model):
    model.graph.node[0].input[0] = "logits"


def _future(model):
    model.opset_import[0].version = 9_999


def _external(location):
    def change(model):
        weights = next(one for one in model.graph.initializer if one.name == "weights")
        weights.ClearField("raw_data")
        weights.data_location = TensorProto.EXTERNAL
        entry = weights.external_data.add()
        entry.key, entry.value = "location", location

    return change


def _external_constant(model):
    tensor = numpy_helper.from_array(np.zeros(2, np.float32), "far")
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    model.graph.node.append(helper.make_node("Constant", [], ["far"], value=tensor))


def _custom_operator(model):
    model.graph.node.append(helper.make_node("Shell", ["logits"], ["x"], domain="com.evil"))
    model.opset_import.append(helper.make_opsetid("com.evil", 1))


def _branch(nodes, name="branch"):
    output = helper.make_tensor_value_info("b", TensorProto.FLOAT, None)
    return helper.make_graph(nodes, name, [], [output])


def _custom_in_branch(model):
    branch = _branch([helper.make_node("Shell", ["logits"], ["b"], domain="com.evil")])
    node = helper.make_node("If", ["condition"], ["c"], then_branch=branch, else_branch=branch)
    model.graph.node.append(node)


def _custom_in_function(model):
    inner = helper.make_node("Shell", ["a"], ["b"], domain="com.evil")
    imports = [helper.make_opsetid("", 18), helper.make_opsetid("com.evil", 1)]
    model.functions.append(helper.make_function("mine", "F", ["a"], ["b"], [inner], imports))
    model.graph.node.append(helper.make_node("F", ["logits"], ["x"], domain="mine"))
    model.opset_import.append(helper.make_opsetid("mine", 1))


def _with_input(shape):
    graph = helper.make_graph(
        [helper.make_node("Flatten", ["pixels"], ["logits"])],
        "flat",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, None)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])
    model.ir_version = _IR_VERSION
    return model.SerializeToString()


def _second_input(model):
    model.graph.input.append(helper.make_tensor_value_info("age", TensorProto.FLOAT, [1]))


def _many_outputs(model):
    model.graph.output.extend(
        helper.make_tensor_value_info(f"o{at}", TensorProto.FLOAT, None) for at in range(1_000)
    )


def _claims_to_be_huge(model):
    model.graph.initializer.append(
        TensorProto(name="huge", data_type=TensorProto.FLOAT, dims=[HUGE, 4])
    )


def _huge_sparse(model):
    values = numpy_helper.from_array(np.ones(1, np.float32), "sparse")
    indices = numpy_helper.from_array(np.zeros(1, np.int64), "indices")
    model.graph.sparse_initializer.append(helper.make_sparse_tensor(values, indices, [HUGE]))


def _huge_fill(model):
    """A terabyte of ones, added to the output."""
    shape = numpy_helper.from_array(np.array([HUGE // 4], np.int64), "shape")
    one = numpy_helper.from_array(np.ones(1, np.float32))
    model.graph.initializer.append(shape)
    model.graph.node[-1].output[0] = "before"
    model.graph.node.extend(
        [
            helper.make_node("ConstantOfShape", ["shape"], ["ones"], value=one),
            helper.make_node("ReduceMax", ["ones"], ["most"], keepdims=0),
            helper.make_node("Add", ["before", "most"], ["logits"]),
        ]
    )


def _endless(model):
    """A loop of 2^62 rounds over the outputs."""
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["on"], ["on_out"]),
            helper.make_node("Identity", ["held"], ["held_out"]),
        ],
        "body",
        [
            helper.make_tensor_value_info("round", TensorProto.INT64, []),
            helper.make_tensor_value_info("on", TensorProto.BOOL, []),
            helper.make_tensor_value_info("held", TensorProto.FLOAT, None),
        ],
        [
            helper.make_tensor_value_info("on_out", TensorProto.BOOL, []),
            helper.make_tensor_value_info("held_out", TensorProto.FLOAT, None),
        ],
    )
    model.graph.initializer.extend(
        [
            numpy_helper.from_array(np.array(2**62, np.int64), "rounds"),
            numpy_helper.from_array(np.array(True), "go"),
        ]
    )
    model.graph.node[-1].output[0] = "before"
    model.graph.node.append(
        helper.make_node("Loop", ["rounds", "go", "before"], ["logits"], body=body)
    )


def _many_nodes(count):
    def change(model):
        model.graph.node.extend(
            helper.make_node("Identity", ["logits"], [f"i{at}"]) for at in range(count)
        )

    return change


def _many_tensors(count):
    def change(model):
        one = np.zeros(1, np.float32)
        model.graph.initializer.extend(
            numpy_helper.from_array(one, f"t{at}") for at in range(count)
        )

    return change


def _nested(depth):
    def change(model):
        graph = _branch([helper.make_node("Identity", ["logits"], ["b"])])
        for _ in range(depth):
            node = helper.make_node("If", ["c"], ["b"], then_branch=graph, else_branch=_branch([]))
            graph = _branch([node])
        model.graph.node.append(graph.node[0])

    return change


def _zip(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    for number, hostile in enumerate(corpus()):
        suffix = Path(hostile.upload).suffix
        (target / f"{number:02}-{hostile.name.replace('/', '_')}{suffix}").write_bytes(
            hostile.content
        )
