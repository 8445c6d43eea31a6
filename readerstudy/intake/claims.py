"""One worker at a time for each job: a claim is the number of the attempt, a heartbeat keeps it alive."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from readerstudy.core.errors import Conflict
from readerstudy.core.stopping import WorkerStoppingError, is_stopping
from readerstudy.intake.choices import ImportState
from readerstudy.intake.models import ImportJob

Clock = Callable[[], datetime]
STALE = timedelta(seconds=settings.IMPORT_STALE_SECONDS)
BEAT = timedelta(seconds=0.5)
AT_WORK = (ImportState.UPLOADED, ImportState.APPLYING)


class ImportPaused(Exception):
    """Ends the work of a worker on a job that was paused. The row is at rest already."""


@dataclass
class Claim:
    """The right of one worker to work on a job, until another worker takes it up."""

    job_id: int
    attempt: int
    clock: Clock
    beaten_at: datetime = field(init=False)
    told: tuple[int, int] = field(init=False, default=(0, 0))

    def __post_init__(self) -> None:
        self.beaten_at = self.clock()

    def beat(self, done: int, total: int) -> None:
        """Writes how far the work is; not more often than somebody would look. Raises ImportPaused where it was paused.

        Raises WorkerStoppingError where the worker was asked to stop.
        """
        if is_stopping():
            raise WorkerStoppingError
        now = self.clock()
        is_news = done == total and (done, total) != self.told
        if not is_news and now - self.beaten_at < BEAT:
            return
        self.beaten_at, self.told = now, (done, total)
        # One statement: a pause that is taken back at this moment either counts or does not.
        paused = self._row().exclude(paused_at=None)
        if paused.update(done=done, total=total, heartbeat_at=None):
            raise ImportPaused
        self._row().update(done=done, total=total, heartbeat_at=now)

    def give_back(self) -> bool:
        """The job waits again, at once, for another worker. False where another has it."""
        return bool(self._row().update(heartbeat_at=None, queued_at=self.clock()))

    def locked_job(self) -> ImportJob:
        """The job, locked to the end of the transaction. Raises Conflict where another worker has taken it up."""
        job = self._row().select_for_update().first()
        if job is None:
            raise Conflict("Another worker has taken up this import.")
        return job

    def _row(self) -> QuerySet[ImportJob]:
        return ImportJob.objects.filter(pk=self.job_id, attempt=self.attempt)


def claim_job(*, job_id: int, state: ImportState, clock: Clock) -> Claim | None:
    """A claim on the job, or None where it is not in that state or a worker that lives is on it."""
    now = clock()
    with transaction.atomic():
        job = (
            ImportJob.objects.select_for_update()
            .filter(pk=job_id, state=state, paused_at=None)
            .first()
        )
        if job is None or is_held(job, now=now):
            return None
        job.attempt += 1
        job.heartbeat_at = now
        job.done = 0
        job.save(update_fields=["attempt", "heartbeat_at", "done"])
    return Claim(job_id, job.attempt, clock)


def is_interrupted(job: ImportJob, *, now: datetime) -> bool:
    """Whether the job should be at work and nothing has been heard of it for too long."""
    heard = max(at for at in (job.heartbeat_at, job.queued_at, job.created_at) if at)
    return job.state in AT_WORK and not job.paused_at and now - heard >= STALE


def is_held(job: ImportJob, *, now: datetime) -> bool:
    """Whether a worker that lives is on the job; one that was paused may be so until its next heartbeat."""
    return job.heartbeat_at is not None and now - job.heartbeat_at < STALE
