"""The background work of the intake. A task carries an id; the row knows the rest."""

from celery import shared_task

from readerstudy.core.clock import now
from readerstudy.intake.running import apply_job, plan_job

LIMITS = {"soft_time_limit": 3600, "time_limit": 3900, "acks_late": True}


@shared_task(**LIMITS)
def plan_job_task(job_id: int) -> None:
    """Checks an uploaded archive."""
    plan_job(job_id=job_id, clock=now)


@shared_task(**LIMITS)
def apply_job_task(job_id: int) -> None:
    """Imports a confirmed archive."""
    apply_job(job_id=job_id, clock=now)
