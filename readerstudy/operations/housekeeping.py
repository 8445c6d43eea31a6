"""What is let go of in time."""

import shutil
from datetime import datetime, timedelta

from django.conf import settings

from readerstudy.core.ids import ALPHABET, LENGTH
from readerstudy.core.timers import brief_connection
from readerstudy.intake.choices import ImportState
from readerstudy.intake.models import ImportJob
from readerstudy.operations.models import DeadLetter, WorkerBeat

LETTERS_KEPT = timedelta(days=365)
WORKERS_KEPT = timedelta(days=1)
_OVER = (ImportState.APPLIED, ImportState.UNDONE)


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


def _is_jobs(name: str) -> bool:
    return len(name) == LENGTH and set(name) <= set(ALPHABET)
