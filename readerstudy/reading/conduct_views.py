"""The staff's page of the way around the cases: a form in the draft, a page to read afterwards."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from readerstudy.accounts.requests import SignedInRequest
from readerstudy.core.clock import now
from readerstudy.core.errors import DomainError
from readerstudy.core.forms import show_problems
from readerstudy.reading.conduct import conduct_of, conduct_texts, update_conduct
from readerstudy.reading.conduct_choices import ProfileField
from readerstudy.reading.conduct_forms import ConductForm
from readerstudy.studies.choices import StudyState
from readerstudy.studies.models import Study
from readerstudy.studies.permissions import may_coordinate
from readerstudy.studies.selectors import described_study_for, staff_study_for


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def conduct(request: SignedInRequest, slug: str) -> HttpResponse:
    """Profile, breaks and signature: to be changed by the coordinators of a draft, to be read by who oversees it."""
    study = described_study_for(request.user, slug)
    if request.method == "POST":
        return _change(request, staff_study_for(request.user, slug))
    stored = conduct_of(study)
    if study.state == StudyState.DRAFT and may_coordinate(request.user, study):
        form = ConductForm(initial=conduct_texts(stored))
        return render(request, "reading/conduct_form.html", {"study": study, "form": form})
    asked = [ProfileField(name).label for name in stored.profile_fields]
    context = {"study": study, "conduct": stored, "asked": asked}
    return render(request, "reading/conduct.html", context)


def _change(request: SignedInRequest, study: Study) -> HttpResponse:
    form = ConductForm(request.POST)
    status = 400
    if form.is_valid():
        try:
            update_conduct(actor=request.user, study=study, now=now(), **form.conduct)
        except DomainError as error:
            status = error.status
            show_problems(form, error)
        else:
            messages.success(request, _("What surrounds the cases is saved."))
            return redirect("reading:conduct", study.slug)
    context = {"study": study, "form": form}
    return render(request, "reading/conduct_form.html", context, status=status)
