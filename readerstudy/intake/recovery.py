"""Imports whose worker or message was lost are sent again."""

from datetime import datetime, timedelta

from readerstudy.core.clock import now as server_time
from readerstudy.intake.choices import ImportState
from readerstudy.intake.claims import AT_WORK, is_held, is_interrupted
from readerstudy.intake.models import ImportJob
from readerstudy.intake.sending import send_job


def requeue_lost_imports(*, now: datetime) -> int:
    """Queues again every import at which no worker was heard of for too long. Returns how many.

    A job that waits while another is at work is in line, not lost. A message that was not lost after all does no
    harm: a job is claimed by one worker only.
    """
    jobs = list(ImportJob.objects.filter(state__in=AT_WORK, paused_at=None))
    busy = any(is_held(job, now=now) for job in jobs)
    lost = [
        job
        for job in jobs
        if is_interrupted(job, now=now)
        and (job.heartbeat_at or not busy)
        and _queued_again(job, now)
    ]
    for job in lost:
        send_job(job.pk, ImportState(job.state))
    return len(lost)


def _queued_again(job: ImportJob, now: datetime) -> bool:
    """One statement, so that of several who look at the same time only one sends the job."""
    same = ImportJob.objects.filter(
        pk=job.pk, state=job.state, attempt=job.attempt, queued_at=job.queued_at, paused_at=None
    )
    return bool(same.update(queued_at=now))


def revive_job(job_id: int, *, due: datetime) -> None:
    """A job that has failed waits again, for a worker that comes at the time `due`; any other is left alone."""
    for job in ImportJob.objects.filter(pk=job_id, state=ImportState.FAILED):
        state = ImportState.APPLYING if job.report else ImportState.UPLOADED
        ImportJob.objects.filter(pk=job_id, state=ImportState.FAILED).update(
            state=state, error="", queued_at=due, heartbeat_at=None
        )


def revive_before_retry(job_id: int, *, seconds: float) -> None:
    """The same, for a task that is tried again after so many seconds."""
    revive_job(job_id, due=server_time() + timedelta(seconds=seconds))


def give_up_job(job_id: int, *, sentence: str, now: datetime) -> None:
    """A job that nobody works on any more has failed, with the sentence, unless it says already how it ended."""
    for job in ImportJob.objects.filter(pk=job_id, state__in=AT_WORK):
        if not is_held(job, now=now):
            ImportJob.objects.filter(pk=job_id, attempt=job.attempt, state=job.state).update(
                state=ImportState.FAILED, error=sentence, heartbeat_at=None
            )
