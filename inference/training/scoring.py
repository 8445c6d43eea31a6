"""Photographs through exported networks, as the application scores them. Knows no PyTorch."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageOps

from inference.engine import image_files, load_artefact, score_directory
from inference.training.manifest import TrainingDataError

_QUALITY = 90


def score_runs(models: Path, folder: Path) -> list[dict[str, float]]:
    """For each `run-*.onnx` in `models`, by name: the score of every image in `folder`.

    Raises TrainingDataError where there is no run, and the engine's errors for images and networks.
    """
    runs = sorted(models.glob("run-*.onnx"))
    if not runs:
        raise TrainingDataError(f"{models.name} holds no run-01.onnx.")
    return [dict(score_directory(load_artefact(run), folder, providers="cpu")) for run in runs]


@contextmanager
def squeezed(folder: Path, edge: int | None) -> Iterator[Path]:
    """The folder itself, or a copy that goes away again with every image as a JPEG of `edge` × `edge` pixels."""
    if edge is None:
        yield folder
        return
    with tempfile.TemporaryDirectory() as name:
        for path in image_files(folder):
            with Image.open(path) as image:
                upright = ImageOps.exif_transpose(image).convert("RGB")
            square = upright.resize((edge, edge), Image.Resampling.BICUBIC)
            square.save(Path(name) / path.name, "JPEG", quality=_QUALITY)
        yield Path(name)
