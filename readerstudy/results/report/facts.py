"""What a report tells beside the frozen analysis: lock, conduct, model runs and audit trail, as they stood when it was finished.

Everything is plain JSON values. What happens after the analysis is left out, so that its report stays the same.
"""

from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from inference.models import Model
from inference.selectors import runs_of
from readerstudy.core.models import AuditEvent
from readerstudy.reading.gaps import session_gaps
from readerstudy.reading.models import Attestation, Environment, ReaderProfile
from readerstudy.results.models import Analysis
from readerstudy.results.stored_table import table_of
from readerstudy.results.table import ReadingTable
from readerstudy.studies.choices import EnrolmentState
from readerstudy.studies.models import SessionOpening, Study
from readerstudy.truth.models import TruthAccess

Rows = list[dict[str, Any]]
_RUN_FIELDS = (
    "public_id", "state", "done", "total", "artefact_sha256", "spec_sha256", "provider_requested", "provider_used",
    "runtime_version", "app_version", "batch_size", "attempt",
)  # fmt: skip
_MODEL_FIELDS = ("name", "kind", "description", "training_data", "is_synthetic", "card")
_ENVIRONMENT_FIELDS = ("device_class", "pointer", "colour_gamut", "room_light", "browser", "system")
_PROFILE_FIELDS = ("ai_experience", "country", "colour_vision")


@dataclass(frozen=True)
class Facts:
    """All of it. `table` is the reading table that went into the analysis, None for analyses of before it was kept."""

    study: dict[str, Any]
    analysis: dict[str, Any]
    locks: Rows = field(default_factory=list)
    transitions: Rows = field(default_factory=list)
    enrolments: dict[str, int] = field(default_factory=dict)
    withdrawn_cases: Rows = field(default_factory=list)
    profiles: dict[str, dict[str, int]] = field(default_factory=dict)
    environments: dict[str, Any] = field(default_factory=dict)
    gaps: Rows = field(default_factory=list)
    openings: Rows = field(default_factory=list)
    attestations: int = 0
    runs: Rows = field(default_factory=list)
    models: Rows = field(default_factory=list)
    truth_accesses: Rows = field(default_factory=list)
    audit: dict[str, Any] = field(default_factory=dict)
    table: ReadingTable | None = None

    @property
    def manifest(self) -> dict[str, Any]:
        """The newest lock manifest, empty where there is none."""
        return self.locks[-1]["manifest"] if self.locks else {}

    @property
    def design(self) -> dict[str, Any]:
        """The locked design, empty for studies of before there was one."""
        design: dict[str, Any] = self.manifest.get("design", {})
        return design

    def section(self, name: str) -> dict[str, Any]:
        """A section of the manifest, empty where it has none."""
        section: dict[str, Any] = self.manifest.get("sections", {}).get(name, {})
        return section


def facts_of(analysis: Analysis) -> Facts:
    """What belongs to a finished analysis."""
    study = analysis.own_study
    until = analysis.finished_at or analysis.created_at
    return Facts(
        study=_study(study),
        analysis=_analysis(analysis),
        locks=_locks(study, until),
        transitions=_transitions(study, until),
        enrolments=_enrolments(study),
        withdrawn_cases=_withdrawn_cases(study),
        profiles=_profiles(study),
        environments=_environments(study),
        gaps=[asdict(one) for one in session_gaps(study)],
        openings=_openings(study),
        attestations=Attestation.objects.filter(enrolment__study=study).count(),
        runs=_runs(study, until),
        models=_models(study),
        truth_accesses=_truth_accesses(study, until),
        audit=_audit(analysis),
        table=table_of(bytes(analysis.table)) if analysis.table else None,
    )


def moment(at: datetime | None) -> str:
    """A stored time as the report writes it, in UTC and in every language alike."""
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else ""


def _study(study: Study) -> dict[str, Any]:
    own = {name: getattr(study, name) for name in ("public_id", "slug", "title", "summary")}
    return {
        **own,
        "is_synthetic": study.is_synthetic,
        "image_set": study.image_set.name,
        "image_set_description": study.image_set.description,
        "cases_in_set": study.image_set.cases.count(),
    }


def _analysis(analysis: Analysis) -> dict[str, Any]:
    names = ("public_id", "sha256", "inputs_sha256", "code_version")
    return {
        **{name: getattr(analysis, name) for name in names},
        "finished_at": moment(analysis.finished_at),
    }


def _locks(study: Study, until: datetime) -> Rows:
    rows = study.versions.filter(locked_at__lte=until).order_by("version")
    return [
        {
            "version": one.version,
            "sha256": one.sha256,
            "locked_at": moment(one.locked_at),
            "reason": one.reason,
            "manifest": one.manifest,
        }
        for one in rows
    ]


def _transitions(study: Study, until: datetime) -> Rows:
    rows = study.transitions.filter(at__lte=until).order_by("at", "pk")
    return [{"to": one.to_state, "at": moment(one.at), "reason": one.reason} for one in rows]


def _enrolments(study: Study) -> dict[str, int]:
    """How many were invited in all, have begun (are active or have answered), and were withdrawn."""
    own = study.enrolments
    answered = own.filter(positions__readings__isnull=False).distinct()
    withdrawn = own.filter(state=EnrolmentState.WITHDRAWN)
    return {
        "invited": own.count(),
        "started": answered.count(),
        "withdrawn": withdrawn.count(),
        "withdrawn_after_start": answered.filter(state=EnrolmentState.WITHDRAWN).count(),
    }


def _withdrawn_cases(study: Study) -> Rows:
    rows = study.study_cases.exclude(withdrawn_at=None).order_by("public_id")
    return [
        {"case": one.public_id, "at": moment(one.withdrawn_at), "reason": one.withdrawal_reason}
        for one in rows
    ]


def _counts(rows: QuerySet[Any], names: tuple[str, ...]) -> dict[str, dict[str, int]]:
    found = list(rows.values(*names))
    return {name: dict(sorted(Counter(str(one[name]) for one in found).items())) for name in names}


def _profiles(study: Study) -> dict[str, dict[str, int]]:
    rows = ReaderProfile.objects.filter(enrolment__study=study)
    return _counts(rows.exclude(enrolment__state=EnrolmentState.WITHDRAWN), _PROFILE_FIELDS)


def _environments(study: Study) -> dict[str, Any]:
    rows = Environment.objects.filter(enrolment__study=study)
    rows = rows.exclude(enrolment__state=EnrolmentState.WITHDRAWN)
    widths = sorted(rows.exclude(viewport_width=None).values_list("viewport_width", flat=True))
    counts: dict[str, Any] = _counts(rows, _ENVIRONMENT_FIELDS)
    return {
        "sessions": rows.count(),
        "readers": rows.order_by().values("enrolment").distinct().count(),
        "counts": counts,
        "narrowest": widths[0] if widths else None,
        "widest": widths[-1] if widths else None,
    }


def _openings(study: Study) -> Rows:
    rows = SessionOpening.objects.filter(enrolment__study=study)
    found = rows.select_related("enrolment", "session").order_by("opened_at", "pk")
    return [
        {
            "reader": one.enrolment.code,
            "session": one.session.number,
            "at": moment(one.opened_at),
            "reason": one.reason,
        }
        for one in found
    ]


def _runs(study: Study, until: datetime) -> Rows:
    rows = runs_of(study).filter(created_at__lte=until)
    return [
        {
            **{name: getattr(run, name) for name in _RUN_FIELDS},
            "model": run.artefact.model.name,
            "label": run.artefact.label,
            "spec": run.artefact.spec,
            "environment": run.environment,
            "finished_at": moment(run.finished_at),
        }
        for run in rows
    ]


def _models(study: Study) -> Rows:
    found = Model.objects.filter(artefacts__runs__study=study).distinct().order_by("name")
    return [{name: getattr(model, name) for name in _MODEL_FIELDS} for model in found]


def _truth_accesses(study: Study, until: datetime) -> Rows:
    # A bundle holds this report: its own look at the truth would make the next one other bytes.
    looked = TruthAccess.objects.filter(study=study, at__lte=until).exclude(purpose="bundle")
    rows = looked.order_by("at", "pk")
    return [{"purpose": one.purpose, "at": moment(one.at)} for one in rows]


def _audit(analysis: Analysis) -> dict[str, Any]:
    """The head of the audit chain at the event that the analysis was finished with."""
    events = AuditEvent.objects.filter(verb="analysis finished", subject_id=analysis.public_id)
    event = events.order_by("sequence").first()
    if event is None:
        return {}
    return {"sequence": event.sequence, "hash": event.hash, "at": moment(event.at)}
