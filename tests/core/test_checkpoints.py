"""The file of checkpoints after a full disk, a power cut, or somebody's hand: it goes on, and nothing is hidden."""

import errno
import json
import os
import resource
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command

from readerstudy.core.audit import record_event
from readerstudy.core.checkpoints import (
    checkpoint_count,
    checkpoint_faults,
    last_checkpoint,
    write_checkpoint,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def happens(coordinator, now):
    """Lets something happen and writes a checkpoint of it."""

    def happen():
        record_event(actor=coordinator, verb="thing.done", subject=coordinator, now=now)
        return write_checkpoint(now=now)

    return happen


@pytest.fixture
def file(happens, settings):
    """The file with two checkpoints."""
    assert [happens(), happens()] == [True, True]
    return settings.AUDIT_CHECKPOINTS


def aside(file):
    return file.with_name(f"{file.name}.set-aside")


TORN = {
    "the beginning of a line": b'{"sequence": 7, "hash": "ab',
    "a line that is none": b'{"sequence": 7, "hash": "ab\n',
    "zeros": bytes(300),
    "no letters at all": b"\xff\xfe\x80",
    "JSON, but no checkpoint": b"[1]\n",
    "a checkpoint whose place is no number": b'{"sequence": "7", "hash": "", "at": "", "previous": "", "signature": ""}\n',
    "several lines": b"{\n\n\x00\x00",
}  # fmt: skip


@pytest.mark.parametrize("torn", TORN.values(), ids=TORN)
def test_a_torn_end_is_set_aside_and_the_checkpoints_go_on(file, happens, torn):
    before = file.read_bytes()
    file.write_bytes(before + torn)
    assert list(checkpoint_faults())
    assert [happens(), happens()] == [True, True]
    assert file.read_bytes().startswith(before + b'{"sequence": 3, ')
    assert aside(file).read_bytes() == torn
    assert (checkpoint_count(), last_checkpoint().sequence) == (4, 4)


def test_the_verification_tells_of_it_until_somebody_has_looked(file, happens):
    file.write_bytes(file.read_bytes()[:-30])
    assert happens()
    with pytest.raises(CommandError, match=r"lies in audit-checkpoints\.jsonl\.set-aside beside"):
        call_command("verify_audit")
    aside(file).rename(file.with_name("looked-at"))
    assert not list(checkpoint_faults())
    call_command("verify_audit", "--need-checkpoints")


def test_two_power_cuts_leave_both_pieces(file, happens):
    for torn in (b"{one", b"{two"):
        file.write_bytes(file.read_bytes() + torn)
        assert happens()
    assert aside(file).read_bytes() == b"{one{two"
    assert len(list(checkpoint_faults())) == 1


def test_a_whole_line_without_its_end_is_ended(file, happens):
    file.write_bytes(file.read_bytes().removesuffix(b"\n"))
    assert happens()
    assert checkpoint_count() == 3
    assert not list(checkpoint_faults())
    assert not aside(file).exists()


def test_what_was_set_aside_hides_no_line_that_was_changed(file, happens):
    lines = file.read_text().splitlines()
    file.write_text("\n".join([lines[0][:-40], lines[1], "{torn"]))
    assert happens()
    told = list(checkpoint_faults())
    assert "set-aside" in told[0]
    assert "Line 1 of the checkpoints is not one" in told[1]


def test_a_last_line_that_was_changed_and_can_be_read_stays_and_is_found(file, happens):
    first, second = file.read_text().splitlines()
    changed = json.dumps({**json.loads(second), "sequence": 1})
    file.write_text(f"{first}\n{changed}\n")
    assert happens()
    assert not aside(file).exists()
    assert "Checkpoint 2 does not fit its signature" in next(checkpoint_faults())


def test_it_is_on_the_disk_before_it_counts_as_written(file, happens, monkeypatch):
    synced = []
    real = os.fsync

    def fsync(handle):
        synced.append(os.fstat(handle).st_size)
        real(handle)

    monkeypatch.setattr("os.fsync", fsync)
    assert happens()
    assert synced == [file.stat().st_size]


def test_what_does_not_come_to_the_disk_is_taken_back(file, happens, monkeypatch):
    before = file.read_bytes()

    def fails(_handle):
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", fails)
        with pytest.raises(OSError, match="Input/output error"):
            happens()
    assert file.read_bytes() == before
    assert happens()
    assert not list(checkpoint_faults())


@contextmanager
def room_for(size):
    """No file grows beyond this size: a disk that is full in the middle of a line."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_leaves_no_half_of_a_line(file, coordinator, now):
    from readerstudy.core import checkpoints

    before = file.read_bytes()
    with room_for(len(before) + 40), pytest.raises(OSError, match="File too large"):
        checkpoints._append(file, b"x" * 300)
    assert file.read_bytes() == before
