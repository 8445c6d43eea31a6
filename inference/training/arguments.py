"""The command line of the training. Knows no PyTorch."""

import argparse
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import get_args

from inference.training.settings import DEMONSTRATION, Balance, Framing, Keep, Network, Settings

_CHOICES = {"network": Network, "framing": Framing, "balance": Balance, "keep": Keep}
_HELP = {
    "network": "small (0.2 million weights) or resnet50 (23.5 million)",
    "width": "channels of the ResNet-50's first stage",
    "framing": "the whole picture squeezed into a square, or its centre",
    "size": "edge of the network's input in pixels",
    "first_cycle": "epochs until the first warm restart (T_0)",
    "growth": "how many times as long each further cycle is (T_mult)",
    "learning_rate": "of the head, at the start of every cycle",
    "depth_factor": "share of the learning rate that each group of layers gets of the group above it",
    "balance": "class weights on the loss, sampling as many of each class, or none",
    "keep": "the weights of the epoch with the best validation AUC, or the last",
}


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The arguments; `settings` among them is the recipe. Exits with a sentence where they do not go together."""
    parser = _parser()
    parsed = parser.parse_args(arguments)
    if parsed.images and not parsed.manifest:
        parser.error("--images needs --manifest")
    if not parsed.synthetic and parsed.out is None:
        parser.error("--images needs --out, a folder for the networks")
    if parsed.runs < 1 or (parsed.epochs is not None and parsed.epochs < 1):
        parser.error("--runs and --epochs are at least 1")
    parsed.out = parsed.out or Path("fixtures/demo/model")
    parsed.settings = _settings(parsed)
    return parsed


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m inference.training",
        description="Train a model several times and export every run to ONNX.",
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "--synthetic", action="store_true", help="synthetic dermoscopic-style images"
    )
    source.add_argument("--images", type=Path, help="folder of dermoscopic images")
    parser.add_argument(
        "--manifest", type=Path, help="CSV with the columns image (or file), diagnosis, modality"
    )
    parser.add_argument("--weights", type=Path, help="a state dict to begin with; no download")
    parser.add_argument("--out", type=Path, help="folder for the networks")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=2019)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--device", choices=("cpu", "cuda"), default="cpu", help="where it is trained"
    )
    for field in fields(Settings):
        parser.add_argument(
            f"--{field.name.replace('_', '-')}",
            type=type(field.default),
            choices=get_args(_CHOICES[field.name]) if field.name in _CHOICES else None,
            help=f"{_HELP.get(field.name, '')} (default {field.default})".strip(),
        )
    return parser


def _settings(parsed: argparse.Namespace) -> Settings:
    start = DEMONSTRATION if parsed.synthetic else Settings()
    given = {field.name: getattr(parsed, field.name) for field in fields(Settings)}
    return replace(start, **{name: value for name, value in given.items() if value is not None})
