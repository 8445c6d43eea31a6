"""Texts for the checklists, and PDF files that the worker makes."""

import hashlib
from datetime import datetime

from django.db import transaction

from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.core.errors import DomainError, InvalidInput, NotFound
from readerstudy.core.queue import send
from readerstudy.results.choices import AnalysisState
from readerstudy.results.models import Analysis
from readerstudy.results.report.checklists import item_keys
from readerstudy.results.report.models import MAX_TEXT, ChecklistText, ReportFile
from readerstudy.results.report.pdf import report_pdf
from readerstudy.results.report.selectors import LANGUAGES, report_of
from readerstudy.studies.models import Study
from readerstudy.studies.permissions import check_may_analyse


def write_checklist_text(
    *, actor: User, study: Study, item: str, text: str, now: datetime
) -> ChecklistText | None:
    """Stores the text for an item, or takes it away where it is empty; the trail keeps what it was.

    Raises NotAllowed for anybody but the study's coordinators and statisticians, InvalidInput for an unknown item or too long a text.
    """
    check_may_analyse(actor, study)
    text = text.replace("\r\n", "\n").strip()
    if item not in item_keys():
        raise InvalidInput("No checklist has such an item.", field="item")
    if len(text) > MAX_TEXT:
        raise InvalidInput(f"A text has at most {MAX_TEXT} characters.", field="text")
    with transaction.atomic():
        # Held, so that two who write at once follow one another.
        held = Study.objects.select_for_update().get(pk=study.pk)
        known = ChecklistText.objects.filter(study=held, item=item).first()
        before = known.text if known else ""
        if before == text:
            return known
        row = _stored(held, item, text, known, actor, now)
        record_event(
            actor=actor,
            verb="checklist.text_written",
            subject=held,
            now=now,
            study_id=held.public_id,
            data={"item": item, "before": before, "after": text},
        )
    return row


def _stored(  # noqa: PLR0917 (private)
    study: Study, item: str, text: str, known: ChecklistText | None, actor: User, now: datetime
) -> ChecklistText | None:
    if not text:
        if known is not None:
            known.delete()
        return None
    row = known or ChecklistText(study=study, item=item)
    row.text, row.updated_by, row.updated_at = text, actor, now
    row.full_clean()
    row.save()
    return row


def request_pdf(*, actor: User, analysis: Analysis, language: str, now: datetime) -> ReportFile:
    """Queues the report as PDF. Raises NotAllowed for anybody but the study's coordinators and statisticians, NotFound for a language without one."""
    check_may_analyse(actor, analysis.own_study)
    if language not in LANGUAGES:
        raise NotFound("There is no report in this language.")
    file = ReportFile(analysis=analysis, language=language, created_by=actor, created_at=now)
    with transaction.atomic():
        file.save()
        record_event(
            actor=actor,
            verb="report.requested",
            subject=file,
            now=now,
            study_id=analysis.own_study.public_id,
            data={"analysis": analysis.sha256, "language": language},
        )
        transaction.on_commit(lambda: send_report(file.pk))
    return file


def send_report(file_id: int) -> bool:
    """Sends a PDF to the workers. One that is sent twice is made once."""
    from readerstudy.results.report.tasks import make_report_task  # noqa: PLC0415 (the task imports this module)

    return send(make_report_task, file_id=file_id)


def make_pdf(*, file_id: int, now: datetime) -> ReportFile:
    """Makes a queued PDF. A finished one is left as it is; where it cannot be made, the row says why."""
    file = ReportFile.objects.select_related("analysis__study__image_set").get(pk=file_id)
    if file.state == AnalysisState.DONE:
        return file
    try:
        file.content = report_pdf(report_of(file.analysis, file.language))
    except DomainError as error:
        return _failed(file, error.message)
    except Exception:
        # Such as the end of the task's time: nobody should wait for a file that does not come.
        _failed(file, "The PDF could not be made.")
        raise
    file.sha256 = hashlib.sha256(file.content).hexdigest()
    file.state, file.finished_at, file.error = AnalysisState.DONE, now, ""
    with transaction.atomic():
        # Of two workers that had the same message, the first one's file stays as it is.
        if ReportFile.objects.select_for_update().get(pk=file.pk).state == AnalysisState.DONE:
            file.refresh_from_db()
        else:
            file.save()
    return file


def _failed(file: ReportFile, message: str) -> ReportFile:
    unfinished = ReportFile.objects.filter(pk=file.pk).exclude(state=AnalysisState.DONE)
    if unfinished.update(state=AnalysisState.FAILED, error=message):
        file.state, file.error = AnalysisState.FAILED, message
    return file
