"""An exported training run: the ONNX file, its hash, and the spec that belongs to it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from inference.engine.bundle import MAX_BYTES, model_name, read_bundle
from inference.engine.conventions import read_json, read_spec
from inference.engine.errors import ArtefactError
from inference.engine.golden import GOLDEN, Expected, read_golden
from inference.engine.graph import GraphFacts, TensorFacts, read_graph
from inference.engine.positive import Positive
from inference.engine.spec import ModelSpec

# What is kept of the notes of a file.
_LONGEST_NOTE, _MOST_NOTES = 2_000, 100


@dataclass(frozen=True)
class ArtefactMetadata:
    """What the ONNX file says of itself; `size` is in bytes."""

    producer: str
    ir_version: int
    opset: dict[str, int]
    inputs: tuple[TensorFacts, ...]
    outputs: tuple[TensorFacts, ...]
    size: int
    graph_name: str = ""
    doc: str = ""
    metadata_props: dict[str, str] = field(default_factory=dict)
    weights: dict[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As a JSON object, for storing beside the file."""
        return {
            "producer": self.producer,
            "ir_version": self.ir_version,
            "opset": self.opset,
            "inputs": [_tensor_json(tensor) for tensor in self.inputs],
            "outputs": [_tensor_json(tensor) for tensor in self.outputs],
            "size": self.size,
            "graph_name": _short(self.graph_name),
            "doc": _short(self.doc),
            "metadata_props": {
                _short(key): _short(value)
                for key, value in [*self.metadata_props.items()][:_MOST_NOTES]
            },
            "weights": {"tensors": sum(self.weights.values()), "dtypes": self.weights},
            # A file that keeps weights elsewhere is refused, so there is no other file to hash.
            "external_data": None,
        }


@dataclass(frozen=True)
class Artefact:
    """One ONNX file with everything needed to score images with it. `sha256` is of the ONNX file's bytes."""

    onnx_bytes: bytes
    sha256: str
    spec: ModelSpec
    file_name: str
    metadata: ArtefactMetadata
    graph: GraphFacts
    golden: tuple[Expected, ...] = ()


def load_artefact(
    path: str | Path,
    *,
    positive: Positive = None,
    answers: Mapping[str, str] | None = None,
    max_bytes: int = MAX_BYTES,
) -> Artefact:
    """The artefact from an ONNX file with its spec beside it, a folder that holds one ONNX file, or a zip of those.

    `positive` and `answers` say what the files leave open. Raises ArtefactError or SpecError.
    """
    return artefact_of(
        read_bundle(Path(path), max_bytes=max_bytes), positive=positive, answers=answers
    )


def artefact_of(
    files: Mapping[str, bytes],
    *,
    positive: Positive = None,
    answers: Mapping[str, str] | None = None,
) -> Artefact:
    """The artefact from files in memory (name → content), exactly one of which is an ONNX file.

    `positive` and `answers` as for `read_spec`. Raises ArtefactError or SpecError.
    """
    name = model_name(files)
    # The model goes first: nobody should be asked about the classes of a file that is none.
    _check_inside(read_graph(files[name], name), name)
    spec = read_spec(files, positive=positive, answers=answers)
    golden = read_golden(read_json(files, GOLDEN), files) if GOLDEN in files else ()
    return replace(build_artefact(files[name], spec, name), golden=golden)


def build_artefact(onnx_bytes: bytes, spec: ModelSpec, file_name: str) -> Artefact:
    """The artefact from an ONNX file's bytes and a spec that is already known."""
    graph = read_graph(onnx_bytes, file_name)
    _check_inside(graph, file_name)
    metadata = ArtefactMetadata(
        producer=graph.producer,
        ir_version=graph.ir_version,
        opset=graph.opset,
        inputs=graph.inputs,
        outputs=graph.outputs,
        size=len(onnx_bytes),
        graph_name=graph.name,
        doc=graph.doc,
        metadata_props=graph.metadata,
        weights=graph.weights,
    )
    digest = hashlib.sha256(onnx_bytes).hexdigest()
    return Artefact(onnx_bytes, digest, spec, file_name, metadata, graph)


def _check_inside(graph: GraphFacts, file_name: str) -> None:
    if graph.external_data:
        raise ArtefactError(
            f"{file_name} keeps its weights in another file: export it with all weights inside "
            "(external_data=False).",
            place=file_name,
            code="external_data",
        )


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_NOTE else f"{text[:_LONGEST_NOTE]} …"


def _tensor_json(tensor: TensorFacts) -> dict[str, Any]:
    shape = list(tensor.shape) if tensor.shape is not None else None
    return {"name": tensor.name, "dtype": tensor.dtype, "shape": shape}
