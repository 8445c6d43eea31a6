"""The analysis plan of a study: read, changed in the draft, locked, verified, and read again from the lock."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction

from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.core.errors import InvalidInput, InvalidInputs, Problem
from readerstudy.core.validation import check_valid
from readerstudy.results.choices import PrimaryComparison
from readerstudy.results.plan_models import LARGEST_ALPHA, LARGEST_MARGIN, StudyPlan
from readerstudy.results.table import AnalysisPlan
from readerstudy.studies.choices import StudyState
from readerstudy.studies.drafting import draft_for_change
from readerstudy.studies.models import Study
from readerstudy.studies.permissions import check_may_analyse

SECTION = "analysis_plan"
PLAN_FIELDS = ("primary", "alpha", "margin", "prevalence", "prevalence_source")


def analysis_plan_of(study: Study) -> StudyPlan | None:
    """The stored plan, None where nothing is planned."""
    return StudyPlan.objects.filter(study=study).first()


def plan_fields(plan: StudyPlan | None) -> dict[str, Any]:
    """Everything that is fixed, field by field; empty where nothing is planned."""
    return {name: getattr(plan, name) for name in PLAN_FIELDS} if plan else {}


def plan_analysis(*, actor: User, study: Study, now: datetime, **fields: Any) -> StudyPlan:
    """The analysis plan of a draft with these fields changed; the others stay, or are those of a new plan.

    Raises NotAllowed, Conflict after the lock, InvalidInput(s) for an unknown field or a value that cannot be.
    """
    unknown = sorted(set(fields) - set(PLAN_FIELDS))
    if unknown:
        raise InvalidInput(f"The analysis plan has no field {unknown[0]}.", field=unknown[0])
    with transaction.atomic():
        draft = draft_for_change(actor, study, check=check_may_analyse)
        plan = analysis_plan_of(draft) or StudyPlan(study=draft)
        changed = sorted(name for name in fields if getattr(plan, name) != fields[name])
        for name in changed:
            setattr(plan, name, fields[name])
        _check(plan)
        if changed or plan.pk is None:
            plan.save()
            _record("study.analysis_planned", actor, draft, now, **plan_fields(plan))
    return plan


def drop_analysis_plan(*, actor: User, study: Study, now: datetime) -> None:
    """Takes the plan back. Raises NotAllowed, and Conflict after the lock."""
    with transaction.atomic():
        draft = draft_for_change(actor, study, check=check_may_analyse)
        deleted, _rows = StudyPlan.objects.filter(study=draft).delete()
        if deleted:
            _record("study.analysis_plan_dropped", actor, draft, now)


def copy_analysis_plan(*, source: Study, copy: Study, actor: User, now: datetime) -> None:
    """Gives a copied study the plan of the one it was copied from."""
    plan = analysis_plan_of(source)
    if plan:
        plan_analysis(actor=actor, study=copy, now=now, **plan_fields(plan))


def lock_section(study: Study) -> dict[str, Any]:
    """The plan as it stands in the lock; empty where nothing is planned."""
    return plan_fields(analysis_plan_of(study))


def verify_analysis_plan(study: Study, section: dict[str, Any]) -> Iterator[str]:
    """A sentence for each field of the stored plan that is not as it was locked."""
    stored = plan_fields(analysis_plan_of(study))
    for name in sorted(section.keys() | stored.keys()):
        if section.get(name) != stored.get(name):
            yield f"The analysis plan is not as it was locked: {name}."


def locked_plan(study: Study) -> AnalysisPlan:
    """The plan that the first lock fixed, before anybody read; without one nothing was prespecified."""
    manifest = study.versions.order_by("version").values_list("manifest", flat=True).first() or {}
    section = manifest.get("sections", {}).get(SECTION)
    return AnalysisPlan(is_prespecified=True, **section) if section else AnalysisPlan()


def plan_note(study: Study, *, readers: int, cases: int) -> dict[str, Any]:  # noqa: ARG001 (of the hook)
    """What the page of the design says of the analysis plan."""
    return {
        "plan": analysis_plan_of(study),
        "is_draft": study.state == StudyState.DRAFT,
        "slug": study.slug,
    }


def _check(plan: StudyPlan) -> None:
    problems = tuple(_problems(plan))
    if problems:
        raise InvalidInputs(problems[0].message, problems)
    check_valid(plan, exclude={"study"})


def _problems(plan: StudyPlan) -> Iterator[Problem]:
    if plan.primary not in PrimaryComparison.values:
        yield Problem("unknown", "There is no such primary comparison.", field="primary")
    if not _is_between(plan.alpha, LARGEST_ALPHA) and plan.alpha != LARGEST_ALPHA:
        yield Problem("out_of_range", "Alpha is above 0 and at most 0.2.", field="alpha")
    if plan.margin is not None and not _is_between(plan.margin, LARGEST_MARGIN):
        yield Problem("out_of_range", "The margin lies between 0 and 0.5.", field="margin")
    yield from _problems_of_prevalence(plan)


def _problems_of_prevalence(plan: StudyPlan) -> Iterator[Problem]:
    plan.prevalence_source = str(plan.prevalence_source).strip()
    if plan.prevalence is None:
        if plan.prevalence_source:
            yield Problem(
                "source_alone", "Say the prevalence that the source gives.", field="prevalence"
            )
        return
    if not _is_between(plan.prevalence, 1):
        yield Problem("out_of_range", "A prevalence lies between 0 and 1.", field="prevalence")
    if not plan.prevalence_source:
        yield Problem(
            "source_missing", "Say where the prevalence comes from.", field="prevalence_source"
        )


def _is_between(value: Any, most: float) -> bool:
    """Whether it is a number strictly between 0 and `most`; NaN is none."""
    return isinstance(value, int | float) and 0 < value < most


def _record(verb: str, actor: User, study: Study, now: datetime, **data: Any) -> None:
    record_event(
        actor=actor, verb=verb, subject=study, now=now, study_id=study.public_id, data=data
    )
