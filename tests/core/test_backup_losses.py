"""Files that are lost for good: nothing older goes until somebody has said so, by name and with a reason."""

from datetime import timedelta
from io import StringIO
from itertools import count

import pytest
from django.core.management import CommandError, call_command

from readerstudy.core.audit import first_fault
from readerstudy.core.backup.losses import acknowledged_losses, last_complete_backup
from readerstudy.core.clock import now
from readerstudy.core.models import AuditEvent
from readerstudy.operations.figures import WorkCollector
from tests.core.instances import instance
from tests.core.test_backup import days_in, filled, nightly


@pytest.fixture(autouse=True)
def _another_second_each_time(monkeypatch):
    """Backups are called by the second in which they are made, and these are made faster."""
    seconds = count()
    monkeypatch.setattr(
        "readerstudy.core.management.commands.backup.now",
        lambda: now() - timedelta(seconds=30) + timedelta(seconds=next(seconds)),
    )


@pytest.fixture
def installation(source, key, settings, django_db_blocker):
    """The installation in use; what a test takes out of its storage is put back."""
    settings.BACKUP_RECIPIENTS = [key.public]
    with django_db_blocker.unblock(), instance(source) as folder:
        before = {path: path.read_bytes() for path in (folder / "media").rglob("*.webp")}
        yield folder
        for path, content in before.items():
            path.write_bytes(content)
        call_command("backup", str(folder / "again.tar"), "--unencrypted", stdout=StringIO())
        (folder / "again.tar").unlink()
        assert acknowledged_losses() == set()


@pytest.fixture
def lost(installation):
    """The names of two photographs that are gone."""
    paths = sorted((installation / "media").rglob("*.webp"))[:2]
    for path in paths:
        path.unlink()
    return [str(path.relative_to(installation / "media")) for path in paths]


def say(*arguments):
    told = StringIO()
    call_command("lost_files", *arguments, stdout=told)
    return told.getvalue()


def last(verb):
    return AuditEvent.objects.filter(verb=verb).order_by("sequence").last()


def test_backups_remove_older_ones_again_once_the_loss_is_acknowledged(lost, tmp_path):
    filled(tmp_path, 1, 2, 3)
    with pytest.raises(CommandError, match=r"2 files that the database names .* lost_files"):
        nightly(tmp_path, keep=2)
    assert days_in(tmp_path) == [1, 2, 3]
    with pytest.raises(CommandError, match="2 files are lost"):
        say()
    assert "2 losses are acknowledged" in say("--acknowledge", *lost, "--reason", "disk broke")
    told, _fresh = nightly(tmp_path, keep=2)
    assert "lost     2 files, all of them acknowledged" in told
    assert days_in(tmp_path) == []
    assert say().count("acknowledged") == 3
    event = last("backup.loss_acknowledged")
    assert event.data["names"] == lost
    assert event.data["reason"] == "disk broke"
    assert first_fault() is None


def test_a_file_that_nobody_acknowledged_still_keeps_everything(lost, tmp_path):
    say("--acknowledge", lost[0], "--reason", "disk broke")
    filled(tmp_path, 1, 2, 3)
    with pytest.raises(CommandError, match=rf"1 files that .* The first one: {lost[1]}"):
        nightly(tmp_path, keep=1)
    assert days_in(tmp_path) == [1, 2, 3]


def test_a_file_that_came_back_and_is_lost_again_is_a_new_loss(installation, lost, tmp_path):
    say("--acknowledge", *lost, "--reason", "disk broke")
    path = installation / "media" / lost[0]
    path.write_bytes(b"back")
    told, _fresh = nightly(tmp_path, keep=9)
    assert f"back     {lost[0]}" in told
    assert last("backup.loss_over").data["names"] == [lost[0]]
    path.unlink()
    filled(tmp_path, 1)
    with pytest.raises(CommandError, match=lost[0]):
        call_command("backup", str(tmp_path), "--keep", "1", stdout=StringIO())
    assert days_in(tmp_path) == [1]


@pytest.mark.parametrize(
    ("names", "reason", "sentence"),
    [
        (["LOST"], "", "Say why"),
        (["images/never.webp"], "why not", "is not lost"),
        (["THERE"], "why not", "is not lost"),
    ],
)
def test_no_loss_is_acknowledged_that_is_none_or_without_a_reason(
    installation, lost, names, reason, sentence
):
    there = str(next((installation / "media").rglob("*.webp")).relative_to(installation / "media"))
    named = [{"LOST": lost[0], "THERE": there}.get(name, name) for name in names]
    with pytest.raises(CommandError, match=sentence):
        say("--acknowledge", *named, "--reason", reason)
    assert acknowledged_losses() == set()


def test_a_disk_that_is_not_mounted_is_no_loss(installation):
    media = installation / "media"
    media.rename(installation / "away")
    try:
        with pytest.raises(CommandError, match="Is the disk mounted"):
            say()
    finally:
        (installation / "away").rename(media)


def figure(name):
    return [sample.value for metric in WorkCollector().collect() for sample in metric.samples if sample.name == name]  # fmt: skip


def test_the_trail_and_the_figures_tell_of_the_last_complete_backup(installation, tmp_path):
    _told, name = nightly(tmp_path, keep=3)
    event = last("backup.made")
    assert (event.data["file"], event.data["complete"]) == (name, True)
    [age] = figure("readerstudy_backup_age_seconds")
    assert 0 <= age < 60
    (installation / "media" / "images").rename(installation / "away")
    try:
        with pytest.raises(CommandError):
            nightly(tmp_path, keep=3)
    finally:
        (installation / "away").rename(installation / "media" / "images")
    assert last("backup.made").data["complete"] is False
    assert last_complete_backup() == event.at
    assert now() - event.at < timedelta(minutes=5)
