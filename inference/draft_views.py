"""The page on which an admin says what the files of a model leave open."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from inference.drafts import answer_draft, discard_draft, draft_for
from inference.models import ModelDraft
from inference.question_forms import AnswersForm, with_preset
from inference.storing import OpenQuestions
from readerstudy.accounts.requests import SignedInRequest
from readerstudy.core.clock import now
from readerstudy.core.errors import DomainError
from readerstudy.core.forms import show_problems


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def draft(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Asks, and loads the model when everything is said."""
    held = draft_for(request.user, public_id)
    if request.method != "POST":
        initial = {name: _initial(value, name) for name, value in held.answers.items()}
        return _page(request, held, AnswersForm(questions=held.questions, initial=initial))
    if preset := request.POST.get("preset"):
        # Filled in for the admin to see, and sent by her: a preset is an answer, not a default.
        filled = with_preset(request.POST, preset)
        return _page(request, held, AnswersForm(questions=held.questions, initial=_shown(filled)))
    return _answered(request, held)


def _answered(request: SignedInRequest, held: ModelDraft) -> HttpResponse:
    form = AnswersForm(request.POST, questions=held.questions)
    if not form.is_valid():
        return _page(request, held, form, status=400)
    try:
        model = answer_draft(actor=request.user, draft=held, answers=form.answers, now=now())
    except OpenQuestions:
        messages.info(request, _more(len(held.questions) - len(form.fields)))
        return redirect("inference:draft", held.public_id)
    except DomainError as error:
        show_problems(form, error)
        return _page(request, held, form, status=400)
    messages.success(request, _("The model is loaded."))
    return redirect("inference:model-detail", model.public_id)


def _more(count: int) -> str:
    text = ngettext(
        "One more question came up: the first one.",
        "%(count)d more questions came up: the first ones.",
        count,
    )
    return text % {"count": count}


@require_POST
@login_required
def discard(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Lets the upload go."""
    discard_draft(draft_for(request.user, public_id))
    messages.success(request, _("The upload is discarded."))
    return redirect("inference:model-list")


def _page(
    request: SignedInRequest, held: ModelDraft, form: AnswersForm, status: int = 200
) -> HttpResponse:
    return render(request, "inference/draft.html", {"draft": held, "form": form}, status=status)


def _initial(answer: str, name: str) -> str | list[str]:
    return answer.split(",") if name == "output.positive" else answer


def _shown(data: object) -> dict[str, object]:
    """What was filled in, lists as lists."""
    return {
        name: values if name == "output.positive" else values[-1]
        for name, values in data.lists()  # type: ignore[attr-defined]
    }
