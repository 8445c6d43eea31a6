"""Asking for an analysis, and computing it once."""

from datetime import datetime

from django.db import transaction

from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.core.canonical import sha256_of
from readerstudy.core.errors import Conflict, DomainError
from readerstudy.core.version import VERSION
from readerstudy.results.analysis import build_document
from readerstudy.results.choices import AnalysisState
from readerstudy.results.gathering import reading_table
from readerstudy.results.models import Analysis
from readerstudy.results.stored_table import table_bytes
from readerstudy.studies.choices import StudyState
from readerstudy.studies.models import Study

OPEN_STATES = (StudyState.UNBLINDED, StudyState.ARCHIVED)


def request_analysis(*, actor: User, study: Study, now: datetime) -> Analysis:
    """Queues an analysis of an unblinded study. Raises Conflict before unblinding."""
    if study.state not in OPEN_STATES:
        raise Conflict("Results exist only after the study is unblinded.", code="not_unblinded")
    analysis = Analysis(study=study, code_version=VERSION, created_by=actor, created_at=now)
    analysis.full_clean(exclude=["document", "table"])
    with transaction.atomic():
        analysis.save()
        record_event(
            actor=actor,
            verb="analysis requested",
            subject=analysis,
            now=now,
            study_id=study.public_id,
        )
        transaction.on_commit(lambda: _send(analysis.pk))
    return analysis


def _send(analysis_id: int) -> None:
    from readerstudy.results.tasks import run_analysis_task  # noqa: PLC0415 (the task imports this module)

    run_analysis_task.delay(analysis_id=analysis_id)


def run_analysis(*, analysis_id: int, now: datetime) -> Analysis:
    """Computes a queued analysis and freezes it. A finished one is left as it is."""
    analysis = Analysis.objects.select_related("study__image_set", "created_by").get(pk=analysis_id)
    if analysis.state == AnalysisState.DONE:
        return analysis
    try:
        _compute(analysis, now)
    except DomainError as error:
        analysis.state, analysis.error = AnalysisState.FAILED, error.message
        analysis.save(update_fields=["state", "error"])
    return analysis


def _compute(analysis: Analysis, now: datetime) -> None:
    table = reading_table(study=analysis.study, actor=analysis.created_by, now=now)
    document = build_document(table)
    analysis.document, analysis.table = document, table_bytes(table)
    analysis.sha256, analysis.inputs_sha256 = (
        sha256_of(document),
        document["study"]["inputs_sha256"],
    )
    analysis.state, analysis.finished_at = AnalysisState.DONE, now
    with transaction.atomic():
        analysis.save()
        record_event(
            actor=analysis.created_by,
            verb="analysis finished",
            subject=analysis,
            now=now,
            study_id=analysis.study.public_id,
            data={"sha256": analysis.sha256, "inputs_sha256": analysis.inputs_sha256},
        )
