"""The page on which it is chosen what readers of an aided arm are shown."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from inference.aid import shown
from inference.aid_forms import AidChoiceForm
from inference.aiding import aid_fields, aid_of, choose_aid, drop_aid
from inference.models import Aid
from inference.permissions import may_run
from inference.selectors import planned_artefacts, runnable_study_for
from readerstudy.accounts.requests import SignedInRequest
from readerstudy.core.clock import now
from readerstudy.core.errors import DomainError
from readerstudy.core.forms import show_problems
from readerstudy.studies.choices import StudyState
from readerstudy.studies.models import Study
from readerstudy.studies.selectors import overseen_study_for

_EXAMPLES = (0.07, 0.52, 0.93)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def aid(request: SignedInRequest, slug: str) -> HttpResponse:
    """What is shown, with examples; in a draft the form."""
    study = overseen_study_for(request.user, slug)
    if request.method == "POST":
        study = runnable_study_for(request.user, slug)
    chosen = aid_of(study)
    initial = {**aid_fields(chosen), "artefact": chosen.artefact} if chosen else None
    form = AidChoiceForm(request.POST or None, artefacts=planned_artefacts(study), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            choose_aid(actor=request.user, study=study, now=now(), **form.cleaned_data)
        except DomainError as error:
            show_problems(form, error)
        else:
            messages.success(request, _("What readers are shown is saved."))
            return redirect("inference:aid", slug)
    return _aid_page(request, study, chosen, form)


def _aid_page(
    request: SignedInRequest, study: Study, chosen: Aid | None, form: AidChoiceForm
) -> HttpResponse:
    language = request.LANGUAGE_CODE
    context = {
        "study": study,
        "form": form if study.state == StudyState.DRAFT and may_run(request.user, study) else None,
        "chosen": chosen,
        "examples": [shown(chosen, score, language=language) for score in _EXAMPLES]
        if chosen
        else [],
        "active": "runs",
    }
    return render(request, "inference/aid.html", context, status=400 if form.errors else 200)


@require_POST
@login_required
def aid_drop(request: SignedInRequest, slug: str) -> HttpResponse:
    """Takes the choice back."""
    drop_aid(actor=request.user, study=runnable_study_for(request.user, slug), now=now())
    messages.success(request, _("Nothing is chosen any more for the aided arm."))
    return redirect("inference:study-runs", slug)
