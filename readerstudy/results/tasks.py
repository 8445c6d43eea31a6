"""The analysis as background work."""

from celery import shared_task

from readerstudy.core.clock import now
from readerstudy.results.recovery import resend_lost_results
from readerstudy.results.report.tasks import make_report_task  # noqa: F401 (Celery looks here)
from readerstudy.results.services import run_analysis


@shared_task(soft_time_limit=600, time_limit=660)
def run_analysis_task(*, analysis_id: int) -> None:
    """Computes one analysis. Sent again, it leaves a finished one alone."""
    run_analysis(analysis_id=analysis_id, now=now())


@shared_task(soft_time_limit=60, time_limit=90)
def sweep_task() -> None:
    """Sends analyses and PDFs again whose message was lost."""
    resend_lost_results(now=now())
