"""Runs whose worker or message was lost are sent again."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from inference.choices import RunState
from inference.claims import stale_before
from inference.models import ModelRun
from inference.sending import send_run

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
