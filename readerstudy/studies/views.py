"""The staff's pages of a study: list, new study, overview, protocol, manifest."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from readerstudy.accounts.requests import SignedInRequest
from readerstudy.core.canonical import canonical_json
from readerstudy.core.clock import now
from readerstudy.core.errors import DomainError, NotFound
from readerstudy.core.forms import show_problems
from readerstudy.studies.choices import StudyState
from readerstudy.studies.forms import ProtocolForm, StudyForm
from readerstudy.studies.lock_checks import checks_at_lock
from readerstudy.studies.models import Study
from readerstudy.studies.permissions import check_may_create, check_may_oversee, may_coordinate
from readerstudy.studies.readiness import missing_for_lock
from readerstudy.studies.selectors import (
    described_studies_of,
    described_study_for,
    lock_of,
    reader_counts,
    source_of,
    staff_study_for,
    transitions_of,
)
from readerstudy.studies.services import create_study, update_draft
from readerstudy.studies.steps import next_step, stages

STUDIES_ON_A_PAGE = 24


@require_safe
@login_required
def study_list(request: SignedInRequest) -> HttpResponse:
    """The studies whose staff one belongs to; an empty list says what to do."""
    check_may_oversee(request.user)
    page = Paginator(described_studies_of(request.user), STUDIES_ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    return render(request, "studies/list.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def study_create(request: SignedInRequest) -> HttpResponse:
    """A new study on an image set."""
    check_may_oversee(request.user)
    check_may_create(request.user)
    form = StudyForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            study = create_study(actor=request.user, now=now(), **form.cleaned_data)
        except DomainError as error:
            show_problems(form, error)
        else:
            messages.success(request, _("The study is made. Look at its protocol first."))
            return redirect("studies:protocol", study.slug)
    status = 400 if form.errors else 200
    return render(request, "studies/create.html", {"form": form}, status=status)


@require_safe
@login_required
def study_detail(request: SignedInRequest, slug: str) -> HttpResponse:
    """Where the study is, what comes next, what is fixed."""
    study = described_study_for(request.user, slug)
    is_draft, lock = study.state == StudyState.DRAFT, lock_of(study)
    context = {
        "study": study,
        "stages": stages(study.state),
        "step": next_step(study.state),
        "missing": missing_for_lock(study) if is_draft else [],
        "may_coordinate": may_coordinate(request.user, study),
        "readers": reader_counts(study),
        "source": source_of(request.user, study),
        "lock": lock,
        "checks": checks_at_lock(lock),
        "transitions": transitions_of(study),
    }
    return render(request, "studies/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def study_protocol(request: SignedInRequest, slug: str) -> HttpResponse:
    """The protocol: a form for the coordinators of a draft, a page to read for everybody else."""
    study = described_study_for(request.user, slug)
    if request.method == "POST":
        return _change_protocol(request, staff_study_for(request.user, slug))
    if study.state == StudyState.DRAFT and may_coordinate(request.user, study):
        form = ProtocolForm(initial=ProtocolForm.initial_of(study))
        return render(request, "studies/protocol_form.html", {"study": study, "form": form})
    return render(request, "studies/protocol.html", {"study": study, "lock": lock_of(study)})


def _change_protocol(request: SignedInRequest, study: Study) -> HttpResponse:
    form = ProtocolForm(request.POST)
    status = 400
    if form.is_valid():
        try:
            update_draft(
                actor=request.user,
                study=study,
                title=form.cleaned_data["title"],
                summary=form.cleaned_data["summary"],
                protocol=form.protocol(),
                rank_groups=form.cleaned_data["rank_groups"],
                institutions=form.cleaned_data["institutions"],
                now=now(),
            )
        except DomainError as error:
            status = error.status
            show_problems(form, error)
        else:
            messages.success(request, _("The protocol is saved."))
            return redirect("studies:protocol", study.slug)
    context = {"study": study, "form": form}
    return render(request, "studies/protocol_form.html", context, status=status)


@require_safe
@login_required
def study_manifest(request: SignedInRequest, slug: str) -> HttpResponse:
    """The lock manifest as a file whose SHA-256 is the lock hash."""
    lock = lock_of(described_study_for(request.user, slug))
    if lock is None:
        raise NotFound("The study is not locked yet.")
    headers = {"Content-Disposition": f'attachment; filename="{slug}-manifest.json"'}
    return HttpResponse(
        canonical_json(lock.manifest), content_type="application/json", headers=headers
    )
