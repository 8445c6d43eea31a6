"""The page of a study's analysis plan: a form in the draft, a page to read afterwards."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from readerstudy.accounts.requests import SignedInRequest
from readerstudy.core.clock import now
from readerstudy.core.errors import DomainError
from readerstudy.core.forms import show_problems
from readerstudy.results.analysis_plan import (
    analysis_plan_of,
    drop_analysis_plan,
    plan_analysis,
    plan_fields,
)
from readerstudy.results.plan_forms import AnalysisPlanForm
from readerstudy.results.plan_models import StudyPlan
from readerstudy.studies.choices import StudyState
from readerstudy.studies.models import Study
from readerstudy.studies.permissions import may_analyse
from readerstudy.studies.selectors import analysed_study_for, described_study_for


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def analysis_plan(request: SignedInRequest, slug: str) -> HttpResponse:
    """To be changed by coordinators and statisticians of a draft, to be read by all of the staff."""
    study = described_study_for(request.user, slug)
    if request.method == "POST":
        return _change(request, analysed_study_for(request.user, slug))
    is_editable = study.state == StudyState.DRAFT and may_analyse(request.user, study)
    initial = plan_fields(analysis_plan_of(study) or StudyPlan())
    return _page(request, study, AnalysisPlanForm(initial=initial) if is_editable else None)


def _change(request: SignedInRequest, study: Study) -> HttpResponse:
    form = AnalysisPlanForm(request.POST)
    status = 400
    if form.is_valid():
        try:
            plan_analysis(actor=request.user, study=study, now=now(), **form.cleaned_data)
        except DomainError as error:
            status = error.status
            show_problems(form, error)
        else:
            messages.success(request, _("The analysis plan is saved."))
            return redirect("results:plan", study.slug)
    return _page(request, study, form, status=status)


def _page(
    request: SignedInRequest, study: Study, form: AnalysisPlanForm | None, status: int = 200
) -> HttpResponse:
    context = {"study": study, "form": form, "plan": analysis_plan_of(study)}
    return render(request, "results/analysis_plan.html", context, status=status)


@require_POST
@login_required
def analysis_plan_drop(request: SignedInRequest, slug: str) -> HttpResponse:
    """Takes the plan back."""
    drop_analysis_plan(actor=request.user, study=analysed_study_for(request.user, slug), now=now())
    messages.success(request, _("The study has no analysis plan any more."))
    return redirect("results:plan", slug)
