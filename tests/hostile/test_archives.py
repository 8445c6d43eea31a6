"""Hostile archives get their sentence, or are read right; nothing is stored, time and memory stay bounded."""

import time
import tracemalloc

import pytest

from readerstudy.images.models import ImageSet
from readerstudy.intake.services import plan_import
from tests.hostile.archives import corpus

# Generous: what is meant is "seconds and some hundred megabytes", whatever the machine.
MAX_SECONDS = 60
MAX_BYTES = 300 * 2**20


@pytest.mark.parametrize("hostile", corpus(), ids=lambda hostile: hostile.name)
def test_a_hostile_archive_is_read_right_or_told(tmp_path, db, hostile):
    path = tmp_path / "photos.zip"
    path.write_bytes(hostile.content)
    tracemalloc.start()
    start = time.monotonic()
    plan = plan_import(archive_path=path, staging=tmp_path / "staging")
    seconds, (_, peak) = time.monotonic() - start, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert {problem.code for problem in plan.problems} == set(hostile.codes)
    assert plan.can_be_applied == (not hostile.codes)
    assert all(problem.message.endswith(".") for problem in plan.problems)
    assert not ImageSet.objects.exists()
    assert {one.name for one in tmp_path.iterdir()} <= {"photos.zip", "staging"}
    assert (seconds < MAX_SECONDS, peak < MAX_BYTES) == (True, True)
