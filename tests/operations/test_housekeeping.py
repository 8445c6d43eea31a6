"""Beat's work, which may come twice, and what workers say of themselves."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.management import CommandError, call_command

from readerstudy.core import clock
from readerstudy.core.audit import record_event
from readerstudy.core.checkpoints import checkpoint_count, checkpoint_faults, write_checkpoint
from readerstudy.core.errors import Conflict, NotFound
from readerstudy.core.ids import new_public_id
from readerstudy.core.models import AuditEvent
from readerstudy.intake.choices import ImportState
from readerstudy.intake.models import ChunkedUpload, ImportJob
from readerstudy.operations.housekeeping import (
    forget_old_letters,
    forget_old_workers,
    remove_lost_files,
    remove_lost_staging,
)
from readerstudy.operations.models import DeadLetter, SessionNotice, WorkerBeat
from readerstudy.operations.notices import tell_who_may_go_on
from readerstudy.operations.parking import UNREADABLE, park_unreadable_message
from readerstudy.operations.services import drop_letter, requeue_letter
from readerstudy.operations.tasks import tidy_task
from readerstudy.operations.workers import hear_of, lives, living_workers
from tests.reading.factories import open_study
from tests.reading.test_sittings import DAY, enrolment, read  # noqa: F401 (a fixture)


def test_a_checkpoint_is_written_once_a_day_by_whoever_comes_first(admin, now):
    record_event(actor=admin, verb="a.test", subject=admin, now=now)
    assert write_checkpoint(now=now)
    assert not write_checkpoint(now=now)
    assert checkpoint_count() == 1
    assert list(checkpoint_faults()) == []


def test_staged_photographs_of_imports_that_are_gone_are_removed(settings, admin, now):
    job = ImportJob.objects.create(
        name="A", archive="a", archive_name="a.zip", created_by=admin, created_at=now
    )
    for name in (job.public_id, new_public_id(), "tmpabc"):
        (settings.STAGING_DIR / name).mkdir(parents=True)
    assert remove_lost_staging() == 1
    assert {one.name for one in settings.STAGING_DIR.iterdir()} == {job.public_id, "tmpabc"}
    settings.STAGING_DIR = settings.STAGING_DIR / "none"
    assert remove_lost_staging() == 0


def stored(*names):
    return {default_storage.save(name, ContentFile(b"names and truth")) for name in names}


def all_stored(folder):
    """The names of all files below the folder."""
    if not default_storage.exists(folder):
        return set()
    folders, files = default_storage.listdir(folder)
    below = (all_stored(f"{folder}/{name}") for name in folders)
    return {f"{folder}/{name}" for name in files}.union(*below)


def files_of(public_id):
    """What an import keeps while it is on its way: archive, manifests and a picture."""
    return stored(
        f"imports/{public_id}.archive",
        f"imports/{public_id}.csv",
        f"imports/{public_id}_a1B2c3D.csv",
        f"imports/{public_id}/{new_public_id()}.webp",
    )


def job_in(state, admin):
    job = ImportJob.objects.create(
        name="A", archive_name="a", state=state, created_by=admin, created_at=clock.now()
    )
    return files_of(job.public_id)


DAY_AFTER = timedelta(hours=25)


def test_files_of_imports_that_are_over_or_gone_are_removed_after_a_day(admin):
    kept = set().union(
        *(job_in(one, admin) for one in ImportState if one not in {"applied", "undone"})
    )
    gone = [new_public_id() for _ in range(2)]
    lost = job_in(ImportState.APPLIED, admin) | job_in(ImportState.UNDONE, admin)
    lost |= {name for one in gone for name in files_of(one)}
    assert remove_lost_files(now=clock.now() + timedelta(hours=23)) == 0
    assert all_stored("imports") == kept | lost
    assert remove_lost_files(now=clock.now() + DAY_AFTER) == len(lost)
    assert all_stored("imports") == kept
    assert not {*gone} & {*default_storage.listdir("imports")[0]}
    assert remove_lost_files(now=clock.now() + DAY_AFTER) == 0


def test_pieces_of_uploads_that_are_gone_are_removed_after_a_day(admin):
    row = ChunkedUpload.objects.create(
        name="a", size=9, created_by=admin, created_at=clock.now(), heard_of_at=clock.now()
    )
    kept = stored(f"uploads/{row.public_id}/whole", f"uploads/{row.public_id}/4194304")
    gone = new_public_id()
    lost = stored(*(f"uploads/{gone}/{name}" for name in ("0", "4194304", "whole", "whole-taken")))
    assert remove_lost_files(now=clock.now()) == 0
    assert remove_lost_files(now=clock.now() + DAY_AFTER) == len(lost)
    assert all_stored("uploads") == kept
    assert default_storage.listdir("uploads")[0] == [row.public_id]


def test_what_is_not_named_as_ours_stays(db):
    one = new_public_id()
    others = stored(
        "imports/notes.csv", f"imports/{one}.txt", f"imports/{one}-b.csv", f"imports/x{one}.csv",
        f"imports/{one}/a.webp", f"imports/{one}/{one}.png", "imports/mine/a.webp", "uploads/unfinished.bin",
        f"uploads/{one}/notes", "uploads/mine/0", f"images/{one}/{one}.webp",
    )  # fmt: skip
    assert remove_lost_files(now=clock.now() + 9 * DAY_AFTER) == 0
    assert {name for name in others if default_storage.exists(name)} == others


def test_an_archive_that_has_just_come_stays_however_long_its_pieces_took(db):
    [name] = stored(f"imports/{new_public_id()}.archive")
    old = (clock.now() - timedelta(days=2)).timestamp()
    os.utime(Path(default_storage.path(name)), (old, old))
    assert remove_lost_files(now=clock.now()) == 0


def test_a_file_that_somebody_else_removes_meanwhile_is_no_error(db, monkeypatch):
    lost = files_of(new_public_id())
    modified = FileSystemStorage.get_modified_time

    def gone(storage, name):
        storage.delete(name)
        return modified(storage, name)

    monkeypatch.setattr(FileSystemStorage, "get_modified_time", gone)
    assert remove_lost_files(now=clock.now() + DAY_AFTER) == 0
    assert not all_stored("imports") & lost


def test_the_night_removes_lost_files(db, monkeypatch):
    files_of(new_public_id())
    later = clock.now() + DAY_AFTER
    monkeypatch.setattr("readerstudy.operations.tasks.now", lambda: later)
    tidy_task.run()
    assert all_stored("imports") == set()


def letter(now, **fields):
    return DeadLetter.objects.create(
        **{"task": "inference.tasks.sweep_task", "reason": "It failed.", "parked_at": now, **fields}
    )


def test_a_dead_letter_is_sent_again_once_and_leaves_a_trace(db, now):
    one = letter(now)
    requeue_letter(public_id=one.public_id, now=now)
    with pytest.raises(Conflict, match="was requeued already"):
        drop_letter(public_id=one.public_id, now=now)
    with pytest.raises(NotFound):
        drop_letter(public_id="nothing", now=now)
    event = AuditEvent.objects.get(verb="dead_letter.requeued")
    assert event.data["task"] == "inference.tasks.sweep_task"


def test_what_no_worker_knows_cannot_be_sent_again(db, now):
    with pytest.raises(Conflict, match=r"This version knows no task a\.newer\.task"):
        requeue_letter(public_id=letter(now, task="a.newer.task").public_id, now=now)
    park_unreadable_message(reason="DecodeError")
    unreadable = DeadLetter.objects.get(task=UNREADABLE)
    with pytest.raises(Conflict, match="can be dropped only"):
        requeue_letter(public_id=unreadable.public_id, now=now)
    with pytest.raises(CommandError, match="can be dropped only"):
        call_command("dead_letters", "--requeue", unreadable.public_id)


def test_settled_letters_and_workers_that_are_gone_are_forgotten_in_time(db, now):
    letter(now, settled_at=now - timedelta(days=366), settled_how="dropped")
    letter(now, settled_at=now, settled_how="dropped")
    letter(now - timedelta(days=900))
    WorkerBeat.objects.create(name="old", queues="gpu", heard_of_at=now - timedelta(days=2))
    assert (forget_old_letters(now=now), forget_old_workers(now=now)) == (1, 1)


def test_a_worker_that_was_heard_of_lives(db, capsys):
    assert living_workers() == 0
    with pytest.raises(CommandError, match="celery@here was not heard of lately"):
        call_command("worker_lives", "--name", "celery@here")
    hear_of("celery@here", "default")
    hear_of("celery@here", "default,gpu")
    assert (living_workers(), lives("celery@here")) == (1, True)
    call_command("worker_lives", "--name", "celery@here")
    assert capsys.readouterr().out == "celery@here lives\n"


def test_a_reader_is_told_once_that_the_wait_is_over(
    enrolment,  # noqa: F811 (the fixture)
    settings, now, django_capture_on_commit_callbacks,
):  # fmt: skip
    settings.SITE_URL = "https://study.example.org/"
    read(enrolment, 12, now=now)
    with django_capture_on_commit_callbacks(execute=True):
        assert tell_who_may_go_on(now=now + 27 * DAY) == 0
        assert tell_who_may_go_on(now=now + 29 * DAY) == 1
        assert tell_who_may_go_on(now=now + 29 * DAY) == 0
    [sent] = [one for one in mail.outbox if "session" in one.subject]
    assert sent.to == [enrolment.user.email]
    assert "https://study.example.org/reading/" in sent.body
    # Neither the study nor a case is named.
    assert enrolment.study.title not in sent.body + sent.subject


def test_nobody_is_told_of_a_session_that_opened_long_ago_or_has_begun(
    enrolment,  # noqa: F811 (the fixture)
    now,
):
    read(enrolment, 12, now=now)
    assert tell_who_may_go_on(now=now + 40 * DAY) == 0
    read(enrolment, 1, now=now + 28 * DAY)
    assert tell_who_may_go_on(now=now + 29 * DAY) == 0
    assert not SessionNotice.objects.exists()


def test_a_study_of_one_session_is_not_looked_through(
    admin, coordinator, now, django_assert_num_queries
):
    open_study(admin=admin, coordinator=coordinator, now=now, cases=3)
    with django_assert_num_queries(1):
        assert tell_who_may_go_on(now=now) == 0
