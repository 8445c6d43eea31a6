"""From a trained network to an ONNX file with its spec, checked against PyTorch."""

import json
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch

from inference.training.augment import MEAN, RESIZED, STD
from inference.training.network import INPUT
from inference.training.recipe import TrainingRun
from inference.training.spec import model_spec

TOLERANCE = 1e-4
OPSET = 18


class ParityError(RuntimeError):
    """The exported file does not give PyTorch's outputs."""


def export_run(run: TrainingRun, folder: Path, name: str) -> Path:
    """Writes `name.onnx` and `name.json`. Raises ParityError where ONNX Runtime and PyTorch differ."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.onnx"
    network = run.network.eval()
    _write_graph(network, path)
    _forget_machine(path)
    _check_parity(network, path)
    spec = model_spec(resized=RESIZED, size=INPUT, mean=MEAN, std=STD)
    path.with_suffix(".json").write_text(json.dumps(spec, indent=1) + "\n", encoding="utf-8")
    return path


def _write_graph(network: torch.nn.Module, path: Path) -> None:
    with warnings.catch_warnings():
        # PyTorch's exporter calls functions of PyTorch's own that are on their way out.
        warnings.simplefilter("ignore", FutureWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            network,
            (torch.zeros(2, 3, INPUT, INPUT),),
            path,
            dynamo=True,
            opset_version=OPSET,
            input_names=["images"],
            output_names=["logits"],
            dynamic_shapes=({0: torch.export.Dim("batch")},),
            external_data=False,
            verbose=False,
        )


def _forget_machine(path: Path) -> None:
    """Takes out the exporter's notes, which hold stack traces with paths of this machine."""
    model = onnx.load(path)
    model.ClearField("metadata_props")
    for part in (
        model.graph,
        *model.graph.node,
        *model.graph.value_info,
        *model.graph.input,
        *model.graph.output,
    ):
        part.ClearField("metadata_props")
        part.ClearField("doc_string")
    onnx.save(model, path)


def _check_parity(network: torch.nn.Module, path: Path) -> None:
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    for count in (1, 3, 8):
        images = torch.randn(count, 3, INPUT, INPUT)
        with torch.no_grad():
            expected = network(images).numpy()
        found = session.run(["logits"], {"images": images.numpy()})[0]
        difference = float(np.abs(found - expected).max())
        if difference > TOLERANCE:
            raise ParityError(
                f"{path.name} differs from PyTorch by {difference:.2g} in a batch of {count}."
            )
