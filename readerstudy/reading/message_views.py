"""The pages of messages: a reader's own thread, and for the staff the list and each thread."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from readerstudy.accounts.links import address_on_site
from readerstudy.accounts.requests import SignedInRequest
from readerstudy.core.clock import now
from readerstudy.core.errors import Conflict, InvalidInput
from readerstudy.core.forms import show_problems
from readerstudy.reading.message_forms import ManyForm, MessageForm
from readerstudy.reading.messaging import (
    MOST_A_DAY,
    ThreadLink,
    mark_seen,
    reply,
    send_to_readers,
    write_to_coordinators,
)
from readerstudy.reading.threads import (
    Line,
    may_write_in,
    reachable_readers,
    reader_of,
    thread_of,
    threads_of,
)
from readerstudy.studies.finding import page_of, searched
from readerstudy.studies.models import Enrolment, Study
from readerstudy.studies.permissions import may_coordinate
from readerstudy.studies.selectors import conducted_study_for, enrolment_for, staff_study_for


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def own_thread(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The reader's own thread with the coordinators, and a form to write to them."""
    enrolment = enrolment_for(request.user, public_id)
    form = MessageForm(request.POST if request.method == "POST" else None)
    if _is_sent(
        request, form, write_to_coordinators, enrolment=enrolment, link=_staffs_page(request)
    ):
        messages.success(request, _("Your message is sent."))
        return redirect("reading:messages", public_id)
    context = {
        "enrolment": enrolment,
        "study": enrolment.study,
        "thread": _opened(request, enrolment, is_reader=True),
        "form": form,
        "may_write": may_write_in(enrolment.study),
        "most_a_day": MOST_A_DAY,
    }
    return render(request, "reading/messages.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def threads(request: SignedInRequest, slug: str) -> HttpResponse:
    """The threads of a study, and for its coordinators a form to write to several readers at once."""
    study = _study_for(request, slug)
    search = searched(request)
    readers = reachable_readers(study, search=search)
    form = ManyForm(request.POST if request.method == "POST" else None, readers=readers)
    if _is_sent(request, form, send_to_readers, study=study, link=_readers_page(request)):
        count = len(form.cleaned_data["codes"])
        told = ngettext(
            "The message is sent to %(count)d reader.",
            "The message is sent to %(count)d readers.",
            count,
        )
        messages.success(request, told % {"count": count})
        return redirect("reading:threads", study.slug)
    context = {
        "study": study,
        "page": page_of(request, threads_of(study, user=request.user, search=search)),
        "search": search,
        "form": form,
        "may_write": may_write_in(study) and may_coordinate(request.user, study),
        "active": "progress",
    }
    return render(request, "reading/threads.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def thread(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    """The thread of one reader, and for the study's coordinators a form to answer."""
    study = _study_for(request, slug)
    enrolment = reader_of(study, public_id)
    form = MessageForm(request.POST if request.method == "POST" else None)
    if _is_sent(request, form, reply, enrolment=enrolment, link=_readers_page(request)):
        messages.success(request, _("Your message is sent."))
        return redirect("reading:thread", study.slug, public_id)
    context = {
        "study": study,
        "enrolment": enrolment,
        "thread": _opened(request, enrolment, is_reader=False),
        "form": form,
        "may_write": may_write_in(study) and may_coordinate(request.user, study),
        "active": "progress",
    }
    return render(request, "reading/thread.html", context, status=400 if form.errors else 200)


def _study_for(request: SignedInRequest, slug: str) -> Study:
    """Coordinators write; admins read."""
    if request.method == "POST":
        return staff_study_for(request.user, slug)
    return conducted_study_for(request.user, slug)


def _is_sent(
    request: SignedInRequest,
    form: MessageForm,
    service: Callable[..., object],
    **arguments: object,
) -> bool:
    """Whether the service took what the form says; the form shows what is refused for what it says."""
    if not form.is_valid():
        return False
    try:
        service(actor=request.user, now=now(), **arguments, **form.cleaned_data)
    except (InvalidInput, Conflict) as error:
        if not error.field:  # of the study, and not of what the form says
            raise
        show_problems(form, error)
        return False
    return True


def _opened(request: SignedInRequest, enrolment: Enrolment, *, is_reader: bool) -> list[Line]:
    """The thread with what is new marked; from now on it is seen."""
    lines = thread_of(enrolment, user=request.user, is_reader=is_reader)
    if request.method == "GET" and any(line.is_new for line in lines):
        mark_seen(actor=request.user, enrolment=enrolment, is_reader=is_reader, now=now())
    return lines


def _staffs_page(request: SignedInRequest) -> ThreadLink:
    def address(enrolment: Enrolment) -> str:
        page = reverse("reading:thread", args=[enrolment.study.slug, enrolment.public_id])
        return address_on_site(request, page)

    return address


def _readers_page(request: SignedInRequest) -> ThreadLink:
    def address(enrolment: Enrolment) -> str:
        return address_on_site(request, reverse("reading:messages", args=[enrolment.public_id]))

    return address
