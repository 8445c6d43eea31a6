"""Hostile archives get their sentence, or are read right; nothing is stored, time and memory stay bounded."""

import gzip
import time
import tracemalloc
from pathlib import Path

import pytest

from readerstudy.core.errors import InvalidInput
from readerstudy.images.models import ImageSet
from readerstudy.intake.report import report_json
from readerstudy.intake.services import plan_import
from readerstudy.intake.sources import open_source
from tests.hostile.archives import corpus, two_ends
from tests.intake.archives import make_zip

# Generous: what is meant is "seconds", whatever the machine.
MAX_SECONDS = 60
MAX_REPORT_BYTES = 10 * 2**20


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
    assert (seconds < MAX_SECONDS, peak < hostile.mebibytes * 2**20) == (True, True)
    assert len(report_json(plan.report())) < MAX_REPORT_BYTES


def test_a_directory_is_bounded_wherever_it_is_said_to_lie(tmp_path, monkeypatch):
    monkeypatch.setattr("readerstudy.intake.sources.bounded.MAX_DIRECTORY_BYTES", 1000)
    path = make_zip(tmp_path / "photos.zip", {f"{at}.txt": b"" for at in range(100)})
    with pytest.raises(
        InvalidInput, match=r"The directory of photos.zip has \d+ bytes; at most 1000 are read."
    ) as refused:
        open_source(path, name="photos.zip")
    assert refused.value.code == "too_many_files"


def test_two_end_records_are_told(tmp_path):
    path = tmp_path / "photos.zip"
    path.write_bytes(two_ends())
    with pytest.raises(InvalidInput, match=r"photos\.zip has two end records"):
        open_source(path, name="photos.zip")


def test_a_disk_that_is_full_is_not_told_as_a_damaged_archive(tmp_path, monkeypatch):
    path = tmp_path / "photos.tar.gz"
    path.write_bytes(gzip.compress(bytes(100_000)))
    # A device on which nothing can be written, as Linux has one.
    with Path("/dev/full").open("r+b", buffering=0) as full:
        monkeypatch.setattr("tempfile.TemporaryFile", lambda: full)
        with pytest.raises(OSError, match="No space left"):
            open_source(path, name="photos.tar.gz")
