"""What is let go of in time."""

import re
import shutil
from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.storage import default_storage

from readerstudy.core.ids import ALPHABET, LENGTH
from readerstudy.core.media import disk_path
from readerstudy.core.timers import brief_connection
from readerstudy.intake.choices import ImportState
from readerstudy.intake.models import ChunkedUpload, ImportJob
from readerstudy.operations.models import DeadLetter, WorkerBeat

LETTERS_KEPT = timedelta(days=365)
WORKERS_KEPT = timedelta(days=1)
FILES_KEPT = timedelta(days=1)
_OVER = (ImportState.APPLIED, ImportState.UNDONE)
_ID = f"([{ALPHABET}]{{{LENGTH}}})"
# The names that imports and uploads give; between them what the storage adds where a name is taken.
_ARCHIVE = re.compile(rf"{_ID}(-[{ALPHABET}]{{{LENGTH}}})?(_[a-zA-Z0-9]{{7}})?\.(archive|csv)")
_PICTURE = re.compile(rf"{_ID}(_[a-zA-Z0-9]{{7}})?\.webp")
_PIECE = re.compile(r"[0-9]+|whole|whole-taken")


def forget_old_letters(*, now: datetime) -> int:
    """Settled dead letters are kept for a year; open ones until somebody settles them."""
    return DeadLetter.objects.filter(settled_at__lt=now - LETTERS_KEPT).delete()[0]


def forget_old_workers(*, now: datetime) -> int:
    """A worker that was not heard of for a day is gone."""
    return WorkerBeat.objects.filter(heard_of_at__lt=now - WORKERS_KEPT).delete()[0]


def remove_lost_staging() -> int:
    """Removes photographs on this worker's disk whose import is over or was let go, on another worker perhaps."""
    if not settings.STAGING_DIR.is_dir():
        return 0
    # Listed before the imports are asked for: a folder made meanwhile is not among them.
    # What does not look like an import's folder is a check's that is running, outside any job.
    folders = [one for one in settings.STAGING_DIR.iterdir() if _is_jobs(one.name)]
    with brief_connection():
        waiting = ImportJob.objects.exclude(state__in=_OVER)
        wanted = set(waiting.values_list("public_id", flat=True))
    lost = [one for one in folders if one.name not in wanted]
    for folder in lost:
        shutil.rmtree(folder, ignore_errors=True)
    return len(lost)


def remove_lost_files(*, now: datetime) -> int:
    """Removes stored uploads whose import is over or gone, and pieces whose upload is; gives the number of files.

    They hold names, metadata and truth, and are left where a server dies between its commit and their removal. What is
    younger than a day may be of a row that is not stored yet, and what is not named as ours is somebody else's: both stay.
    """
    return _remove_lost_imports(now - FILES_KEPT) + _remove_lost_pieces(now - FILES_KEPT)


def _remove_lost_imports(before: datetime) -> int:
    folders, files = _listed("imports")
    # Asked for after the files are listed: what is made meanwhile is not among them.
    waiting = ImportJob.objects.exclude(state__in=_OVER)
    wanted = set(waiting.values_list("public_id", flat=True))
    lost = [name for name in files if (ours := _ARCHIVE.fullmatch(name)) and ours[1] not in wanted]
    return sum(_removed(f"imports/{name}", before) for name in lost) + sum(
        _emptied(f"imports/{name}", _PICTURE, before) for name in folders if _is_lost(name, wanted)
    )


def _remove_lost_pieces(before: datetime) -> int:
    folders, _files = _listed("uploads")
    wanted = set(ChunkedUpload.objects.values_list("public_id", flat=True))
    return sum(
        _emptied(f"uploads/{name}", _PIECE, before) for name in folders if _is_lost(name, wanted)
    )


def _emptied(folder: str, ours: re.Pattern[str], before: datetime) -> int:
    names = [name for name in _listed(folder)[1] if ours.fullmatch(name)]
    removed = sum(_removed(f"{folder}/{name}", before) for name in names)
    # Without a disk there are no folders: what holds no file is not there any more.
    if disk_path(folder) and _listed(folder) == ([], []):
        with suppress(OSError):  # a file has come into it at this moment
            default_storage.delete(folder)
    return removed


def _removed(name: str, before: datetime) -> bool:
    """Whether the file was old enough to be removed; one that somebody else has removed meanwhile is no error."""
    try:
        if _stored_at(name) >= before:
            return False
    except FileNotFoundError:
        return False
    default_storage.delete(name)
    return True


def _stored_at(name: str) -> datetime:
    """On a disk a file that was moved here keeps the time of its last change; when it came, its inode alone tells."""
    modified = default_storage.get_modified_time(name)
    if disk_path(name) is None:
        return modified
    return max(modified, default_storage.get_created_time(name))


def _listed(folder: str) -> tuple[list[str], list[str]]:
    try:
        return default_storage.listdir(folder)
    except FileNotFoundError:
        return [], []


def _is_lost(name: str, wanted: set[str]) -> bool:
    return _is_jobs(name) and name not in wanted


def _is_jobs(name: str) -> bool:
    return len(name) == LENGTH and set(name) <= set(ALPHABET)
