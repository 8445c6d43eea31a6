"""Real photographs with their real manifests, imported as they are."""

import zipfile
from pathlib import Path

import pytest

from readerstudy.intake.services import apply_plan, plan_import
from readerstudy.truth.models import ReferenceStandard

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "images"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.is_dir(), reason=f"no real photographs at {SHARED}"),
]


def zipped(tmp_path, folder):
    path = tmp_path / f"{folder}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted((SHARED / folder).iterdir()):
            archive.write(file, f"{folder}/{file.name}")
    return path


@pytest.mark.parametrize(("folder", "counts"), [("pad-ufes-20", (88, 39)), ("isic-2017", (59, 11))])
def test_real_photographs_are_imported_unedited(tmp_path, admin, now, folder, counts):
    plan = plan_import(archive_path=zipped(tmp_path, folder), name=folder)
    assert plan.problems == ()
    assert plan.warnings == ()
    image_set = apply_plan(actor=admin, plan=plan, name=folder, is_synthetic=False, now=now)
    standards = ReferenceStandard.objects.filter(case__image_set=image_set)
    assert (standards.count(), standards.filter(malignant=True).count()) == counts
