"""From a trained network to an ONNX file with its spec, checked against PyTorch."""

import csv
import json
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn

from inference.training.recipe import TrainingRun
from inference.training.spec import model_spec

TOLERANCE = 1e-4
OPSET = 18


class ParityError(RuntimeError):
    """The exported file does not give PyTorch's outputs."""


@dataclass(frozen=True)
class Exported:
    """The ONNX file, and the largest difference between its logits and PyTorch's."""

    path: Path
    difference: float


def export_run(run: TrainingRun, folder: Path, name: str) -> Exported:
    """Writes `name.onnx`, its spec `name.json` and the epochs' numbers `name.csv`.

    Raises ParityError where ONNX Runtime and PyTorch differ by more than TOLERANCE.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.onnx"
    network, view = run.network.eval(), run.settings.view
    _write_graph(network, path, view.size)
    _forget_machine(path)
    difference = check_parity(network, path, view.size)
    path.with_suffix(".json").write_text(
        json.dumps(model_spec(view), indent=1) + "\n", encoding="utf-8"
    )
    _write_epochs(run, path.with_suffix(".csv"))
    return Exported(path, difference)


def _write_graph(network: nn.Module, path: Path, size: int) -> None:
    with warnings.catch_warnings():
        # PyTorch's exporter calls functions of PyTorch's own that are on their way out.
        warnings.simplefilter("ignore", FutureWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            network,
            (torch.zeros(2, 3, size, size),),
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


def check_parity(network: nn.Module, path: Path, size: int) -> float:
    """The largest absolute difference of the logits in batches of 1, 3 and 8. Raises ParityError above TOLERANCE."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    largest = 0.0
    for count in (1, 3, 8):
        images = torch.randn(count, 3, size, size)
        with torch.no_grad():
            expected = network(images).numpy()
        found = session.run(["logits"], {"images": images.numpy()})[0]
        difference = float(np.abs(found - expected).max())
        # Written so that NaN is refused too.
        if not difference <= TOLERANCE:
            raise ParityError(
                f"{path.name} differs from PyTorch by {difference:.2g} in a batch of {count}."
            )
        largest = max(largest, difference)
    return largest


def _write_epochs(run: TrainingRun, path: Path) -> None:
    rates = [f"learning_rate_{group}" for group, _ in enumerate(run.kept.rates, start=1)]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["epoch", "loss", "validation_auc", *rates])
        for epoch in run.epochs:
            numbers = (epoch.loss, epoch.validation_auc, *epoch.rates)
            writer.writerow([epoch.number, *(f"{number:.6g}" for number in numbers)])
