"""The pages of a study's staff: who belongs to it as what, bringing somebody in, and taking somebody out."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from readerstudy.accounts.links import invitation_link
from readerstudy.accounts.requests import SignedInRequest
from readerstudy.core.clock import now
from readerstudy.core.errors import DomainError, NotFound
from readerstudy.core.forms import show_problems
from readerstudy.studies.models import Study, StudyMember
from readerstudy.studies.permissions import may_coordinate
from readerstudy.studies.selectors import described_study_for, members_of, staff_study_for
from readerstudy.studies.services import appoint, dismiss
from readerstudy.studies.staff_forms import AppointForm


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def study_staff(request: SignedInRequest, slug: str) -> HttpResponse:
    """Everybody of the staff with their role; for coordinators a form to bring somebody in."""
    study = described_study_for(request.user, slug)
    if request.method == "POST":
        return _appoint(request, staff_study_for(request.user, slug))
    form = AppointForm() if may_coordinate(request.user, study) else None
    return _page(request, study, form)


def _appoint(request: SignedInRequest, study: Study) -> HttpResponse:
    form = AppointForm(request.POST)
    status = 400
    if form.is_valid():
        try:
            member, token = appoint(
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
            return _appointed(request, member, token)
    return _page(request, study, form, status=status)


def _appointed(request: SignedInRequest, member: StudyMember, token: str) -> HttpResponse:
    if not token:
        told = {"name": member.user.name, "role": member.get_role_display()}
        messages.success(request, _("%(name)s belongs to the staff now: %(role)s.") % told)
        return redirect("studies:staff", member.study.slug)
    # Shown in the answer to the POST and nowhere again: only the hash of the token is stored.
    address = invitation_link(request)(token)
    context = {"study": member.study, "member": member, "address": address}
    return render(request, "studies/staff_invited.html", context)


def _page(
    request: SignedInRequest, study: Study, form: AppointForm | None, status: int = 200
) -> HttpResponse:
    context = {"study": study, "members": members_of(study), "form": form}
    return render(request, "studies/staff.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def staff_remove(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    """Asks whether somebody is to be taken out of the staff, and takes them out."""
    study = staff_study_for(request.user, slug)
    member = study.members.select_related("user", "study").filter(user__public_id=public_id).first()
    if member is None:
        raise NotFound("There is no such person.")
    if request.method != "POST":
        return render(request, "studies/staff_remove.html", {"study": study, "member": member})
    dismiss(actor=request.user, member=member, now=now())
    messages.success(request, _("%s does not belong to the staff any more.") % member.user.name)
    if member.user == request.user:  # who has left has no page of the study to go back to
        return redirect("core:home")
    return redirect("studies:staff", slug)
