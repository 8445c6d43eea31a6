"""Runs whose worker or message was lost are sent again."""

from datetime import datetime

from django.db.models import Q, QuerySet

from inference.choices import RunState
from inference.execution import stale_before
from inference.models import ModelRun
from inference.sending import send_run

UNFINISHED = (RunState.QUEUED, RunState.RUNNING)


def unfinished_runs() -> QuerySet[ModelRun]:
    """Runs that wait or are being worked on."""
    return ModelRun.objects.filter(state__in=UNFINISHED)


def requeue_stale_runs(*, now: datetime) -> int:
    """Sends again what waits for longer than a heartbeat may be old, or has lost its worker. Returns how many.

    A message that was not lost after all does no harm: a run is claimed by one worker only.
    """
    before = stale_before(now)
    lost = Q(state=RunState.QUEUED, created_at__lt=before) | Q(
        state=RunState.RUNNING, heartbeat_at__lt=before
    )
    runs = list(ModelRun.objects.filter(lost).values_list("pk", flat=True))
    for run_id in runs:
        send_run(run_id)
    return len(runs)
