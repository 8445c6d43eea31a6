"""What the audit trail tells of files that were taken away, and of pages that show results."""

from datetime import datetime

from django.db import transaction
from django.urls import ResolverMatch

from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.results.models import Analysis
from readerstudy.studies.models import Enrolment, Study

# What the trail tells of itself is told by `record_export`.
_OWN = "auditing"


def record_download(
    *, actor: User, path: str, name: str, match: ResolverMatch | None, now: datetime
) -> None:
    """Somebody took a file away."""
    if match is not None and _OWN in match.app_names:
        return
    _record("file.downloaded", actor, match, now, {"path": path, "file": name})


def record_opened(*, actor: User, path: str, match: ResolverMatch, now: datetime) -> None:
    """Somebody opened a page of results."""
    _record("results.opened", actor, match, now, {"page": match.url_name or "", "path": path})


def _record(
    verb: str, actor: User, match: ResolverMatch | None, now: datetime, data: dict[str, object]
) -> None:
    study = _study_of(match)
    study_id = study.public_id if study else ""
    with transaction.atomic():
        record_event(
            actor=actor, verb=verb, subject=study or actor, now=now, study_id=study_id, data=data
        )


def _study_of(match: ResolverMatch | None) -> Study | None:
    """The study in whose address the page lies, or whose analysis or reader it is of."""
    kwargs = match.kwargs if match else {}
    if "slug" in kwargs:
        return Study.objects.filter(slug=kwargs["slug"]).first()
    public_id = kwargs.get("public_id", "")
    analysis = Analysis.objects.filter(public_id=public_id).select_related("study").first()
    if analysis is not None:
        return analysis.study
    enrolment = Enrolment.objects.filter(public_id=public_id).select_related("study").first()
    return enrolment.study if enrolment else None
