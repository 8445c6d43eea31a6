"""The staff's pages of a study's readers."""

from collections.abc import Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from readerstudy.accounts.links import invitation_link
from readerstudy.accounts.requests import SignedInRequest
from readerstudy.core.clock import now
from readerstudy.core.errors import DomainError, InvalidInputs, NotFound, Problem
from readerstudy.core.forms import show_problems
from readerstudy.core.sentences import translated
from readerstudy.studies.choices import StudyState
from readerstudy.studies.enrolling import OPEN_FOR_READERS
from readerstudy.studies.finding import page_of, searched
from readerstudy.studies.forms import InviteForm, ReasonForm, RosterForm
from readerstudy.studies.models import Enrolment, Study
from readerstudy.studies.permissions import may_coordinate
from readerstudy.studies.selectors import (
    enrolments_of,
    overseen_study_for,
    reader_counts,
    readers_found,
    staff_study_for,
)
from readerstudy.studies.services import (
    invite_again,
    invite_reader,
    invite_readers,
    withdraw_reader,
)


@require_safe
@login_required
def study_readers(request: SignedInRequest, slug: str) -> HttpResponse:
    """The readers of the study with code, name, group and state; `?q=` shows those who are looked for."""
    study = overseen_study_for(request.user, slug)
    search = searched(request)
    page = page_of(request, readers_found(enrolments_of(study), search))
    context = {
        "study": study,
        "page": page,
        "enrolments": page.object_list,
        "search": search,
        "readers": reader_counts(study),
        "may_invite": may_coordinate(request.user, study) and study.state in OPEN_FOR_READERS,
        "has_later_sessions": study.state == StudyState.READING and study.sessions.count() > 1,
    }
    return render(request, "studies/readers.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def reader_invite(request: SignedInRequest, slug: str) -> HttpResponse:
    """Invites one reader; the page that follows shows the link, once."""
    study = staff_study_for(request.user, slug)
    form = InviteForm(request.POST or None, study=study)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                invited = invite_reader(
                    actor=request.user,
                    study=study,
                    link=invitation_link(request),
                    now=now(),
                    **form.cleaned_data,
                )
            except DomainError as error:
                status = error.status
                show_problems(form, error)
            else:
                return _invited(request, study, [invited])
    return render(request, "studies/invite.html", {"study": study, "form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def roster_invite(request: SignedInRequest, slug: str) -> HttpResponse:
    """Invites all readers of a pasted table, or tells every problem and invites nobody."""
    study = staff_study_for(request.user, slug)
    form = RosterForm(request.POST or None)
    problems: Sequence[Problem] = ()
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                invited = invite_readers(
                    actor=request.user,
                    study=study,
                    link=invitation_link(request),
                    now=now(),
                    **form.cleaned_data,
                )
            except InvalidInputs as error:
                problems = error.problems
                form.add_error("table", translated(error.message))
            except DomainError as error:
                status = error.status
                show_problems(form, error)
            else:
                return _invited(request, study, invited)
    context = {"study": study, "form": form, "problems": problems}
    return render(request, "studies/roster.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def reader_invite_again(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    """A new link for a reader whose invitation has expired or was lost."""
    study = staff_study_for(request.user, slug)
    enrolment = _enrolment_of(study, public_id)
    if request.method != "POST":
        # The page with the link is shown once; its address leads on to the readers.
        return redirect("studies:readers", slug)
    token = invite_again(
        actor=request.user, enrolment=enrolment, link=invitation_link(request), now=now()
    )
    return _invited(request, study, [(enrolment, token)])


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def reader_withdraw(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    """Asks whether a reader is to be withdrawn, and withdraws them."""
    study = staff_study_for(request.user, slug)
    enrolment = _enrolment_of(study, public_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        withdraw_reader(actor=request.user, enrolment=enrolment, reason=reason, now=now())
        messages.success(request, _("%(code)s is withdrawn.") % {"code": enrolment.code})
        return redirect("studies:readers", slug)
    context = {"study": study, "enrolment": enrolment, "form": form}
    return render(request, "studies/withdraw.html", context, status=400 if form.errors else 200)


def _enrolment_of(study: Study, public_id: str) -> Enrolment:
    found = enrolments_of(study).filter(public_id=public_id).first()
    if found is None:
        raise NotFound("There is no such reader.")
    return found


def _invited(
    request: SignedInRequest, study: Study, invited: Sequence[tuple[Enrolment, str]]
) -> HttpResponse:
    # Shown in the answer to the POST and nowhere again: only the hashes of the tokens are stored.
    address = invitation_link(request)
    rows = [(enrolment, address(token) if token else "") for enrolment, token in invited]
    return render(request, "studies/invited.html", {"study": study, "rows": rows})
