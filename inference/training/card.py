"""The model card: what the networks are, how they came about, and what they are not for."""

import hashlib
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

from inference.engine import installed_runtimes
from inference.training.export import OPSET, Exported
from inference.training.images import LabelledImages
from inference.training.recipe import TrainingRun
from inference.training.settings import Settings

_NAMES = {"small": "small residual CNN", "resnet50": "ResNet-50"}
_USE = (
    "Research: comparing readers with a CNN in a reader study. Not a medical device; "
    "no decision about a patient may rest on its scores."
)


def model_card(
    data: LabelledImages,
    runs: list[tuple[TrainingRun, Exported]],
    *,
    source: str,
    pretrained: str | None,
) -> dict[str, Any]:
    """What the model is and how it came about; the same for the same seeds, and without a date."""
    first = runs[0][0]
    parameters = sum(weight.numel() for weight in first.network.parameters())
    return {
        "model": f"{_NAMES[first.settings.network]}, {parameters:,} parameters",
        "intended_use": _USE,
        "training_data": {
            "source": source,
            "kind": "dermoscopic images only; melanoma against nevus",
            "images": len(data.labels),
            "melanoma": int(data.labels.sum()),
            "nevus": int((data.labels == 0).sum()),
            "patients_or_lesions": len(set(data.patients)),
        },
        "recipe": {
            "optimiser": "stochastic gradient descent with Nesterov momentum, cosine decay with warm restarts, differential learning rates",
            "start": f"weights of {pretrained}" if pretrained else "random weights",
            "split": "by patient (else lesion, else image), stratified by class",
            "kept": "the epoch with the best validation AUC"
            if first.settings.keep == "best"
            else "the last epoch",
            **_choices(first.settings),
        },
        "software": {
            **{name: _version(name) for name in ("torch", "onnx", *installed_runtimes())},
            "opset": str(OPSET),
        },
        "runs": [_run(run, exported) for run, exported in runs],
    }


def _choices(settings: Settings) -> dict[str, Any]:
    """The settings, without those that this network does not have."""
    left_out = {"width"} if settings.network == "small" else set()
    return {name: value for name, value in asdict(settings).items() if name not in left_out}


def _version(package: str) -> str:
    return version(package).split("+")[0]


def _run(run: TrainingRun, exported: Exported) -> dict[str, Any]:
    return {
        "label": exported.path.stem,
        "seed": run.seed,
        "training_images": run.training_images,
        "validation_images": run.validation_images,
        "epoch_kept": run.kept.number,
        "validation_auc": round(run.validation_auc, 4),
        "onnx_sha256": hashlib.sha256(exported.path.read_bytes()).hexdigest(),
        "largest_difference_from_pytorch": float(f"{exported.difference:.1e}"),
    }
