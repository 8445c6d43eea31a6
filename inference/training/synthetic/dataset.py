"""Whole sets: the 100 clinical photographs of the demonstration, and dermoscopic-style images for training."""

import csv
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inference.training.synthetic.clinical import Scene, clinical_photograph, draw_scene
from inference.training.synthetic.dermoscopic import dermoscopic_image
from inference.training.synthetic.lesion import Lesion, draw_lesion

POSITIVES, NEGATIVES = 20, 80
QUALITY = 88
_SITES = ("head/neck", "upper extremity", "lower extremity", "anterior torso", "posterior torso")
_HEADER = (
    "image", "diagnosis", "malignant", "patient_id", "lesion_id", "age", "sex", "site", "fitzpatrick", "confirmation",
    "licence", "attribution",
)  # fmt: skip


@dataclass(frozen=True)
class ClinicalCase:
    """One case of the demonstration: what its file is called, what it shows, and who it is of."""

    number: int
    lesion: Lesion
    scene: Scene
    age: int
    sex: str
    site: str

    @property
    def file(self) -> str:
        return f"clinical-{self.number:03d}.jpg"


def clinical_cases(seed: int) -> list[ClinicalCase]:
    """The 100 cases, 20 of them melanomas, in random order. People and scenes are drawn without looking at the class."""
    rng = np.random.default_rng(seed)
    malignant = rng.permutation([True] * POSITIVES + [False] * NEGATIVES)
    return [
        ClinicalCase(
            number,
            draw_lesion(rng, malignant=bool(is_malignant)),
            draw_scene(rng),
            int(rng.integers(18, 90)),
            str(rng.choice(["female", "male"])),
            str(rng.choice(_SITES)),
        )
        for number, is_malignant in enumerate(malignant, start=1)
    ]


def write_clinical_set(folder: Path, *, seed: int) -> None:
    """Writes photographs and manifest into `folder/clinical`, and how melanoma-like each looks into `folder/cases.csv`."""
    target = folder / "clinical"
    target.mkdir(parents=True, exist_ok=True)
    cases = clinical_cases(seed)
    with ProcessPoolExecutor() as pool:
        list(pool.map(_write_photograph, [target] * len(cases), cases))
    _write_csv(target / "manifest.csv", _HEADER, (_manifest_row(case) for case in cases))
    _write_csv(
        folder / "cases.csv",
        ("image", "atypia"),
        ((c.file, f"{c.lesion.atypia:.4f}") for c in cases),
    )


def _write_photograph(folder: Path, case: ClinicalCase) -> None:
    photograph = clinical_photograph(case.lesion, case.scene)
    photograph.save(folder / case.file, "JPEG", quality=QUALITY, subsampling=0)


def _manifest_row(case: ClinicalCase) -> tuple[str, ...]:
    malignant = case.lesion.malignant
    return (
        case.file, "melanoma" if malignant else "nevus", str(int(malignant)), f"P{case.number:03d}", f"L{case.number:03d}",
        str(case.age), case.sex, case.site, str(case.scene.fitzpatrick), "synthetic", "CC0-1.0",
        "Synthetic image, Reader Study generator",
    )  # fmt: skip


def _write_csv(path: Path, header: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def dermoscopic_set(count: int, *, seed: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """`count` dermoscopic-style images (N, 192, 192, 3) and their labels (N,), half of them melanomas."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    drawn = [(draw_lesion(rng, malignant=bool(label)), draw_scene(rng)) for label in labels]
    with ProcessPoolExecutor() as pool:
        images = list(pool.map(_dermoscopic_pixels, drawn, chunksize=16))
    return np.stack(images), labels.astype(np.int64)


def _dermoscopic_pixels(drawn: tuple[Lesion, Scene]) -> NDArray[np.uint8]:
    return np.asarray(dermoscopic_image(*drawn))
