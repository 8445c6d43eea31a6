"""The pages of models and their runs. No score appears on any of them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from inference.card_words import card_sections
from inference.drafts import drafts_of, take_upload
from inference.ensembles import FEWEST
from inference.external import TAKES_SCORES
from inference.forms import ArtefactsForm, ModelChoiceForm, ModelForm
from inference.models import Artefact, Model, ModelDraft
from inference.permissions import NETWORKS, check_may_add, check_may_load, may_run
from inference.recovery import UNFINISHED
from inference.run_words import environment_fields, run_fields
from inference.selectors import (
    members_for,
    model_for,
    models_for_study,
    models_visible_to,
    run_for,
    runnable_study_for,
    runs_of,
    runs_visible_to,
)
from inference.services import plan_model, retry_run, start_runs
from inference.spec_words import input_words, opset_words, positive_words, spec_sentence
from inference.starting import RUNNABLE
from readerstudy.accounts.requests import SignedInRequest
from readerstudy.core.body_limits import takes_files
from readerstudy.core.clock import now
from readerstudy.core.errors import DomainError, NotFound
from readerstudy.core.forms import show_problems
from readerstudy.studies.choices import StudyState
from readerstudy.studies.selectors import overseen_study_for


@require_safe
@login_required
def model_list(request: SignedInRequest) -> HttpResponse:
    """Every model; readers find nothing here."""
    if request.user.is_reader:
        raise NotFound("There is no such page.")
    return render(
        request,
        "inference/list.html",
        {"models": models_visible_to(request.user), "drafts": drafts_of(request.user)},
    )


@require_safe
@login_required
def model_detail(request: SignedInRequest, public_id: str) -> HttpResponse:
    """One model: what it is, its training runs, and the studies it was run over."""
    model = model_for(request.user, public_id)
    card = card_sections(model)
    context = {
        "model": model,
        "card": card,
        "not_stated": [section.title for section in card if not section.is_stated],
        "artefacts": [_artefact_row(artefact) for artefact in model.artefacts.all()]
        if model.is_network
        else [],
        "columns": [] if model.is_network else model.artefacts.all(),
        "runs": runs_visible_to(request.user, model=model),
        "synthetic_notice": model.is_synthetic,
    }
    return render(request, "inference/detail.html", context)


def _artefact_row(artefact: Artefact) -> dict[str, Any]:
    return {
        "artefact": artefact,
        "preparation": spec_sentence(artefact.spec),
        "positive": positive_words(artefact.spec),
        "input": input_words(artefact.facts),
        "opset": opset_words(artefact.facts),
    }


@takes_files(NETWORKS)
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def model_upload(request: SignedInRequest) -> HttpResponse:
    """A new model with its files; all of it or nothing."""
    check_may_load(request.user)
    form = ModelForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        return _loaded(request, form, _("The model is loaded."))
    return _upload_page(request, form)


@takes_files(NETWORKS)
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def artefact_upload(request: SignedInRequest, public_id: str) -> HttpResponse:
    """More training runs of a model; all of them or none."""
    model = model_for(request.user, public_id)
    check_may_add(request.user)
    form = ArtefactsForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        return _loaded(request, form, _("The training runs are loaded."), model=model)
    return _upload_page(request, form, model=model)


def _loaded(
    request: SignedInRequest, form: ArtefactsForm, done: str, model: Model | None = None
) -> HttpResponse:
    """On to the model, to the questions that its files leave open, or back to the form with what is wrong."""
    try:
        outcome = take_upload(actor=request.user, model=model, now=now(), **form.cleaned_data)
    except DomainError as error:
        show_problems(form, error)
        return _upload_page(request, form, **({"model": model} if model else {}))
    if isinstance(outcome, ModelDraft):
        return redirect("inference:draft", outcome.public_id)
    messages.success(request, done)
    return redirect("inference:model-detail", outcome.public_id)


def _upload_page(request: SignedInRequest, form: ArtefactsForm, **context: Any) -> HttpResponse:
    status = 400 if form.errors else 200
    return render(request, "inference/upload.html", {"form": form, **context}, status=status)


@require_safe
@login_required
def study_runs(request: SignedInRequest, slug: str) -> HttpResponse:
    """The runs over one study, and which models can be run or planned."""
    progress = _progress(request, slug)
    study = progress["study"]
    planned = set(study.planned_models.values_list("model_id", flat=True))
    context = {
        **progress,
        "models": [(model, model.pk in planned) for model in models_for_study(request.user, study)],
        "is_draft": study.state == StudyState.DRAFT,
        "is_runnable": study.state in RUNNABLE,
        "takes_scores": study.state in TAKES_SCORES,
        "can_combine": study.state in RUNNABLE and members_for(study).count() >= FEWEST,
        "active": "runs",
    }
    return render(request, "inference/study_runs.html", context)


def _progress(request: SignedInRequest, slug: str) -> dict[str, Any]:
    study = overseen_study_for(request.user, slug)
    runs = list(runs_of(study))
    return {
        "study": study,
        "runs": runs,
        "is_at_work": any(run.state in UNFINISHED for run in runs),
        "may_run": may_run(request.user, study),
    }


@require_safe
@login_required
def run_progress(request: SignedInRequest, slug: str) -> HttpResponse:
    """The table of runs alone, fetched again every second while one is at work."""
    return render(request, "inference/_runs.html", _progress(request, slug))


@require_safe
@login_required
def run_detail(request: SignedInRequest, public_id: str) -> HttpResponse:
    """One run: what it was made with and on, and no score."""
    run = run_for(request.user, public_id)
    context = {
        "run": run,
        "study": run.study,
        "fields": run_fields(run),
        "environment": environment_fields(run),
        "attempts": run.environment.get("attempts", []),
        "active": "runs",
    }
    return render(request, "inference/run.html", context)


@require_POST
@login_required
def start(request: SignedInRequest, slug: str) -> HttpResponse:
    """Starts the runs of a model over the study."""
    study = runnable_study_for(request.user, slug)
    started = start_runs(actor=request.user, model=_chosen(request), study=study, now=now())
    text = ngettext(
        "%(count)d run is on its way.", "%(count)d runs are on their way.", len(started)
    )
    already = _("All runs of this model are there already.")
    messages.success(request, text % {"count": len(started)} if started else already)
    return redirect("inference:study-runs", slug)


@require_POST
@login_required
def plan(request: SignedInRequest, slug: str) -> HttpResponse:
    """Plans the draft with a model, or takes it out."""
    study = runnable_study_for(request.user, slug)
    planned = bool(request.POST.get("planned"))
    model = _chosen(request)
    plan_model(actor=request.user, study=study, model=model, planned=planned, now=now())
    said = (
        _("The study is planned with %(model)s.")
        if planned
        else _("%(model)s is taken out of the plan.")
    )
    messages.success(request, said % {"model": model.name})
    return redirect("inference:study-runs", slug)


def _chosen(request: SignedInRequest) -> Model:
    form = ModelChoiceForm(request.POST)
    if not form.is_valid():
        raise NotFound("There is no such model.")
    return model_for(request.user, form.cleaned_data["model"])


@require_POST
@login_required
def retry(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Tries a failed run again."""
    run = retry_run(actor=request.user, run=run_for(request.user, public_id), now=now())
    return redirect("inference:study-runs", run.study.slug)
