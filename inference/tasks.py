"""Model runs as background work."""

from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from django.conf import settings

from inference.execution import execute_run
from inference.recovery import requeue_stale_runs, unfinished_runs
from readerstudy.core.clock import now

_HOURS = 3600


@shared_task(soft_time_limit=6 * _HOURS, time_limit=6 * _HOURS + 60)
def run_model_task(*, run_id: int) -> None:
    """Executes one run. Sent again, it goes on where the run stands, or does nothing."""
    execute_run(run_id=run_id, clock=now)


@shared_task(soft_time_limit=60, time_limit=90)
def sweep_task(*, again: bool = False) -> None:
    """Takes up lost runs; with `again`, looks once more later as long as there is unfinished work."""
    requeue_stale_runs(now=now())
    if again and unfinished_runs().exists():
        schedule_sweep()


def schedule_sweep() -> None:
    """Looks for lost runs as soon as a heartbeat of this moment would be stale."""
    sweep_task.apply_async(kwargs={"again": True}, countdown=settings.MODEL_RUN_STALE_SECONDS + 1)


@worker_ready.connect
def take_up_lost_runs(**_kwargs: Any) -> None:
    """A worker that starts may follow one that was killed together with its messages."""
    requeue_stale_runs(now=now())
    if unfinished_runs().exists():
        schedule_sweep()
