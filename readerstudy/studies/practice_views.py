"""The staff's page of the practice: a form in the draft, a page to read afterwards."""

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
from readerstudy.studies.choices import StudyState
from readerstudy.studies.models import Study
from readerstudy.studies.permissions import may_coordinate
from readerstudy.studies.practice_forms import PracticeForm
from readerstudy.studies.selectors import described_study_for, staff_study_for
from readerstudy.studies.services import set_practice


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def study_practice(request: SignedInRequest, slug: str) -> HttpResponse:
    """The practice: to be changed by the coordinators of a draft, to be read by who oversees it."""
    study = described_study_for(request.user, slug)
    if request.method == "POST":
        return _change(request, staff_study_for(request.user, slug))
    if study.state == StudyState.DRAFT and may_coordinate(request.user, study):
        form = PracticeForm(user=request.user, study=study, initial=PracticeForm.initial_of(study))
        return render(request, "studies/practice_form.html", {"study": study, "form": form})
    return render(request, "studies/practice.html", {"study": study})


def _change(request: SignedInRequest, study: Study) -> HttpResponse:
    form = PracticeForm(request.POST, user=request.user, study=study)
    status = 400
    if form.is_valid():
        try:
            set_practice(actor=request.user, study=study, now=now(), **form.cleaned_data)
        except DomainError as error:
            status = error.status
            show_problems(form, error)
        else:
            messages.success(request, _("The practice is saved."))
            return redirect("studies:practice", study.slug)
    context = {"study": study, "form": form}
    return render(request, "studies/practice_form.html", context, status=status)
