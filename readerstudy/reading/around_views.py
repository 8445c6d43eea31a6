"""The reader's pages around the cases: who they are, breaks, their signature."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from readerstudy.accounts.language import text_language
from readerstudy.accounts.requests import SignedInRequest
from readerstudy.core.clock import now
from readerstudy.core.errors import DomainError, NotFound
from readerstudy.core.forms import show_problems
from readerstudy.reading.conduct import conduct_of
from readerstudy.reading.conduct_choices import RoomLight
from readerstudy.reading.conduct_forms import ProfileForm, RoomForm, SignForm
from readerstudy.reading.environments import (
    environment_missing,
    mark_recorded,
    record_environment,
)
from readerstudy.reading.pacing import end_break
from readerstudy.reading.profiles import give_profile, profile_missing
from readerstudy.reading.selectors import progress_of
from readerstudy.reading.signing import attestation_text, sign_readings, waits_for_signature
from readerstudy.studies.choices import EnrolmentState
from readerstudy.studies.models import Enrolment
from readerstudy.studies.selectors import enrolment_for


def _language() -> str:
    return text_language(get_language() or "en")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def profile(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What the study wants to know of its readers, once, between consent and instructions."""
    enrolment = enrolment_for(request.user, public_id)
    if enrolment.state == EnrolmentState.INVITED:
        return redirect("reading:consent", public_id)
    if enrolment.state != EnrolmentState.ACTIVE or not profile_missing(enrolment):
        return redirect("reading:instructions", public_id)
    wanted = conduct_of(enrolment.study).profile_fields
    form = ProfileForm(request.POST if request.method == "POST" else None, wanted=wanted)
    if (
        request.method == "POST"
        and form.is_valid()
        and _stored(request, enrolment, form, give_profile)
    ):
        return _after_profile(request, public_id)
    context = {"enrolment": enrolment, "study": enrolment.study, "form": form}
    status = 400 if form.errors else 200
    return render(request, "reading/profile.html", context, status=status)


def _after_profile(request: SignedInRequest, public_id: str) -> HttpResponse:
    """On to the instructions, or back to one's studies where the locked rule has left the reader out."""
    if enrolment_for(request.user, public_id).state == EnrolmentState.ACTIVE:
        return redirect("reading:instructions", public_id)
    messages.info(
        request,
        _("Thank you. Readers who know photographs of this study already do not take part in it."),
    )
    return redirect("reading:home")


def _stored(
    request: SignedInRequest, enrolment: Enrolment, form: Form, service: Callable[..., object]
) -> bool:
    """Whether the service took what the form says; the form shows what it refuses."""
    try:
        service(
            actor=request.user,
            enrolment=enrolment,
            language=_language(),
            now=now(),
            **form.cleaned_data,
        )
    except NotFound:
        raise
    except DomainError as error:
        show_problems(form, error)
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def room(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The reader's screen and room, once per session of the browser; without scripts the light alone is told."""
    enrolment = enrolment_for(request.user, public_id)
    if not environment_missing(enrolment, request.session):
        return redirect("reading:read", public_id)
    form = RoomForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        record_environment(
            actor=request.user,
            enrolment=enrolment,
            user_agent=request.headers.get("User-Agent", ""),
            now=now(),
            **form.cleaned_data,
        )
        mark_recorded(enrolment, request.session)
        return redirect("reading:read", public_id)
    context = {
        "enrolment": enrolment,
        "study": enrolment.study,
        "conduct": conduct_of(enrolment.study),
        "form": form,
        "lights": RoomLight.choices,
    }
    return render(request, "reading/room.html", context, status=400 if form.errors else 200)


@require_POST
@login_required
def go_on(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The reader goes on after a break."""
    enrolment = enrolment_for(request.user, public_id)
    end_break(actor=request.user, enrolment=enrolment, now=now())
    return redirect("reading:read", public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def sign(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The signature under all one's readings."""
    enrolment = enrolment_for(request.user, public_id)
    if not waits_for_signature(enrolment):
        return redirect("reading:read", public_id)
    form = SignForm(request.POST if request.method == "POST" else None, request=request)
    if (
        request.method == "POST"
        and form.is_valid()
        and _stored(request, enrolment, form, sign_readings)
    ):
        messages.success(request, _("Your readings are signed. Thank you."))
        return redirect("reading:read", public_id)
    language = _language()
    context = {
        "enrolment": enrolment,
        "study": enrolment.study,
        "form": form,
        "progress": progress_of(enrolment),
        "language": language,
        "text": attestation_text(conduct_of(enrolment.study), language),
    }
    return render(request, "reading/sign.html", context, status=400 if form.errors else 200)
