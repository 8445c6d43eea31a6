"""Asking for an analysis, and computing it once."""

from datetime import datetime

from django.db import transaction

from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.core.canonical import sha256_of
from readerstudy.core.errors import Conflict, DomainError
from readerstudy.core.queue import send
from readerstudy.core.version import VERSION
from readerstudy.results.analysis import build_document
from readerstudy.results.choices import AnalysisState, FinishedState
from readerstudy.results.gathering import reading_table
from readerstudy.results.models import Analysis, FinishedStudy
from readerstudy.results.stored_table import table_bytes, table_of
from readerstudy.results.table import ReadingTable
from readerstudy.studies.choices import StudyState
from readerstudy.studies.models import Study
from readerstudy.studies.permissions import check_may_analyse

OPEN_STATES = (StudyState.UNBLINDED, StudyState.ARCHIVED)


def request_analysis(*, actor: User, study: Study, now: datetime) -> Analysis:
    """Queues an analysis of an unblinded study.

    Raises NotAllowed for anybody but its coordinators and statisticians, Conflict before unblinding.
    """
    check_may_analyse(actor, study)
    if study.state not in OPEN_STATES:
        raise Conflict("Results exist only after the study is unblinded.", code="not_unblinded")
    return _queued(Analysis(study=study), actor, now)


def request_finished_analysis(*, actor: User, finished: FinishedStudy, now: datetime) -> Analysis:
    """Queues an analysis of a finished study. Raises Conflict before it is imported."""
    if finished.state != FinishedState.IMPORTED:
        raise Conflict("The study is not imported yet.", code="not_imported")
    return _queued(Analysis(finished=finished), actor, now)


def _queued(analysis: Analysis, actor: User, now: datetime) -> Analysis:
    analysis.code_version, analysis.created_by, analysis.created_at = VERSION, actor, now
    analysis.full_clean(exclude=["document", "table"])
    with transaction.atomic():
        analysis.save()
        record_event(
            actor=actor,
            verb="analysis requested",
            subject=analysis,
            now=now,
            study_id=analysis.subject.public_id,
        )
        transaction.on_commit(lambda: send_analysis(analysis.pk))
    return analysis


def send_analysis(analysis_id: int) -> bool:
    """Sends an analysis to the workers. One that is sent twice is computed once."""
    from readerstudy.results.tasks import run_analysis_task  # noqa: PLC0415 (the task imports this module)

    return send(run_analysis_task, analysis_id=analysis_id)


def run_analysis(*, analysis_id: int, now: datetime) -> Analysis:
    """Computes a queued analysis and freezes it. A finished one is left as it is."""
    found = Analysis.objects.select_related("study__image_set", "finished", "created_by")
    analysis = found.get(pk=analysis_id)
    if analysis.state == AnalysisState.DONE:
        return analysis
    try:
        _compute(analysis, now)
    except DomainError as error:
        _failed(analysis, error.message)
    except Exception:
        # Such as the end of the task's time. It is tried again; until then nobody waits for what may not come.
        _failed(analysis, "The analysis could not be computed.")
        raise
    return analysis


def _failed(analysis: Analysis, message: str) -> None:
    """Unless it was finished meanwhile, by a worker that had the same message."""
    unfinished = Analysis.objects.filter(pk=analysis.pk).exclude(state=AnalysisState.DONE)
    if unfinished.update(state=AnalysisState.FAILED, error=message):
        analysis.state, analysis.error = AnalysisState.FAILED, message


def _compute(analysis: Analysis, now: datetime) -> None:
    table = _table(analysis, now)
    document = build_document(table)
    analysis.document, analysis.table = document, table_bytes(table)
    analysis.sha256, analysis.inputs_sha256 = (
        sha256_of(document),
        document["study"]["inputs_sha256"],
    )
    analysis.state, analysis.finished_at, analysis.error = AnalysisState.DONE, now, ""
    with transaction.atomic():
        # Held, so that of two workers that were sent the same analysis one alone freezes it.
        held = Analysis.objects.select_for_update().only("state").get(pk=analysis.pk)
        if held.state == AnalysisState.DONE:
            analysis.refresh_from_db()
            return
        analysis.save()
        record_event(
            actor=analysis.created_by,
            verb="analysis finished",
            subject=analysis,
            now=now,
            study_id=analysis.subject.public_id,
            data={"sha256": analysis.sha256, "inputs_sha256": analysis.inputs_sha256},
        )


def _table(analysis: Analysis, now: datetime) -> ReadingTable:
    if analysis.study is not None:
        return reading_table(study=analysis.study, actor=analysis.created_by, now=now)
    assert analysis.finished is not None  # nosec B101  # noqa: S101 (the database sees to it)
    return table_of(bytes(analysis.finished.table or b""))
