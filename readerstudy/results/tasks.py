"""The analysis as background work."""

from typing import Any

from celery import shared_task
from celery.signals import worker_ready

from readerstudy.core.at_work import at_work
from readerstudy.core.clock import now
from readerstudy.core.timers import brief_connection
from readerstudy.results.recovery import requeue_lost_results
from readerstudy.results.report.tasks import make_report_task  # noqa: F401 (Celery looks here)
from readerstudy.results.services import run_analysis

_LOOK_SECONDS = 60


@shared_task(soft_time_limit=600, time_limit=660)
def run_analysis_task(*, analysis_id: int) -> None:
    """Computes one analysis. Sent again, it leaves a finished one alone."""
    with at_work(f"analysis:{analysis_id}"):
        run_analysis(analysis_id=analysis_id, now=now())


@shared_task(soft_time_limit=60, time_limit=90)
def sweep_task() -> None:
    """Sends what was lost again."""
    requeue_lost_results(now=now())


@worker_ready.connect
def watch_for_lost_results(sender: Any, **_kwargs: Any) -> None:
    """Every worker looks as long as it lives: beside the embedded server there is no `celery beat`."""
    sender.timer.call_repeatedly(_LOOK_SECONDS, take_up_lost_results)


def take_up_lost_results() -> None:
    """Looks once."""
    with brief_connection():
        requeue_lost_results(now=now())
