"""Analyses and PDFs whose message was lost are sent again; what is given up says so."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from readerstudy.results.choices import AnalysisState
from readerstudy.results.models import Analysis, ReportFile

# Longer than the hard limits of the tasks: whoever had the message is not at work any more.
LOST_AFTER = timedelta(minutes=20)
# Older ones are no longer waited for by anybody.
FORGOTTEN_AFTER = timedelta(days=1)


def resend_lost_results(*, now: datetime) -> int:
    """Sends again what has waited for too long. Returns how many. What is sent twice is computed once."""
    from readerstudy.results.report.tasks import make_report_task  # noqa: PLC0415 (the tasks import the services)
    from readerstudy.results.tasks import run_analysis_task  # noqa: PLC0415

    analyses = [one.pk for one in _lost(Analysis.objects.all(), now)]
    reports = [one.pk for one in _lost(ReportFile.objects.all(), now)]
    for pk in analyses:
        run_analysis_task.delay(analysis_id=pk)
    for pk in reports:
        make_report_task.delay(file_id=pk)
    return len(analyses) + len(reports)


def _lost(rows: QuerySet, now: datetime) -> QuerySet:
    return rows.filter(
        state=AnalysisState.QUEUED,
        created_at__lt=now - LOST_AFTER,
        created_at__gt=now - FORGOTTEN_AFTER,
    )


def revive_analysis(*, analysis_id: int, due: datetime) -> None:
    """An analysis that has failed waits again; one that is done stays as it is."""
    del due
    failed = Analysis.objects.filter(pk=analysis_id, state=AnalysisState.FAILED)
    failed.update(state=AnalysisState.QUEUED, error="")


def revive_report(*, file_id: int, due: datetime) -> None:
    """The same for a PDF."""
    del due
    failed = ReportFile.objects.filter(pk=file_id, state=AnalysisState.FAILED)
    failed.update(state=AnalysisState.QUEUED, error="")


def give_up_analysis(*, analysis_id: int, sentence: str, now: datetime) -> None:
    """An analysis that waits has failed, with the sentence, unless it says already how it ended."""
    del now
    waiting = Analysis.objects.filter(pk=analysis_id, state=AnalysisState.QUEUED)
    waiting.update(state=AnalysisState.FAILED, error=sentence)


def give_up_report(*, file_id: int, sentence: str, now: datetime) -> None:
    """The same for a PDF."""
    del now
    waiting = ReportFile.objects.filter(pk=file_id, state=AnalysisState.QUEUED)
    waiting.update(state=AnalysisState.FAILED, error=sentence)
