"""The pages that load scores from elsewhere and make ensembles. No score appears on any of them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from inference.external import TAKES_SCORES, LoadedScores
from inference.forms import EnsembleForm, ScoresForm
from inference.permissions import SCORES
from inference.score_files import MAX_BYTES, check_size
from inference.selectors import members_for, runnable_study_for
from inference.services import load_scores, make_ensemble
from readerstudy.accounts.requests import SignedInRequest
from readerstudy.core.body_limits import takes_files
from readerstudy.core.clock import now
from readerstudy.core.errors import DomainError, Problem
from readerstudy.core.forms import show_problems
from readerstudy.core.sentences import translated
from readerstudy.studies.models import Study

# More would be no page; the API tells all.
_SHOWN = 200


@takes_files(SCORES)
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def scores_upload(request: SignedInRequest, slug: str) -> HttpResponse:
    """Loads a score file; all of it, or a table of what is wrong with it."""
    study = runnable_study_for(request.user, slug)
    form = ScoresForm(request.POST or None, request.FILES or None)
    problems: tuple[Problem, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            loaded = load_scores(actor=request.user, study=study, now=now(), **_given(form))
        except DomainError as error:
            problems = _in_the_file(form, error)
        else:
            _tell(request, loaded)
            return redirect("inference:study-runs", slug)
    return _scores_page(request, study, form, problems)


def _given(form: ScoresForm) -> dict[str, Any]:
    file = form.cleaned_data["file"]
    check_size(file.size, file.name)
    fields = ("name", "version", "naming_column", "columns", "positive")
    said = {field: form.cleaned_data[field] for field in fields}
    return {**said, "content": file.read(), "file_name": file.name}


def _in_the_file(form: ScoresForm, error: DomainError) -> tuple[Problem, ...]:
    """The problems that stand in a row or a column; all others are shown at their fields."""
    placed = tuple(one for one in error.problems if one.row or one.column)
    if placed:
        form.add_error("file", translated(error.message))
    else:
        show_problems(form, error)
    return placed


def _tell(request: SignedInRequest, loaded: LoadedScores) -> None:
    count = len(loaded.runs)
    text = ngettext("%(count)d run is loaded.", "%(count)d runs are loaded.", count)
    planned = _("The score file is part of the plan. Start its runs once the study is locked.")
    messages.success(request, text % {"count": count} if count else planned)
    if loaded.left_out:
        left = _("Left out, for they hold no numbers: %s.")
        messages.info(request, left % ", ".join(loaded.left_out))


def _scores_page(
    request: SignedInRequest, study: Study, form: ScoresForm, problems: tuple[Problem, ...]
) -> HttpResponse:
    context = {
        "study": study,
        "form": form,
        "problems": problems[:_SHOWN],
        "total": len(problems),
        "takes_scores": study.state in TAKES_SCORES,
        "megabytes": MAX_BYTES // 2**20,
        "active": "runs",
    }
    status = 400 if form.errors else 200
    return render(request, "inference/scores.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def ensemble(request: SignedInRequest, slug: str) -> HttpResponse:
    """Makes an ensemble of finished runs."""
    study = runnable_study_for(request.user, slug)
    form = EnsembleForm(request.POST or None, runs=members_for(study))
    if request.method == "POST" and form.is_valid():
        try:
            make_ensemble(actor=request.user, study=study, now=now(), **form.cleaned_data)
        except DomainError as error:
            show_problems(form, error)
        else:
            messages.success(request, _("The ensemble is made."))
            return redirect("inference:study-runs", slug)
    context = {"study": study, "form": form, "active": "runs"}
    status = 400 if form.errors else 200
    return render(request, "inference/ensemble.html", context, status=status)
