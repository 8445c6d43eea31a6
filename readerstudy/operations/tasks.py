"""What `celery beat` asks for once a day, or an hour. Each may come twice, and at once: the second finds nothing to do."""

from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from django.core.management import call_command

from readerstudy.core.clock import now
from readerstudy.operations.housekeeping import (
    forget_old_letters,
    forget_old_workers,
    remove_lost_files,
    remove_lost_staging,
)
from readerstudy.operations.notices import tell_who_may_go_on

_HOUR = 3600


@shared_task(soft_time_limit=300, time_limit=330)
def tidy_task() -> None:
    """Lets go of sessions that are over, of settled dead letters, of workers that are gone and of files without a row."""
    call_command("clearsessions")
    forget_old_letters(now=now())
    forget_old_workers(now=now())
    remove_lost_files(now=now())


@shared_task(soft_time_limit=300, time_limit=330)
def tell_who_may_go_on_task() -> None:
    """Tells readers that their wait between two sessions is over."""
    tell_who_may_go_on(now=now())


@worker_ready.connect
def tidy_own_disk(sender: Any, **_rest: Any) -> None:
    """Every worker lets go of what lies on its own disk and belongs to no import any more."""
    sender.timer.call_repeatedly(_HOUR, remove_lost_staging)
