"""A folder of photographs with a manifest, as arrays."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

STORED = 192
_TRUE, _FALSE = {"1", "1.0", "true", "yes", "malignant"}, {"0", "0.0", "false", "no", "benign"}


class TrainingDataError(ValueError):
    """Data that cannot be trained on; the message is a sentence with file and row."""


@dataclass(frozen=True)
class LabelledImages:
    """Images (N, 192, 192, 3), labels (N,) with 1 for malignant, and the patient of each."""

    pixels: NDArray[np.uint8]
    labels: NDArray[np.int64]
    patients: tuple[str, ...]


def load_folder(folder: Path, manifest: Path) -> LabelledImages:
    """The images that the manifest names; columns `image` or `file`, `malignant`, optionally `patient_id`, `lesion_id`."""
    column, rows = _manifest(manifest)
    labels = np.array(
        [_label(row["malignant"], manifest.name, n) for n, row in enumerate(rows, start=2)],
        dtype=np.int64,
    )
    if len(set(labels.tolist())) < 2:  # noqa: PLR2004 (two classes)
        raise TrainingDataError(
            f"{manifest.name} holds one class only; training needs malignant and benign images."
        )
    pixels = np.stack(
        [_pixels(folder / row[column], manifest.name, n) for n, row in enumerate(rows, start=2)]
    )
    return LabelledImages(pixels, labels, tuple(_patient(row, column) for row in rows))


def _manifest(manifest: Path) -> tuple[str, list[dict[str, str]]]:
    """The name of the column with the images, and the rows; a short row has empty cells."""
    try:
        with manifest.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, restval="")
            column = _image_column(reader.fieldnames or [], manifest.name)
            return column, list(reader)
    except OSError as error:
        raise TrainingDataError(f"{manifest.name} cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise TrainingDataError(f"{manifest.name} is not a CSV file in UTF-8.") from error


def _image_column(names: Sequence[str], manifest: str) -> str:
    for column in ("image", "file"):
        if column in names and "malignant" in names:
            return column
    raise TrainingDataError(
        f"{manifest}, row 1: there must be the columns malignant and image (or file)."
    )


def _label(value: str, manifest: str, row: int) -> int:
    text = value.strip().lower()
    if text not in _TRUE | _FALSE:
        raise TrainingDataError(
            f"{manifest}, row {row}, column malignant: “{value}” is neither malignant nor benign."
        )
    return int(text in _TRUE)


def _patient(row: dict[str, str], column: str) -> str:
    return row.get("patient_id") or row.get("lesion_id") or row[column]


def _pixels(path: Path, manifest: str, row: int) -> NDArray[np.uint8]:
    """The middle square, at 192 × 192."""
    try:
        with Image.open(path) as image:
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except FileNotFoundError as error:
        raise TrainingDataError(
            f"{manifest}, row {row}: {path.name} is not in the folder."
        ) from error
    except (UnidentifiedImageError, OSError) as error:
        raise TrainingDataError(
            f"{manifest}, row {row}: {path.name} is not a readable image."
        ) from error
    return np.asarray(ImageOps.fit(upright, (STORED, STORED), Image.Resampling.BILINEAR))
