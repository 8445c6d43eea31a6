"""A folder of photographs with a manifest, as arrays."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from inference.training.manifest import Example, TrainingDataError, read_manifest
from inference.training.settings import View

_FILTER = Image.Resampling.BILINEAR


@dataclass(frozen=True)
class LabelledImages:
    """Images (N, H, W, 3), labels (N,) with 1 for melanoma, and the patient of each."""

    pixels: NDArray[np.uint8]
    labels: NDArray[np.int64]
    patients: tuple[str, ...]


def load_folder(folder: Path, manifest: Path, view: View) -> LabelledImages:
    """The images that the manifest names, as squares of `view.stored` pixels.

    Raises TrainingDataError for what `read_manifest` refuses, and for an image that is missing or unreadable.
    """
    examples = read_manifest(manifest)
    pixels = np.stack([_pixels(folder, example, manifest.name, view) for example in examples])
    labels = np.array([example.label for example in examples], dtype=np.int64)
    return LabelledImages(pixels, labels, tuple(example.patient for example in examples))


def _pixels(folder: Path, example: Example, manifest: str, view: View) -> NDArray[np.uint8]:
    place = f"{manifest}, row {example.row}: {example.file}"
    try:
        with Image.open(folder / example.file) as image:
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except FileNotFoundError as error:
        raise TrainingDataError(f"{place} is not in the folder.") from error
    except (UnidentifiedImageError, OSError) as error:
        raise TrainingDataError(f"{place} is not a readable image.") from error
    return np.asarray(_squared(upright, view))


def _squared(image: Image.Image, view: View) -> Image.Image:
    """The whole picture squeezed, or its middle square."""
    square = (view.stored, view.stored)
    if view.framing == "whole":
        return image.resize(square, _FILTER)
    return ImageOps.fit(image, square, _FILTER)
