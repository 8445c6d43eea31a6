"""The generator makes the committed photographs, and nothing but the lesion tells the classes apart."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inference.training.synthetic.clinical import clinical_photograph
from inference.training.synthetic.dataset import QUALITY, clinical_cases, dermoscopic_set
from inference.training.synthetic.lesion import ATYPIA, draw_lesion

DEMO = Path(__file__).resolve().parents[3] / "fixtures" / "demo"
SEED = 2019


@pytest.fixture(scope="module")
def cases():
    return clinical_cases(SEED)


def rows(name):
    with (DEMO / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def size_of(file):
    with Image.open(file) as image:
        return image.size


def as_stored(photograph):
    file = io.BytesIO()
    photograph.save(file, "JPEG", quality=QUALITY, subsampling=0)
    return pixels(file)


def pixels(file):
    with Image.open(file) as image:
        return np.asarray(image, dtype=np.int16)


@pytest.mark.parametrize("index", [0, 57])
def test_the_generator_reproduces_a_committed_photograph(cases, index):
    case = cases[index]
    made = as_stored(clinical_photograph(case.lesion, case.scene))
    committed = pixels(DEMO / "clinical" / case.file)
    # Another processor may round a sine differently; a differently drawn picture is far away from this.
    assert np.abs(made - committed).mean() < 0.2


def test_the_committed_manifest_and_atypia_are_those_of_the_seed(cases):
    manifest, atypia = rows("clinical/manifest.csv"), rows("cases.csv")
    assert [row["image"] for row in manifest] == [case.file for case in cases]
    assert [row["malignant"] for row in manifest] == [str(int(c.lesion.malignant)) for c in cases]
    assert [row["fitzpatrick"] for row in manifest] == [str(c.scene.fitzpatrick) for c in cases]
    assert [float(row["atypia"]) for row in atypia] == pytest.approx(
        [case.lesion.atypia for case in cases], abs=1e-4
    )


def test_the_manifest_lists_20_melanomas_and_80_nevi_of_100_patients():
    manifest = rows("clinical/manifest.csv")
    assert [row["diagnosis"] for row in manifest].count("melanoma") == 20
    assert [row["diagnosis"] for row in manifest].count("nevus") == 80
    assert len({row["patient_id"] for row in manifest}) == 100
    assert {row["confirmation"] for row in manifest} == {"synthetic"}
    assert {row["licence"] for row in manifest} == {"CC0-1.0"}
    assert all((row["diagnosis"] == "melanoma") == (row["malignant"] == "1") for row in manifest)


def test_every_committed_photograph_is_800_by_600_and_the_set_stays_small():
    files = sorted((DEMO / "clinical").glob("*.jpg"))
    assert len(files) == 100
    assert {size_of(file) for file in files} == {(800, 600)}
    assert sum(file.stat().st_size for file in files) < 9_000_000


def test_the_same_seed_gives_the_same_dermoscopic_images_and_another_seed_does_not():
    first, labels = dermoscopic_set(4, seed=5)
    again, _ = dermoscopic_set(4, seed=5)
    other, _ = dermoscopic_set(4, seed=6)
    assert first.shape == (4, 192, 192, 3)
    assert labels.tolist() == [0, 1, 0, 1]
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_patient_and_scene_are_drawn_without_looking_at_the_class():
    """Over 4000 cases the class tells nothing about age, sex, site and skin."""
    drawn = [case for seed in range(40) for case in clinical_cases(seed)]
    malignant = np.array([case.lesion.malignant for case in drawn], dtype=float)
    nuisances = {
        "age": [case.age for case in drawn],
        "sex": [case.sex == "female" for case in drawn],
        "head": [case.site == "head/neck" for case in drawn],
        "fitzpatrick": [case.scene.fitzpatrick for case in drawn],
        "seed": [case.scene.seed for case in drawn],
        "place in the set": [case.number for case in drawn],
    }
    limit = 4 / np.sqrt(len(drawn))  # four standard errors of a correlation of 0
    for name, values in nuisances.items():
        assert abs(np.corrcoef(malignant, np.array(values, float))[0, 1]) < limit, name


def test_the_classes_overlap_in_atypia_and_melanomas_look_worse():
    rng = np.random.default_rng(1)
    nevi, melanomas = (
        np.array([draw_lesion(rng, malignant=kind).atypia for _ in range(2000)])
        for kind in (False, True)
    )
    for values, (a, b) in zip((nevi, melanomas), (ATYPIA[0], ATYPIA[1]), strict=True):
        assert values.mean() == pytest.approx(a / (a + b), abs=0.02)
    better = (melanomas[:, None] > nevi[None, :]).mean()
    assert 0.8 < better < 0.97


def test_a_photograph_differs_from_the_same_scene_without_its_lesion_only_near_the_lesion(cases):
    """The lesion's class and atypia change nothing of the skin: same scene, other lesion, same corners."""
    scene = cases[0].scene
    one, other = (
        np.asarray(clinical_photograph(case.lesion, scene), dtype=float) for case in cases[:2]
    )
    corners = [(slice(0, 60), slice(0, 60)), (slice(540, 600), slice(740, 800))]
    for corner in corners:
        assert np.abs(one[corner] - other[corner]).mean() < 2
    assert np.abs(one - other).max() > 20
