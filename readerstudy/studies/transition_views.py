"""The page that asks before a study takes its next step."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from readerstudy.accounts.requests import SignedInRequest
from readerstudy.core.clock import now
from readerstudy.core.errors import Conflict, DomainError, Problem
from readerstudy.core.forms import show_problems
from readerstudy.studies.choices import StudyState
from readerstudy.studies.forms import LockForm, ReasonForm, UnblindForm
from readerstudy.studies.hooks import build_step_notes
from readerstudy.studies.lock_checks import ShownCheck, checks_before_lock
from readerstudy.studies.models import Study
from readerstudy.studies.practice import practice_problems
from readerstudy.studies.readiness import missing_for_lock
from readerstudy.studies.selectors import staff_study_for
from readerstudy.studies.services import (
    archive_study,
    close_study,
    lock_study,
    open_study,
    unblind_study,
)
from readerstudy.studies.steps import Step, next_step

_SERVICES = {
    StudyState.LOCKED: lock_study,
    StudyState.READING: open_study,
    StudyState.CLOSED: close_study,
    StudyState.UNBLINDED: unblind_study,
    StudyState.ARCHIVED: archive_study,
}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def study_transition(request: SignedInRequest, slug: str) -> HttpResponse:
    """Says what the next step means, asks for what it needs, and takes it."""
    study = staff_study_for(request.user, slug)
    step = next_step(study.state)
    if step is None:
        raise Conflict("The study is archived; it goes no further.", code="wrong_state")
    _check_same_step(request, step)
    checks = checks_before_lock(study) if step.to == StudyState.LOCKED else []
    form = _form(request, step, checks)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                _SERVICES[step.to](actor=request.user, study=study, now=now(), **_arguments(form))
            except DomainError as error:
                status = error.status
                show_problems(form, error)
            else:
                messages.success(request, _("Done: %(action)s.") % {"action": step.action})
                return redirect("studies:detail", slug)
    missing = _missing(study) if step.to == StudyState.LOCKED else []
    context = {
        "study": study,
        "step": step,
        "form": form,
        "missing": missing,
        "checks": checks,
        "notes": build_step_notes(study, step.to),
    }
    return render(request, "studies/transition.html", context, status=status)


def _missing(study: Study) -> list[Problem]:
    return [*missing_for_lock(study), *practice_problems(study)]


def _form(request: SignedInRequest, step: Step, checks: list[ShownCheck]) -> Form:
    data = request.POST if request.method == "POST" else None
    if step.needs_password:
        return UnblindForm(data, request=request)
    if step.to == StudyState.LOCKED:
        needed = any(check.needs_justification for check in checks)
        return LockForm(data, needs_justification=needed)
    return ReasonForm(data)


def _arguments(form: Form) -> dict[str, str]:
    """What the services take of the form; that the step is confirmed is the form's own."""
    return form.own_values() if isinstance(form, UnblindForm) else form.cleaned_data


def _check_same_step(request: SignedInRequest, step: Step) -> None:
    """A page that was left open, or a second click, must not take the step after the one it showed."""
    if request.method == "POST" and request.POST.get("to") != step.to.value:
        raise Conflict(
            "The study has gone on in the meantime; look at it again.", code="wrong_state"
        )
