"""Real photographs with their real manifests, imported as they are."""

import csv
import io
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from readerstudy.intake.mapping import ManifestMapping
from readerstudy.intake.services import apply_plan, plan_import
from readerstudy.truth.models import ReferenceStandard

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
SHARED = DATA / "images"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.is_dir(), reason=f"no real photographs at {SHARED}"),
]


def tiny(number):
    """A PNG of one pixel row whose colours are its number."""
    out = io.BytesIO()
    picture = Image.new("RGB", (4, 2))
    picture.putdata([(number >> 8, number & 255, 40 * at % 256) for at in range(8)])
    picture.save(out, "PNG")
    return out.getvalue()


def zip_around(path, manifest, names):
    """The real manifest with a generated picture for each of its names."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(manifest, manifest.name)
        for number, name in enumerate(names):
            archive.writestr(f"images/{name}", tiny(number))
    return path


def column(manifest, name):
    with manifest.open(newline="", encoding="utf-8") as file:
        return [row[name] for row in csv.DictReader(file)]


def zipped(tmp_path, folder):
    path = tmp_path / f"{folder}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted((SHARED / folder).iterdir()):
            archive.write(file, f"{folder}/{file.name}")
    return path


@pytest.mark.parametrize(
    ("folder", "counts"),
    [("pad-ufes-20", (88, 39)), ("isic-2017", (59, 11)), ("isic-2017-train-180px", (438, 186))],
)
def test_real_photographs_are_imported_unedited(tmp_path, admin, now, folder, counts):
    plan = plan_import(archive_path=zipped(tmp_path, folder), name=folder)
    assert plan.problems == ()
    assert plan.warnings == ()
    image_set = apply_plan(actor=admin, plan=plan, name=folder, is_synthetic=False, now=now)
    standards = ReferenceStandard.objects.filter(case__image_set=image_set)
    assert (standards.count(), standards.filter(malignant=True).count()) == counts


def test_the_whole_of_pad_ufes_20_is_planned_unedited(tmp_path, db):
    manifest = DATA / "pad-ufes-20-metadata" / "metadata.csv"
    path = zip_around(tmp_path / "pad.zip", manifest, column(manifest, "img_id"))
    said = ManifestMapping(classes={"ACK": "benign"})
    plan = plan_import(archive_path=path, mapping=said)
    assert (plan.layout, plan.problems, plan.questions) == ("PAD-UFES-20", (), ())
    totals = plan.report()["totals"]
    assert (totals["images"], totals["cases"], totals["patients"]) == (2298, 1891, 1373)
    by_image = Counter(case.truth.diagnosis for case in plan.cases for _ in case.images)
    assert by_image == {"BCC": 845, "ACK": 730, "NEV": 244, "SEK": 235, "SCC": 192, "MEL": 52}
    malignant = {case.truth.diagnosis for case in plan.cases if case.truth.malignant}
    assert malignant == {"BCC", "SCC", "MEL"}


@pytest.mark.parametrize(
    "name",
    ["ISIC-2017_Training_Part3_GroundTruth.csv", "ISIC-2017_Validation_150_GroundTruth.csv"],
)
def test_the_truth_of_isic_2017_is_planned_unedited(tmp_path, db, name):
    manifest = DATA / "isic-2017-groundtruth" / name
    names = [f"{one}.jpg" for one in column(manifest, "image_id")]
    plan = plan_import(archive_path=zip_around(tmp_path / "isic.zip", manifest, names))
    assert (plan.layout, plan.problems, plan.questions) == ("ISIC 2017 truth", (), ())
    melanomas = sum(float(one) == 1 for one in column(manifest, "melanoma"))
    assert len(plan.cases) == len(names)
    assert sum(case.truth.malignant for case in plan.cases) == melanomas
