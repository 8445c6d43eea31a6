"""Model runs as background work."""

from typing import Any

from celery import shared_task
from celery.signals import worker_ready

from inference.claims import heartbeat_seconds
from inference.drafts import remove_old_drafts
from inference.execution import execute_run
from inference.kept_pixels import make_pixels, tidy_pixels
from inference.recovery import requeue_stale_runs, revive_before_retry
from readerstudy.core.clock import now
from readerstudy.core.queue import send
from readerstudy.core.timers import brief_connection

_HOURS = 3600


@shared_task(
    soft_time_limit=6 * _HOURS,
    time_limit=6 * _HOURS + 60,
    revive=staticmethod(revive_before_retry),
)
def run_model_task(*, run_id: int) -> None:
    """Executes one run. Sent again, it goes on where the run stands, or does nothing."""
    execute_run(run_id=run_id, clock=now)


@shared_task(soft_time_limit=_HOURS, time_limit=_HOURS + 60)
def make_pixels_task(*, image_set_id: int) -> None:
    """Makes pixels for runs to come, a few seconds' worth; then whatever else waits has its turn."""
    if make_pixels(image_set_id):
        send(make_pixels_task, image_set_id=image_set_id)


@shared_task(soft_time_limit=60, time_limit=90)
def sweep_task() -> None:
    """Takes up lost runs, and lets go of uploads that nobody has answered."""
    requeue_stale_runs(now=now())
    remove_old_drafts(now=now())


@worker_ready.connect
def watch_for_lost_runs(sender: Any, **_kwargs: Any) -> None:
    """Every worker takes up lost runs when it starts and as long as it lives.

    A worker that is killed may take its messages along, and beside the embedded server there is no `celery beat`.
    """
    sender.timer.call_repeatedly(heartbeat_seconds(), take_up_lost_runs)
    sender.timer.call_repeatedly(_HOURS, tidy)
    take_up_lost_runs()


def take_up_lost_runs() -> None:
    """Looks once."""
    with brief_connection():
        requeue_stale_runs(now=now())
        remove_old_drafts(now=now())


def tidy() -> None:
    """Lets go of pixels on this worker's disk."""
    with brief_connection():
        tidy_pixels()
