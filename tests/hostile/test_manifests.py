"""Hostile manifests get their sentence, or are read right; nothing is stored, time and memory stay bounded."""

import time
import tracemalloc

import pytest

from readerstudy.images.models import ImageSet
from readerstudy.intake.report import report_csv, report_json
from readerstudy.intake.services import plan_import
from tests.hostile.manifests import corpus
from tests.intake.archives import make_zip, photographs

# Generous: what is meant is "seconds and some hundred megabytes", whatever the machine.
MAX_SECONDS = 60
MAX_BYTES = 1_000 * 2**20


@pytest.mark.parametrize("hostile", corpus(), ids=lambda hostile: hostile.name)
def test_a_hostile_manifest_is_read_right_or_told(tmp_path, db, hostile):
    path = make_zip(tmp_path / "photos.zip", photographs())
    tracemalloc.start()
    start = time.monotonic()
    plan = plan_import(archive_path=path, manifest=hostile.content, manifest_name="manifest.csv")
    seconds, (_, peak) = time.monotonic() - start, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert {problem.code for problem in plan.problems} == set(hostile.codes)
    assert (len(plan.images), plan.can_be_applied) == (hostile.images, not hostile.codes)
    assert all("manifest.csv" in str(problem) for problem in plan.problems)
    assert not ImageSet.objects.exists()
    assert (seconds < MAX_SECONDS, peak < MAX_BYTES) == (True, True)
    report = plan.report()
    assert len(report_json(report)) < 20 * 2**20
    assert all(not line.startswith(("=", "+", "@")) for line in report_csv(report).split(","))
