"""The reader's pages."""

import uuid

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from readerstudy.accounts.requests import SignedInRequest
from readerstudy.accounts.services import give_consent
from readerstudy.core.audit import events_together
from readerstudy.core.clock import now
from readerstudy.core.errors import DomainError, NotFound
from readerstudy.core.forms import show_problems
from readerstudy.core.media import send_stored_file
from readerstudy.reading.environments import environment_missing
from readerstudy.reading.forms import AnswerForm, ConsentForm
from readerstudy.reading.order import order_states
from readerstudy.reading.pacing import following_payload
from readerstudy.reading.practice import may_practise, practice_due
from readerstudy.reading.profiles import profile_missing
from readerstudy.reading.reach import shown_position_for
from readerstudy.reading.screen import IMAGE_NAME, rating_context
from readerstudy.reading.second_look import further_image_for
from readerstudy.reading.selectors import image_of, progress_of
from readerstudy.reading.services import commit_reading
from readerstudy.reading.threads import unread_by_enrolment
from readerstudy.reading.wording import wording_of
from readerstudy.studies.choices import EnrolmentState, StudyState
from readerstudy.studies.models import Enrolment
from readerstudy.studies.permissions import has_staff_pages
from readerstudy.studies.selectors import enrolment_for, own_enrolments_of
from readerstudy.studies.services import activate_enrolment


@require_safe
@login_required
def home(request: SignedInRequest) -> HttpResponse:
    """The reader's studies, how far they are, and from when on a later session is open; staff who read nothing go on."""
    moment = now()
    own = list(own_enrolments_of(request.user).select_related("study__conduct", "attestation"))
    states = order_states(own, now=moment)
    unread = unread_by_enrolment(request.user)
    for enrolment in own:
        enrolment.unread = unread[enrolment.pk]  # type: ignore[attr-defined]  # read by the page
    enrolments = [(enrolment, states[enrolment.pk]) for enrolment in own]
    if not enrolments and has_staff_pages(request.user):
        return redirect("studies:list")
    return render(request, "reading/home.html", {"enrolments": enrolments})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def consent(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The consent text; agreeing begins the study."""
    enrolment = enrolment_for(request.user, public_id)
    wording = wording_of(enrolment.study.protocol, get_language() or "en")
    form = ConsentForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        moment, scope = now(), enrolment.study.public_id
        # A consent to what cannot be begun any more is not kept. The trail is held after the reader's row, as everywhere.
        with transaction.atomic(), events_together():
            give_consent(
                actor=request.user,
                scope=scope,
                text=wording.consent,
                language=wording.language,
                now=moment,
            )
            activate_enrolment(actor=request.user, enrolment=enrolment, now=moment)
        return redirect("reading:instructions", public_id)
    context = {"enrolment": enrolment, "study": enrolment.study, "wording": wording, "form": form}
    return render(request, "reading/consent.html", context)


@require_safe
@login_required
def instructions(request: SignedInRequest, public_id: str) -> HttpResponse:
    """How to read and answer, with the keys."""
    enrolment = enrolment_for(request.user, public_id)
    if enrolment.state == EnrolmentState.INVITED:
        return redirect("reading:consent", public_id)
    if enrolment.state == EnrolmentState.ACTIVE and profile_missing(enrolment):
        return redirect("reading:profile", public_id)
    wording = wording_of(enrolment.study.protocol, get_language() or "en")
    context = {
        "enrolment": enrolment,
        "study": enrolment.study,
        "wording": wording,
        "progress": progress_of(enrolment),
        "practice_due": practice_due(enrolment),
        "may_practise": may_practise(enrolment),
    }
    return render(request, "reading/instructions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def read(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The next case; without scripts an ordinary form, with them the same form without reloading."""
    enrolment = enrolment_for(request.user, public_id)
    if enrolment.state == EnrolmentState.INVITED:
        return redirect("reading:consent", public_id)
    if enrolment.state == EnrolmentState.ACTIVE and profile_missing(enrolment):
        return redirect("reading:profile", public_id)
    if environment_missing(enrolment, request.session):
        return redirect("reading:room", public_id)
    if practice_due(enrolment):
        return redirect("reading:practice", public_id)
    form = AnswerForm(
        request.POST if request.method == "POST" else None,
        protocol=enrolment.study.protocol,
        questions=list(enrolment.study.questions.all()),
        language=get_language() or "en",
    )
    if request.method == "POST" and form.is_valid():
        return _answered(request, enrolment, form)
    return _reading_page(request, enrolment, form)


def _answered(request: SignedInRequest, enrolment: Enrolment, form: AnswerForm) -> HttpResponse:
    try:
        _commit(request, form)
    except NotFound:
        raise
    except DomainError as error:
        show_problems(form, error)
        return _reading_page(request, enrolment, form, status=error.status)
    return redirect("reading:read", enrolment.public_id)


def _commit(request: SignedInRequest, form: AnswerForm) -> None:
    given = form.cleaned_data
    commit_reading(
        actor=request.user,
        position_id=given["position"],
        answer=form.answer(language=get_language() or "en"),
        attempt=given["attempt"],
        revise=given["revise"],
        now=now(),
    )


def _reading_page(
    request: SignedInRequest, enrolment: Enrolment, form: AnswerForm, status: int = 200
) -> HttpResponse:
    study, screen = enrolment.study, following_payload(enrolment, now=now())
    change = "change" in request.GET and screen["last"] is not None
    shown = screen["last"] if change else screen["next"]
    context = {
        "enrolment": enrolment,
        "study": study,
        "screen": screen,
        "wording": wording_of(study.protocol, get_language() or "en"),
        "form": form,
        "late": _whole_number(request.GET.get("late", "")),
        "is_open": study.state == StudyState.READING and enrolment.state == EnrolmentState.ACTIVE,
    }
    if shown is None and screen["pause"] and context["is_open"]:
        return render(request, "reading/break.html", context, status=status)
    if shown is None or not context["is_open"]:
        return render(request, "reading/done.html", context, status=status)
    context |= {"shown": shown, "change": change, "attempt": uuid.uuid4()}
    context |= rating_context(study.protocol)
    return render(request, "reading/read.html", context, status=status)


def _whole_number(written: str) -> int:
    return int(written[:4]) if written.isdecimal() else 0


@require_safe
@login_required
def image(request: SignedInRequest, public_id: str) -> HttpResponseBase:
    """The photograph of a position that is read, next or soon to come; anything else does not exist."""
    stored = image_of(shown_position_for(request.user, public_id, now=now()))
    return send_stored_file(
        stored.file.name, content_type=stored.content_type, download_name=IMAGE_NAME
    )


@require_safe
@login_required
def further_image(request: SignedInRequest, public_id: str, number: int) -> HttpResponseBase:
    """Another photograph of a case that is shown the second time; anything else does not exist."""
    stored = further_image_for(request.user, public_id, number, now=now())
    return send_stored_file(
        stored.file.name, content_type=stored.content_type, download_name=IMAGE_NAME
    )
