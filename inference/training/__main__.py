"""`python -m inference.training`: train a model several times and export every run to ONNX."""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np
import torch

from inference.training.export import export_run
from inference.training.images import LabelledImages, TrainingDataError, load_folder
from inference.training.recipe import Settings, TrainingRun, train
from inference.training.synthetic.dataset import dermoscopic_set

_SYNTHETIC_IMAGES = 1600


def main() -> int:
    """Reads the arguments, trains, exports; 2 for data that cannot be trained on."""
    arguments = _arguments()
    torch.set_num_threads(arguments.threads)
    try:
        data = _data(arguments)
    except TrainingDataError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    settings = Settings(epochs=arguments.epochs)
    runs = [_one_run(data, settings, arguments, number) for number in range(1, arguments.runs + 1)]
    card = model_card(data, settings, runs, source=_source(arguments))
    text = json.dumps(card, indent=1, ensure_ascii=False) + "\n"
    (arguments.out / "model-card.json").write_text(text, encoding="utf-8")
    aucs = [run.validation_auc for run in runs]
    print(
        f"validation AUC: mean {np.mean(aucs):.3f}, range {min(aucs):.3f} to {max(aucs):.3f}; files in {arguments.out}"
    )
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m inference.training", description=__doc__)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "--synthetic", action="store_true", help="synthetic dermoscopic-style images"
    )
    source.add_argument("--images", type=Path, help="folder of images")
    parser.add_argument(
        "--manifest", type=Path, help="CSV with the columns image (or file) and malignant"
    )
    parser.add_argument("--out", type=Path, default=Path("fixtures/demo/model"))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=2019)
    parser.add_argument("--epochs", type=int, default=Settings.epochs)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    if arguments.images and not arguments.manifest:
        parser.error("--images needs --manifest")
    return arguments


def _data(arguments: argparse.Namespace) -> LabelledImages:
    if arguments.images:
        return load_folder(arguments.images, arguments.manifest)
    print(f"making {_SYNTHETIC_IMAGES} synthetic dermoscopic-style images ...", flush=True)
    pixels, labels = dermoscopic_set(_SYNTHETIC_IMAGES, seed=arguments.seed)
    return LabelledImages(pixels, labels, tuple(str(number) for number in range(len(labels))))


def _source(arguments: argparse.Namespace) -> str:
    return (
        "synthetic dermoscopic-style images (inference.training.synthetic)"
        if arguments.synthetic
        else arguments.images.name
    )


def _one_run(
    data: LabelledImages, settings: Settings, arguments: argparse.Namespace, number: int
) -> TrainingRun:
    start = time.monotonic()
    run = train(data, settings, seed=arguments.seed + number)
    path = export_run(run, arguments.out, f"run-{number:02d}")
    seconds = time.monotonic() - start
    print(
        f"{path.name}: validation AUC {run.validation_auc:.3f}, {path.stat().st_size // 1024} kB, {seconds:.0f} s",
        flush=True,
    )
    return run


def model_card(
    data: LabelledImages, settings: Settings, runs: list[TrainingRun], *, source: str
) -> dict[str, object]:
    """What the model is and how it came about; the same for the same seed."""
    return {
        "model": "small residual CNN, about 0.3 million parameters",
        "training_data": {
            "source": source,
            "images": len(data.labels),
            "malignant": int(data.labels.sum()),
        },
        "recipe": {
            "optimiser": "stochastic gradient descent with momentum, cosine decay with warm restarts, differential learning rates",
            "epochs": settings.epochs,
            "batch": settings.batch,
            "learning_rate": settings.learning_rate,
            "split": "by patient, stratified by class",
        },
        "software": {"torch": torch.__version__.split("+")[0]},
        "runs": [
            {
                "label": f"run-{number:02d}",
                "seed": run.seed,
                "training_images": run.training_images,
                "validation_images": run.validation_images,
                "validation_auc": round(run.validation_auc, 4),
            }
            for number, run in enumerate(runs, start=1)
        ],
    }


if __name__ == "__main__":
    sys.exit(main())
