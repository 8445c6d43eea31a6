"""The staff's pages of a study's design: choosing it, its allocation, its stored order, a session opened early."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from readerstudy.accounts.requests import SignedInRequest
from readerstudy.core.clock import now
from readerstudy.core.csvio import table_lines
from readerstudy.core.errors import DomainError, NotFound
from readerstudy.core.forms import show_problems
from readerstudy.studies.allocated import ORDER_COLUMNS, allocation_of, stored_order
from readerstudy.studies.choices import StudyState
from readerstudy.studies.design_forms import DesignForm, SessionOpenForm
from readerstudy.studies.flow import Flow
from readerstudy.studies.hooks import build_design_notes
from readerstudy.studies.models import Study
from readerstudy.studies.permissions import may_coordinate
from readerstudy.studies.picture import picture_of, words_of
from readerstudy.studies.selectors import (
    described_study_for,
    enrolments_of,
    overseen_study_for,
    staff_study_for,
)
from readerstudy.studies.services import open_session_early, update_design


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def study_design(request: SignedInRequest, slug: str) -> HttpResponse:
    """The design with the picture of its allocation; in a draft a form for the coordinators."""
    study = described_study_for(request.user, slug)
    if request.method == "POST":
        return _change_design(request, staff_study_for(request.user, slug))
    is_editable = study.state == StudyState.DRAFT and may_coordinate(request.user, study)
    form = DesignForm(initial=DesignForm.initial_of(study)) if is_editable else None
    return _design_page(request, study, form)


def _change_design(request: SignedInRequest, study: Study) -> HttpResponse:
    form = DesignForm(request.POST)
    status = 400
    if form.is_valid():
        try:
            update_design(actor=request.user, study=study, now=now(), **form.cleaned_data)
        except DomainError as error:
            status = error.status
            show_problems(form, error)
        else:
            messages.success(request, _("The design is saved."))
            return redirect("studies:design", study.slug)
    return _design_page(request, study, form, status=status)


def _design_page(
    request: SignedInRequest, study: Study, form: DesignForm | None, status: int = 200
) -> HttpResponse:
    allocation = allocation_of(study)
    flow = allocation.flow
    context = {
        "study": study,
        "design": study.design,
        "form": form,
        "allocation": allocation,
        "flow": flow,
        "rows": _table(flow) if flow else [],
        "notes": _notes(study, flow) if flow else [],
        "picture": picture_of(flow, washout_days=study.design.washout_days) if flow else None,
    }
    return render(request, "studies/design.html", context, status=status)


def _notes(study: Study, flow: Flow) -> list[SafeString]:
    notes = build_design_notes(study, readers=flow.readers, cases=flow.cases)
    return [render_to_string(template, context) for template, context in notes]


def _table(flow: Flow) -> list[tuple[int, int, list[str]]]:
    """The picture in rows: readers, session, and what is read in it."""
    return [
        (group.readers, number, [words_of(part, flow.kind) for part in parts])
        for group in flow.groups
        for number, parts in enumerate(group.sessions, start=1)
    ]


@require_safe
@login_required
def study_order(request: SignedInRequest, slug: str) -> HttpResponseBase:
    """The stored order of all readers as CSV, for the staff of a locked study."""
    study = overseen_study_for(request.user, slug)
    if study.state == StudyState.DRAFT:
        raise NotFound("The study is not locked yet.")
    headers = {"Content-Disposition": f'attachment; filename="{slug}-order.csv"'}
    lines = table_lines(ORDER_COLUMNS, stored_order(study))
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def session_open(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    """Asks for the reason, and opens a later session to one reader before the washout is over."""
    study = staff_study_for(request.user, slug)
    enrolment = enrolments_of(study).filter(public_id=public_id).first()
    if enrolment is None or study.sessions.count() == 1:
        raise NotFound("There is no such reader.")
    form = SessionOpenForm(request.POST or None, study=study)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                open_session_early(
                    actor=request.user, enrolment=enrolment, now=now(), **form.cleaned_data
                )
            except DomainError as error:
                status = error.status
                show_problems(form, error)
            else:
                told = {"number": form.cleaned_data["session"], "code": enrolment.code}
                messages.success(request, _("Session %(number)d is open to %(code)s.") % told)
                return redirect("studies:readers", slug)
    context = {"study": study, "enrolment": enrolment, "form": form}
    return render(request, "studies/session_open.html", context, status=status)
