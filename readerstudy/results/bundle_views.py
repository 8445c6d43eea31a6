"""The page that hands out a study's bundle, after a reason and the password once more."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from readerstudy.accounts.requests import SignedInRequest
from readerstudy.core.clock import now
from readerstudy.core.errors import Conflict, DomainError
from readerstudy.core.forms import show_problems
from readerstudy.results.bundle.exporting import Bundle, export_bundle
from readerstudy.results.selectors import latest_analysis
from readerstudy.results.services import OPEN_STATES
from readerstudy.studies.forms import UnblindForm
from readerstudy.studies.selectors import analysed_study_for


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def bundle(request: SignedInRequest, slug: str) -> HttpResponse:
    """Says what the bundle holds, asks for what it needs, and sends it. Raises Conflict for a form sent too early."""
    study = analysed_study_for(request.user, slug)
    if study.state not in OPEN_STATES:
        if request.method == "POST":
            raise Conflict("Results exist only after the study is unblinded.", code="not_unblinded")
        return render(request, "results/sealed.html", {"study": study, "active": "results"})
    form = UnblindForm(request.POST if request.method == "POST" else None, request=request)
    status = 400 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            return _sent(export_bundle(actor=request.user, study=study, reason=reason, now=now()))
        except DomainError as error:
            status = error.status
            show_problems(form, error)
    context = {
        "study": study,
        "form": form,
        "analysis": latest_analysis(study),
        "current": "bundle",
        "active": "results",
    }
    notice = {"synthetic_notice": study.is_synthetic}
    return render(request, "results/bundle.html", {**context, **notice}, status=status)


def _sent(made: Bundle) -> HttpResponse:
    response = HttpResponse(made.data, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return response
