"""PDF files as background work: laying out some dozen pages takes longer than a page may."""

from celery import shared_task

from readerstudy.core.at_work import at_work
from readerstudy.core.clock import now
from readerstudy.results.report.services import make_pdf


@shared_task(soft_time_limit=900, time_limit=960)
def make_report_task(*, file_id: int) -> None:
    """Makes one PDF. Sent again, it leaves a finished one alone."""
    with at_work(f"report:{file_id}"):
        make_pdf(file_id=file_id, now=now())
