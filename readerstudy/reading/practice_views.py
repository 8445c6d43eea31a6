"""The reader's practice: the study's own screen with cases of another set, and what is right after each answer."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from readerstudy.accounts.requests import SignedInRequest
from readerstudy.core.clock import now
from readerstudy.core.errors import DomainError, NotFound
from readerstudy.core.forms import show_problems
from readerstudy.core.media import send_stored_file
from readerstudy.images.selectors import primary_images
from readerstudy.reading.environments import environment_missing
from readerstudy.reading.models import PracticeRound
from readerstudy.reading.practice import (
    PracticeState,
    may_practise,
    practice_case_for,
    practice_missing,
    practice_payload,
    practice_state,
)
from readerstudy.reading.practice_forms import PracticeForm
from readerstudy.reading.practising import Feedback, answer_practice
from readerstudy.reading.profiles import profile_missing
from readerstudy.reading.screen import IMAGE_NAME, rating_context
from readerstudy.reading.wording import wording_of
from readerstudy.studies.choices import EnrolmentState
from readerstudy.studies.models import Enrolment
from readerstudy.studies.selectors import enrolment_for


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def practice(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The next practice case, or how the round ended; `?round=` begins the next one."""
    enrolment = enrolment_for(request.user, public_id)
    if elsewhere := _first(request, enrolment):
        return redirect(f"reading:{elsewhere}", public_id)
    if request.method == "POST":
        return _answered(request, enrolment)
    state = practice_state(enrolment, _round(request.GET.get("round", "")))
    if state.is_complete:
        return _result_page(request, enrolment, state)
    return _practice_page(request, enrolment, state, _form(request, enrolment))


def _first(request: SignedInRequest, enrolment: Enrolment) -> str:
    """The page that comes before the practice, or after it; empty where it is its turn."""
    if enrolment.state == EnrolmentState.INVITED:
        return "consent"
    if not may_practise(enrolment):
        return "read"
    if profile_missing(enrolment):
        return "profile"
    return "room" if environment_missing(enrolment, request.session) else ""


def _round(written: str) -> int | None:
    return int(written[:5]) if written.isdecimal() else None


def _form(request: SignedInRequest, enrolment: Enrolment) -> PracticeForm:
    return PracticeForm(
        request.POST if request.method == "POST" else None,
        protocol=enrolment.study.protocol,
        questions=list(enrolment.study.questions.all()),
        language=get_language() or "en",
    )


def _answered(request: SignedInRequest, enrolment: Enrolment) -> HttpResponse:
    form, status = _form(request, enrolment), 400
    if form.is_valid():
        try:
            feedback = answer_practice(
                actor=request.user,
                enrolment=enrolment,
                case_id=form.cleaned_data["position"],
                practice_round=form.cleaned_data["round"],
                answer=form.answer(language=get_language() or "en"),
                now=now(),
            )
        except NotFound:
            raise
        except DomainError as error:
            status = error.status
            show_problems(form, error)
        else:
            return _feedback_page(request, enrolment, feedback)
    state = practice_state(enrolment, form.cleaned_data.get("round"))
    if state.is_complete:
        return redirect("reading:practice", enrolment.public_id)
    return _practice_page(request, enrolment, state, form, status=status)


def _practice_page(
    request: SignedInRequest,
    enrolment: Enrolment,
    state: PracticeState,
    form: PracticeForm,
    status: int = 200,
) -> HttpResponse:
    study, screen = enrolment.study, practice_payload(state)
    context = {
        "enrolment": enrolment,
        "study": study,
        "screen": screen,
        "shown": screen["next"],
        "wording": wording_of(study.protocol, get_language() or "en"),
        "form": form,
        **rating_context(study.protocol),
    }
    return render(request, "reading/practice.html", context, status=status)


def _feedback_page(
    request: SignedInRequest, enrolment: Enrolment, feedback: Feedback
) -> HttpResponse:
    context = {"enrolment": enrolment, "study": enrolment.study, "feedback": feedback}
    return render(request, "reading/practice_feedback.html", context)


def _result_page(
    request: SignedInRequest, enrolment: Enrolment, state: PracticeState
) -> HttpResponse:
    context = {
        "enrolment": enrolment,
        "study": enrolment.study,
        "round": PracticeRound.objects.get(enrolment=enrolment, round=state.number),
        "next_round": state.number + 1,
        "may_begin": not practice_missing(enrolment),
    }
    return render(request, "reading/practice_result.html", context)


@require_safe
@login_required
def practice_image(request: SignedInRequest, public_id: str) -> HttpResponseBase:
    """The photograph of a case that the reader may practise on; anything else does not exist."""
    case = practice_case_for(request.user, public_id).case
    stored = primary_images([case])[case.pk]
    return send_stored_file(
        stored.file.name, content_type=stored.content_type, download_name=IMAGE_NAME
    )
