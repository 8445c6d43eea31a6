"""The files the demonstration study is made of."""

import csv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

FIXTURES = Path(settings.BASE_DIR) / "fixtures" / "demo"


@dataclass(frozen=True)
class Photographs:
    """What the simulated readers' model knows of the photographs: name, truth (1 = melanoma), atypia."""

    names: tuple[str, ...]
    truth: NDArray[np.int64]
    atypia: NDArray[np.float64]


def read_photographs() -> Photographs:
    """The photographs in the order of their names."""
    malignant = {
        row["image"]: int(row["malignant"]) for row in _rows(FIXTURES / "clinical" / "manifest.csv")
    }
    atypia = {row["image"]: float(row["atypia"]) for row in _rows(FIXTURES / "cases.csv")}
    names = tuple(sorted(malignant))
    return Photographs(
        names, np.array([malignant[n] for n in names]), np.array([atypia[n] for n in names])
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def pack_archive(target: Path) -> Path:
    """A zip of the photographs and their manifest, as an admin would upload it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted((FIXTURES / "clinical").iterdir()):
            archive.write(path, f"clinical/{path.name}")
    return target


def model_files() -> dict[str, bytes]:
    """The exported training runs and their specs: file name → content."""
    return {path.name: path.read_bytes() for path in sorted((FIXTURES / "model").iterdir())}
