"""What an ONNX file says of itself, read from its bytes without running it.

Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
"""

from collections import Counter
from dataclasses import dataclass, field

from inference.engine.errors import ArtefactError
from inference.engine.graph_limits import held_by, refuse_unbounded
from inference.engine.wire import Message, WireError

Dimension = int | str | None
_DTYPES = {
    1: "float32",
    2: "uint8",
    3: "int8",
    6: "int32",
    7: "int64",
    10: "float16",
    11: "float64",
}
_DEEPEST_SUBGRAPH = 16
_IMAGE_RANK = 4
# Operators that hand values on without changing what they mean.
_TRANSPARENT = ("Identity", "Cast", "Squeeze", "Flatten", "Reshape", "Unsqueeze")


@dataclass(frozen=True)
class TensorFacts:
    """One input or output: a dimension is a number, the name of a free one, or None where nothing is said."""

    name: str
    dtype: str
    shape: tuple[Dimension, ...] | None


@dataclass(frozen=True)
class GraphFacts:
    """Producer, opsets, inputs, outputs, and the operator that makes each output."""

    producer: str
    ir_version: int
    opset: dict[str, int]
    inputs: tuple[TensorFacts, ...]
    outputs: tuple[TensorFacts, ...]
    last_operator: dict[str, str]
    external_data: bool
    # The exporter's own notes, key → value.
    metadata: dict[str, str] = field(default_factory=dict)
    name: str = ""
    # What the file says about itself in words, the model's before the graph's.
    doc: str = ""
    # How many tensors of weights there are of each dtype.
    weights: dict[str, int] = field(default_factory=dict)


def read_graph(data: bytes, file_name: str) -> GraphFacts:
    """The facts of an ONNX file.

    Raises ArtefactError where the bytes are not an ONNX model, or one that asks for more than is given to a network:
    see `graph_limits`.
    """
    refusal = ArtefactError(f"{file_name} is not an ONNX model.", place=file_name, code="not_onnx")
    try:
        model = Message(memoryview(data))
        graph = model.message(7)
        if graph is None or model.number(1) == 0:
            raise refusal
        refuse_unbounded(model, graph, file_name)
        return _facts(model, graph)
    except (WireError, UnicodeDecodeError) as error:
        raise refusal from error


def image_input(graph: GraphFacts) -> TensorFacts | None:
    """The only input of a graph, if it has rank 4; None otherwise."""
    if len(graph.inputs) != 1:
        return None
    shape = graph.inputs[0].shape
    return graph.inputs[0] if shape is not None and len(shape) == _IMAGE_RANK else None


def _facts(model: Message, graph: Message) -> GraphFacts:
    nodes = list(graph.messages(1))
    tensors = [(tensor.text(8), _dtype(tensor.number(2))) for tensor in graph.messages(5)]
    weights = {name for name, _dtype in tensors}
    outputs = tuple(_tensor(message) for message in graph.messages(12))
    return GraphFacts(
        producer=" ".join(filter(None, (model.text(2), model.text(3)))),
        ir_version=model.number(1),
        opset={m.text(1) or "ai.onnx": m.number(2) for m in model.messages(8)},
        # Old exporters list the weights among the inputs.
        inputs=tuple(t for t in map(_tensor, graph.messages(11)) if t.name not in weights),
        outputs=outputs,
        last_operator=_last_operators(nodes, outputs),
        external_data=_external(graph, 0)
        or any(_external_nodes(f, 7, 0) for f in model.messages(25)),
        metadata={entry.text(1): entry.text(2) for entry in model.messages(14)},
        name=graph.text(2),
        doc="\n".join(filter(None, (model.text(6), graph.text(10)))),
        weights=dict(Counter(dtype for _name, dtype in tensors)),
    )


def _tensor(info: Message) -> TensorFacts:
    kind = info.message(2)
    tensor = kind.message(1) if kind else None
    if tensor is None:
        return TensorFacts(info.text(1), "no tensor", None)
    shape = tensor.message(2)
    return TensorFacts(
        name=info.text(1),
        dtype=_dtype(tensor.number(1)),
        shape=tuple(map(_dimension, shape.messages(1))) if shape else None,
    )


def _dtype(number: int) -> str:
    return _DTYPES.get(number, f"type {number}")


def _dimension(message: Message) -> Dimension:
    if message.has(1):
        return message.number(1)
    return message.text(2) or None


def _last_operators(nodes: list[Message], outputs: tuple[TensorFacts, ...]) -> dict[str, str]:
    maker = {name: node for node in nodes for name in node.texts(2)}
    found = {}
    for output in outputs:
        node = maker.get(output.name)
        for _ in nodes:
            if node is None or node.text(4) not in _TRANSPARENT:
                break
            node = maker.get("".join(node.texts(1)[:1]))
        found[output.name] = node.text(4) if node else ""
    return found


def _external(graph: Message, depth: int) -> bool:
    """Whether any tensor of the graph, or of a graph inside it, points to another file."""
    if depth > _DEEPEST_SUBGRAPH:
        raise WireError("graphs nested too deeply")
    sparse = (part for tensor in graph.messages(15) for n in (1, 2) for part in tensor.messages(n))
    return (
        any(map(_points_outside, graph.messages(5)))
        or any(map(_points_outside, sparse))
        or _external_nodes(graph, 1, depth)
    )


def _external_nodes(owner: Message, field: int, depth: int) -> bool:
    attributes = (a for node in owner.messages(field) for a in node.messages(5))
    return any(_external_attribute(attribute, depth) for attribute in attributes)


def _external_attribute(attribute: Message, depth: int) -> bool:
    tensors = held_by(attribute, one=5, many=10)
    graphs = held_by(attribute, one=6, many=11)
    return any(map(_points_outside, tensors)) or any(_external(g, depth + 1) for g in graphs)


def _points_outside(tensor: Message) -> bool:
    return tensor.number(14) == 1 or tensor.has(13)
