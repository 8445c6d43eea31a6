"""How a service takes hold of a job, and sends it to the workers."""

from datetime import datetime
from functools import partial

from django.db import transaction

from readerstudy.intake.choices import ImportState
from readerstudy.intake.models import ImportJob
from readerstudy.intake.preview import remove_preview
from readerstudy.intake.sending import send_job


def locked(job: ImportJob) -> ImportJob:
    """The job as it is now, locked to the end of the transaction."""
    return ImportJob.objects.select_for_update().get(pk=job.pk)


def queue_check(job: ImportJob, *, now: datetime) -> None:
    """Queues the job to be checked anew. What the last check told holds no longer, so it is shown no longer."""
    # From here on no row names the pictures.
    transaction.on_commit(partial(remove_preview, job.preview), robust=True)
    job.state, job.report, job.preview = ImportState.UPLOADED, {}, []
    queue_job(job, now=now)


def queue_job(job: ImportJob, *, now: datetime) -> None:
    """Saves the job as queued for what its state needs; the task is sent once the transaction is through."""
    job.error, job.done, job.total = "", 0, _known_total(job)
    job.queued_at, job.heartbeat_at, job.paused_at = now, None, None
    job.save()
    transaction.on_commit(partial(send_job, job.pk, ImportState(job.state)))


def _known_total(job: ImportJob) -> int:
    """How many photographs an import has is known from its check; how many a check has, only once it has begun."""
    if job.state != ImportState.APPLYING:
        return 0
    return int(job.report.get("totals", {}).get("images", 0))
