"""The page on which a draft's further questions are written."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from readerstudy.accounts.requests import SignedInRequest
from readerstudy.core.clock import now
from readerstudy.core.errors import DomainError
from readerstudy.studies.choices import StudyState
from readerstudy.studies.models import Study
from readerstudy.studies.permissions import may_coordinate
from readerstudy.studies.question_forms import QuestionForms, initial_of
from readerstudy.studies.selectors import described_study_for, staff_study_for
from readerstudy.studies.services import set_questions


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def study_questions(request: SignedInRequest, slug: str) -> HttpResponse:
    """The questions of a draft as forms for its coordinators; everybody else reads them with the protocol."""
    study = described_study_for(request.user, slug)
    if request.method == "POST":
        return _change_questions(request, staff_study_for(request.user, slug))
    if study.state != StudyState.DRAFT or not may_coordinate(request.user, study):
        return redirect("studies:protocol", slug)
    return _page(request, study, QuestionForms(initial=initial_of(study)))


def _change_questions(request: SignedInRequest, study: Study) -> HttpResponse:
    forms = QuestionForms(request.POST, initial=initial_of(study))
    status = 400
    if forms.is_valid():
        questions = [form.asked() for form in forms.kept()]
        try:
            set_questions(actor=request.user, study=study, questions=questions, now=now())
        except DomainError as error:
            status = error.status
            forms.show(error)
        else:
            messages.success(request, _("The questions are saved."))
            return redirect("studies:questions", study.slug)
    return _page(request, study, forms, status=status)


def _page(request: SignedInRequest, study: Study, forms: Any, status: int = 200) -> HttpResponse:
    context = {"study": study, "forms": forms}
    return render(request, "studies/questions_form.html", context, status=status)
