"""What a network may ask for: the bounds of an untrusted ONNX graph, told before onnxruntime sees it.

Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
"""

import reprlib
from collections.abc import Iterator

from inference.engine.errors import ArtefactError
from inference.engine.wire import Message, WireError, packed_numbers

MAX_NODES = 20_000
MAX_TENSORS = 20_000
MAX_OUTPUTS = 200
# Two gigabytes as float32: more than a file that is accepted can hold.
MAX_ELEMENTS = 2**29
_DEEPEST_SUBGRAPH = 16
# What onnxruntime brings with it; any other domain needs a library that the file would have to name.
_DOMAINS = ("", "ai.onnx", "ai.onnx.ml", "com.microsoft")


def refuse_unbounded(model: Message, graph: Message, file_name: str) -> None:
    """Nothing, if the graph stays within the bounds.

    Raises ArtefactError for operators from elsewhere, too many nodes, tensors or outputs, or a tensor that claims to be
    huge; WireError where graphs lie in one another too deeply.
    """
    _Reading(file_name, _own_domains(model)).model(model, graph)


def _own_domains(model: Message) -> set[str]:
    """Functions that the file defines itself are made of standard operators, which are looked at too."""
    return {function.text(10) for function in model.messages(25)}


class _Reading:
    """The counts so far of one file."""

    def __init__(self, file_name: str, own_domains: set[str]) -> None:
        self._file = file_name
        self._domains = {*_DOMAINS, *own_domains}
        self._nodes = self._tensors = 0

    def model(self, model: Message, graph: Message) -> None:
        outputs = len(graph.views(12))
        if outputs > MAX_OUTPUTS:
            raise self._refusal(f"has {outputs} outputs, more than {MAX_OUTPUTS}", "too_many")
        self._graph(graph, 0)
        for function in model.messages(25):
            self._look_at_nodes(function, 7, 0)

    def _graph(self, graph: Message, depth: int) -> None:
        if depth > _DEEPEST_SUBGRAPH:
            raise WireError("graphs nested too deeply")
        self._tensors += len(graph.views(5)) + len(graph.views(15))
        if self._tensors > MAX_TENSORS:
            raise self._refusal(f"holds more than {MAX_TENSORS} tensors of weights", "too_many")
        for tensor in graph.messages(5):
            self._tensor(tensor, shape=1)
        for sparse in graph.messages(15):
            self._tensor(sparse, shape=3)
        self._look_at_nodes(graph, 1, depth)

    def _look_at_nodes(self, owner: Message, field: int, depth: int) -> None:
        self._nodes += len(owner.views(field))
        if self._nodes > MAX_NODES:
            raise self._refusal(f"has more than {MAX_NODES} nodes", "too_many")
        for node in owner.messages(field):
            self._node(node, depth)

    def _node(self, node: Message, depth: int) -> None:
        domain = node.text(7)
        if domain not in self._domains:
            raise self._refusal(
                f"uses the operator {reprlib.repr(node.text(4))} of {reprlib.repr(domain)}, which is not part of ONNX: "
                "export it with standard operators only",
                "custom_operator",
            )
        for attribute in node.messages(5):
            for tensor, shape in _tensors(attribute):
                self._tensor(tensor, shape=shape)
            for graph in held_by(attribute, one=6, many=11):
                self._graph(graph, depth + 1)

    def _tensor(self, tensor: Message, *, shape: int) -> None:
        count = 1
        for side in packed_numbers(tensor.values(shape)):
            count *= side
            # At once: a shape may have millions of sides, and their product millions of digits.
            if count > MAX_ELEMENTS:
                words = f"says that it holds a tensor of more than {MAX_ELEMENTS} numbers"
                raise self._refusal(words, "too_large")

    def _refusal(self, words: str, code: str) -> ArtefactError:
        return ArtefactError(f"{self._file} {words}.", place=self._file, code=code)


def _tensors(attribute: Message) -> Iterator[tuple[Message, int]]:
    """The tensors of an attribute, each with the number of the field that holds its shape."""
    for one, many, shape in ((5, 10, 1), (22, 23, 3)):
        for tensor in held_by(attribute, one=one, many=many):
            yield tensor, shape


def held_by(attribute: Message, *, one: int, many: int) -> Iterator[Message]:
    """What an attribute holds once in one field, or several times in another."""
    if (single := attribute.message(one)) is not None:
        yield single
    yield from attribute.messages(many)
