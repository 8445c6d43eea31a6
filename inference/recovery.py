"""Runs whose worker or message was lost are sent again."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from inference.choices import RunState
from inference.claims import stale_before
from inference.models import ModelRun
from inference.sending import send_run
from readerstudy.core.clock import now as server_time

UNFINISHED = (RunState.QUEUED, RunState.RUNNING)


def unfinished_runs() -> QuerySet[ModelRun]:
    """Runs that wait or are being worked on."""
    return ModelRun.objects.filter(state__in=UNFINISHED)


def requeue_stale_runs(*, now: datetime) -> int:
    """Queues again every run that has lost its worker, and those whose message seems lost. Returns how many.

    A run that waits while another is at work is in line, not lost. A message that was not lost after all does no
    harm: a run is claimed by one worker only.
    """
    lost = [run for run in unfinished_runs().filter(_lost(now)) if _queued_again(run, now)]
    for run in lost:
        send_run(run.pk)
    return len(lost)


def _lost(now: datetime) -> Q:
    before = stale_before(now)
    dead = Q(state=RunState.RUNNING, heartbeat_at__lt=before)
    if ModelRun.objects.filter(state=RunState.RUNNING, heartbeat_at__gte=before).exists():
        return dead
    sent_at = Coalesce("heartbeat_at", "created_at")
    return dead | Q(pk__in=_waiting().annotate(sent_at=sent_at).filter(sent_at__lt=before))


def _waiting() -> QuerySet[ModelRun]:
    return ModelRun.objects.filter(state=RunState.QUEUED).order_by()


def _queued_again(run: ModelRun, now: datetime) -> bool:
    """One statement, so that of several who look at the same time only one sends the run."""
    same = ModelRun.objects.filter(
        pk=run.pk, state=run.state, attempt=run.attempt, heartbeat_at=run.heartbeat_at
    )
    return bool(same.update(state=RunState.QUEUED, heartbeat_at=now))


def revive_run(*, run_id: int, due: datetime) -> None:
    """A run that has failed waits again, for a worker that comes at the time `due`; any other is left alone."""
    ModelRun.objects.filter(pk=run_id, state=RunState.FAILED).update(
        # A run that waits bears the time at which it was sent, or will be.
        state=RunState.QUEUED,
        error="",
        finished_at=None,
        heartbeat_at=due,
    )


def revive_before_retry(*, run_id: int, seconds: float) -> None:
    """The same, for a task that is tried again after so many seconds."""
    revive_run(run_id=run_id, due=server_time() + timedelta(seconds=seconds))


def give_up_run(*, run_id: int, sentence: str, now: datetime) -> None:
    """A run that nobody works on any more has failed, with the sentence, unless it says already how it ended."""
    ModelRun.objects.filter(_without_worker(now), pk=run_id).update(
        state=RunState.FAILED, error=sentence, finished_at=now
    )


def _without_worker(now: datetime) -> Q:
    return Q(state=RunState.QUEUED) | Q(state=RunState.RUNNING, heartbeat_at__lt=stale_before(now))
