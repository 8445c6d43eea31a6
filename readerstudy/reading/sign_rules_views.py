"""The page on which a coordinator sets when readers are given which sign."""

from dataclasses import asdict

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
from readerstudy.reading.forms import SignRulesForm
from readerstudy.reading.quality import Thresholds
from readerstudy.reading.sign_rules import set_thresholds, thresholds_of
from readerstudy.studies.selectors import staff_study_for


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def sign_rules(request: SignedInRequest, slug: str) -> HttpResponse:
    """The rules as they are, to be changed."""
    study = staff_study_for(request.user, slug)
    posted = request.POST if request.method == "POST" else None
    form = SignRulesForm(posted, initial=asdict(thresholds_of(study)))
    if posted is not None and form.is_valid():
        thresholds = Thresholds(**form.cleaned_data)
        try:
            set_thresholds(actor=request.user, study=study, thresholds=thresholds, now=now())
        except DomainError as error:
            show_problems(form, error)
        else:
            messages.success(request, _("The rules for signs are saved."))
            return redirect("reading:progress", study.slug)
    context = {"study": study, "form": form, "active": "progress"}
    status = 400 if form.errors else 200
    return render(request, "reading/sign_rules.html", context, status=status)
