"""Making a bundle: for the study's coordinators and statisticians, after unblinding, with a reason that is written into the audit trail."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.core.canonical import sha256_of
from readerstudy.core.errors import Conflict, InvalidInput
from readerstudy.core.models import AuditEvent
from readerstudy.results.bundle.assembling import derived_files
from readerstudy.results.bundle.collecting import contents_of
from readerstudy.results.bundle.contents import Contents
from readerstudy.results.bundle.faults import BundleFaultsError
from readerstudy.results.bundle.further import further_files
from readerstudy.results.bundle.packing import contents_list, packed, sha256
from readerstudy.results.bundle.rebuilding import read_sources
from readerstudy.results.bundle.shown_files import shown_files
from readerstudy.results.bundle.sources import source_files
from readerstudy.results.choices import AnalysisState
from readerstudy.results.models import Analysis
from readerstudy.results.selectors import latest_analysis
from readerstudy.results.services import OPEN_STATES
from readerstudy.studies.models import Study
from readerstudy.studies.permissions import check_may_analyse

VERB = "bundle.exported"


@dataclass(frozen=True)
class Bundle:
    """One zip, and the fingerprint that stands in it and in the audit trail."""

    name: str
    data: bytes
    fingerprint: str


def export_bundle(*, actor: User, study: Study, reason: str, now: datetime) -> Bundle:
    """The bundle of the newest finished analysis; the same analysis gives the same bytes.

    Raises NotAllowed for anybody but the study's coordinators and statisticians, InvalidInput without a reason, and Conflict before
    unblinding, without a finished analysis, and where the study is no longer what was analysed.
    """
    check_may_analyse(actor, study)
    if not reason.strip():
        raise InvalidInput(
            "A bundle needs a reason; it is written into the audit trail.",
            code="reason_missing",
            field="reason",
        )
    analysis = _finished(study)
    with transaction.atomic():
        files = _files(analysis, actor, now)
        fingerprint = contents_list(files)["fingerprint"]
        data = packed(files)
        record_event(
            actor=actor,
            verb=VERB,
            subject=analysis,
            now=now,
            study_id=study.public_id,
            data={"fingerprint": fingerprint, "sha256": sha256(data), "reason": reason.strip()},
        )
    return Bundle(f"{study.slug}-bundle.zip", data, fingerprint)


def exports_of(fingerprint: str) -> list[AuditEvent]:
    """When a bundle with this fingerprint was made here, oldest first."""
    events = AuditEvent.objects.filter(verb=VERB, data__fingerprint=fingerprint)
    return list(events.order_by("sequence"))


def _finished(study: Study) -> Analysis:
    # Asked of the database: the caller may hold the study from before its time.
    state = Study.objects.values_list("state", flat=True).get(pk=study.pk)
    if state not in OPEN_STATES:
        raise Conflict("A bundle exists only after the study is unblinded.", code="not_unblinded")
    analysis = latest_analysis(study)
    if analysis is None or analysis.state != AnalysisState.DONE or analysis.table is None:
        raise Conflict(
            "There is no finished analysis that keeps its table; compute it again first.",
            code="no_analysis",
        )
    return analysis


def _files(analysis: Analysis, actor: User, now: datetime) -> dict[str, bytes]:
    contents = contents_of(analysis=analysis, actor=actor, now=now)
    files = source_files(contents)
    _check_same_inputs(files, contents, analysis)
    derived = derived_files(contents.table, contents.document, shown=shown_files)
    return {**further_files(analysis), **derived, **files}


def _check_same_inputs(files: dict[str, bytes], contents: Contents, analysis: Analysis) -> None:
    """What was written must give the table that was analysed; a bundle that cannot be reproduced is not handed out."""
    try:
        rebuilt = read_sources(files).table.sha256()
    except BundleFaultsError as error:
        raise Conflict(f"The study cannot be written as a bundle: {error.faults[0]}", code="not_writable") from error  # fmt: skip
    if rebuilt != analysis.inputs_sha256:
        raise Conflict(
            "The study is no longer what was analysed, for example because a case or a reader has been withdrawn; "
            "compute the analysis again first.",
            code="changed_since",
        )
    if sha256_of(contents.document) != analysis.sha256:
        raise Conflict(
            "The stored analysis is not the one that was computed; compute it again.",
            code="analysis_changed",
        )
