"""The services that let an import rest and go on."""

from datetime import datetime

from django.db import transaction

from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.core.errors import Conflict
from readerstudy.images.services import check_may_administer
from readerstudy.intake.claims import AT_WORK, is_held
from readerstudy.intake.models import ImportJob
from readerstudy.intake.queueing import locked, queue_job


def pause_job(*, actor: User, job: ImportJob, now: datetime) -> ImportJob:
    """Lets a job at work rest; its worker stops at its next heartbeat. Raises Conflict for one that is not at work."""
    check_may_administer(actor)
    with transaction.atomic():
        job = locked(job)
        if not can_be_paused(job):
            raise Conflict("This import is not at work; it cannot be paused.")
        job.paused_at = now
        job.save(update_fields=["paused_at"])
        record_event(actor=actor, verb="import.paused", subject=job, now=now)
    return job


def resume_job(*, actor: User, job: ImportJob, now: datetime) -> ImportJob:
    """Lets a paused job go on. Raises Conflict for one that is not paused."""
    check_may_administer(actor)
    with transaction.atomic():
        job = locked(job)
        if not is_paused(job):
            raise Conflict("This import is not paused.")
        record_event(actor=actor, verb="import.resumed", subject=job, now=now)
        if is_held(job, now=now):
            # Its worker has not seen the pause yet, and goes on as if there had been none.
            job.paused_at = None
            job.save(update_fields=["paused_at"])
        else:
            queue_job(job, now=now)
    return job


def can_be_paused(job: ImportJob) -> bool:
    """Whether the job waits for a worker or is at work."""
    return job.state in AT_WORK and job.paused_at is None


def is_paused(job: ImportJob) -> bool:
    """Whether the job would be at work if it had not been paused."""
    return job.state in AT_WORK and job.paused_at is not None
