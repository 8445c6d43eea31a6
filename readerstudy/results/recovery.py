"""Analyses and reports whose message was lost are sent again."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.cache import cache

from readerstudy.core.at_work import is_at_work
from readerstudy.results.choices import AnalysisState
from readerstudy.results.models import Analysis, ReportFile
from readerstudy.results.report.services import send_report
from readerstudy.results.services import send_analysis

# So long after it was asked for, work that still waits is looked at.
PATIENCE = timedelta(seconds=60)
# A little longer than either task may take: what was sent is not sent again meanwhile, whoever looks.
AT_WORK_SECONDS = 1000


def requeue_lost_results(*, now: datetime) -> int:
    """Sends what waits for too long and is at nobody's hands. Returns how many.

    What was not lost after all, but waits behind much other work, is done once: a finished one is left.
    """
    waiting = {"state": AnalysisState.QUEUED, "created_at__lt": now - PATIENCE}
    analyses = Analysis.objects.filter(**waiting).values_list("pk", flat=True)
    reports = ReportFile.objects.filter(**waiting).values_list("pk", flat=True)
    sent = [_sent("analysis", pk, send_analysis) for pk in analyses]
    sent += [_sent("report", pk, send_report) for pk in reports]
    return sum(sent)


def _sent(kind: str, pk: int, send: Callable[[int], bool]) -> bool:
    """The note that it was sent lies where the messages lie: who empties the one has emptied the other."""
    if is_at_work(f"{kind}:{pk}"):
        return False
    return cache.add(f"sent-again:{kind}:{pk}", 1, AT_WORK_SECONDS) and send(pk)


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
