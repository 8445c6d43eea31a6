"""The pages of models and their runs. No score appears on any of them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from inference.forms import ModelChoiceForm, ModelForm
from inference.models import Model
from inference.permissions import check_may_load
from inference.recovery import UNFINISHED
from inference.selectors import model_for, models_visible_to, run_for, runnable_study_for, runs_of
from inference.services import add_artefacts, create_model, plan_model, retry_run, start_runs
from inference.spec_words import spec_sentence
from readerstudy.accounts.requests import SignedInRequest
from readerstudy.core.clock import now
from readerstudy.core.errors import DomainError, NotFound
from readerstudy.core.forms import show_problems
from readerstudy.studies.choices import StudyState


@require_safe
@login_required
def model_list(request: SignedInRequest) -> HttpResponse:
    """Every model; readers find nothing here."""
    if request.user.is_reader:
        raise NotFound("There is no such page.")
    return render(request, "inference/list.html", {"models": models_visible_to(request.user)})


@require_safe
@login_required
def model_detail(request: SignedInRequest, public_id: str) -> HttpResponse:
    """One model: what it is, and its training runs."""
    model = model_for(request.user, public_id)
    artefacts = [(artefact, spec_sentence(artefact.spec)) for artefact in model.artefacts.all()]
    context = {"model": model, "artefacts": artefacts, "synthetic_notice": model.is_synthetic}
    return render(request, "inference/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def model_upload(request: SignedInRequest) -> HttpResponse:
    """A new model with its files; all of it or nothing."""
    check_may_load(request.user)
    form = ModelForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            model = _load(request, form)
        except DomainError as error:
            show_problems(form, error)
        else:
            messages.success(request, _("The model is loaded."))
            return redirect("inference:model-detail", model.public_id)
    return render(request, "inference/upload.html", {"form": form})


def _load(request: SignedInRequest, form: ModelForm) -> Model:
    given = dict(form.cleaned_data)
    files = {file.name: file.read() for file in given.pop("files")}
    positive, moment = given.pop("positive"), now()
    with transaction.atomic():
        model = create_model(actor=request.user, now=moment, **given)
        add_artefacts(actor=request.user, model=model, files=files, positive=positive, now=moment)
    return model


@require_safe
@login_required
def study_runs(request: SignedInRequest, slug: str) -> HttpResponse:
    """The runs over one study, and which models can be run or planned."""
    study = runnable_study_for(request.user, slug)
    planned = set(study.planned_models.values_list("model_id", flat=True))
    context = {
        "study": study,
        "models": [(model, model.pk in planned) for model in models_visible_to(request.user)],
        "is_draft": study.state == StudyState.DRAFT,
        "active": "runs",
        **_progress(request, slug),
    }
    return render(request, "inference/study_runs.html", context)


def _progress(request: SignedInRequest, slug: str) -> dict[str, object]:
    study = runnable_study_for(request.user, slug)
    runs = list(runs_of(study))
    return {
        "study": study,
        "runs": runs,
        "is_at_work": any(run.state in UNFINISHED for run in runs),
    }


@require_safe
@login_required
def run_progress(request: SignedInRequest, slug: str) -> HttpResponse:
    """The table of runs alone, fetched again every second while one is at work."""
    return render(request, "inference/_runs.html", _progress(request, slug))


@require_POST
@login_required
def start(request: SignedInRequest, slug: str) -> HttpResponse:
    """Starts the runs of a model over the study."""
    study = runnable_study_for(request.user, slug)
    started = start_runs(actor=request.user, model=_chosen(request), study=study, now=now())
    text = (
        _("%(count)d runs are on their way.")
        if started
        else _("All runs of this model are there already.")
    )
    messages.success(request, text % {"count": len(started)})
    return redirect("inference:study-runs", slug)


@require_POST
@login_required
def plan(request: SignedInRequest, slug: str) -> HttpResponse:
    """Plans the draft with a model, or takes it out."""
    study = runnable_study_for(request.user, slug)
    planned = bool(request.POST.get("planned"))
    plan_model(actor=request.user, study=study, model=_chosen(request), planned=planned, now=now())
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
