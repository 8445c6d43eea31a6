"""Which rows stand for work that a worker does, and in which states it is not done."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from inference.choices import RunState
from inference.models import ModelRun
from readerstudy.intake.claims import AT_WORK
from readerstudy.intake.models import ImportJob
from readerstudy.results.choices import AnalysisState
from readerstudy.results.models import Analysis, ReportFile

# Kind → its rows, and the states in which a worker is wanted.
WORK: dict[str, tuple[Callable[[], QuerySet[Any]], tuple[str, ...]]] = {
    "model_run": (ModelRun.objects.all, (RunState.QUEUED, RunState.RUNNING)),
    "import": (lambda: ImportJob.objects.filter(paused_at=None), AT_WORK),
    "analysis": (Analysis.objects.all, (AnalysisState.QUEUED,)),
    "report": (ReportFile.objects.all, (AnalysisState.QUEUED,)),
}
