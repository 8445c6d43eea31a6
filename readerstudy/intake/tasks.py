"""The background work of the intake. A task carries an id; the row knows the rest."""

from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from django.conf import settings

from readerstudy.core.clock import now
from readerstudy.core.timers import brief_connection
from readerstudy.intake.chunks import remove_old_uploads
from readerstudy.intake.correcting import remove_refused_imports
from readerstudy.intake.recovery import requeue_lost_imports, revive_before_retry
from readerstudy.intake.running import apply_job, plan_job

# The message may come a second time meanwhile, where the queue takes it for lost: a job is claimed by one worker only.
LIMITS = {
    "soft_time_limit": settings.IMPORT_MAX_SECONDS,
    "time_limit": settings.IMPORT_MAX_SECONDS + 300,
    "acks_late": True,
    "revive": staticmethod(revive_before_retry),
}


@shared_task(**LIMITS)
def plan_job_task(job_id: int) -> None:
    """Checks an uploaded archive."""
    plan_job(job_id=job_id, clock=now)


@shared_task(**LIMITS)
def apply_job_task(job_id: int) -> None:
    """Imports a confirmed archive."""
    apply_job(job_id=job_id, clock=now)


@shared_task(soft_time_limit=60, time_limit=90)
def sweep_task() -> None:
    """Takes up lost imports, and lets go of what nobody continues or puts right."""
    requeue_lost_imports(now=now())
    remove_old_uploads(now=now())
    remove_refused_imports(now=now())


@worker_ready.connect
def watch_for_lost_imports(sender: Any, **_kwargs: Any) -> None:
    """Every worker takes up lost imports when it starts and as long as it lives.

    A worker that is killed may take its messages along, and beside the embedded server there is no `celery beat`.
    """
    sender.timer.call_repeatedly(settings.IMPORT_STALE_SECONDS / 3, take_up_lost_imports)
    take_up_lost_imports()


def take_up_lost_imports() -> None:
    """Looks once."""
    with brief_connection():
        requeue_lost_imports(now=now())
        remove_old_uploads(now=now())
        remove_refused_imports(now=now())
