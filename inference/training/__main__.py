"""`python -m inference.training`: train a model several times and export every run to ONNX."""

import argparse
import json
import os
import sys
import time

import numpy as np
import torch

from inference.training.arguments import parse
from inference.training.card import model_card
from inference.training.export import Exported, export_run
from inference.training.images import LabelledImages, load_folder
from inference.training.manifest import TrainingDataError
from inference.training.recipe import Epoch, TrainingRun, train
from inference.training.synthetic.dataset import dermoscopic_set
from inference.training.weights import WeightsError

_SYNTHETIC_IMAGES = 1600


def main() -> int:
    """Reads the arguments, trains, exports; 2 for data or weights that cannot be used."""
    arguments = parse()
    torch.set_num_threads(arguments.threads)
    # What cuBLAS asks for to be deterministic; it must be there before CUDA starts.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(mode=True)
    try:
        data = _data(arguments)
        runs = [_one_run(data, arguments, number) for number in range(1, arguments.runs + 1)]
    except (TrainingDataError, WeightsError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    _write_card(data, runs, arguments)
    aucs = [run.validation_auc for run, _ in runs]
    print(
        f"validation AUC: mean {np.mean(aucs):.3f}, range {min(aucs):.3f} to {max(aucs):.3f}; files in {arguments.out}"
    )
    return 0


def _data(arguments: argparse.Namespace) -> LabelledImages:
    if arguments.images:
        return load_folder(arguments.images, arguments.manifest, arguments.settings.view)
    print(f"making {_SYNTHETIC_IMAGES} synthetic dermoscopic-style images ...", flush=True)
    pixels, labels = dermoscopic_set(_SYNTHETIC_IMAGES, seed=arguments.seed)
    return LabelledImages(pixels, labels, tuple(str(number) for number in range(len(labels))))


def _one_run(
    data: LabelledImages, arguments: argparse.Namespace, number: int
) -> tuple[TrainingRun, Exported]:
    start = time.monotonic()
    run = train(
        data,
        arguments.settings,
        seed=arguments.seed + number,
        weights=arguments.weights,
        device=arguments.device,
        on_epoch=_print_epoch,
    )
    exported = export_run(run, arguments.out, f"run-{number:02d}")
    path, seconds = exported.path, time.monotonic() - start
    print(
        f"{path.name}: epoch {run.kept.number}, validation AUC {run.validation_auc:.3f}, "
        f"largest difference from PyTorch {exported.difference:.1e}, "
        f"{path.stat().st_size // 1024} kB, {seconds:.0f} s",
        flush=True,
    )
    return run, exported


def _print_epoch(epoch: Epoch) -> None:
    rates = " ".join(f"{rate:.2g}" for rate in epoch.rates)
    print(
        f"  epoch {epoch.number:3d}  loss {epoch.loss:.4f}  validation AUC {epoch.validation_auc:.3f}  learning rates {rates}",
        flush=True,
    )


def _write_card(
    data: LabelledImages,
    runs: list[tuple[TrainingRun, Exported]],
    arguments: argparse.Namespace,
) -> None:
    source = (
        "synthetic dermoscopic-style images (inference.training.synthetic)"
        if arguments.synthetic
        else arguments.images.name
    )
    pretrained = arguments.weights.name if arguments.weights else None
    card = model_card(data, runs, source=source, pretrained=pretrained)
    text = json.dumps(card, indent=1, ensure_ascii=False) + "\n"
    (arguments.out / "model-card.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
