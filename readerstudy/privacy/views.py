"""Pages about people's data: one's own, those of a study, and for admins those of everybody."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from readerstudy.accounts.models import User
from readerstudy.accounts.reauthentication import ConfirmationForm, export_view
from readerstudy.accounts.requests import SignedInRequest
from readerstudy.core.clock import now
from readerstudy.core.errors import DomainError
from readerstudy.core.forms import show_problems
from readerstudy.privacy.erasing import ask_for_erasure, erase_person, take_back_request
from readerstudy.privacy.exporting import export_person
from readerstudy.privacy.forms import EraseForm, PrivacyForm
from readerstudy.privacy.rules import declare_rule, privacy_of, set_retention
from readerstudy.privacy.selectors import (
    MOST,
    open_request_of,
    open_requests_for,
    people_for,
    person_for,
)
from readerstudy.studies.choices import StudyState
from readerstudy.studies.models import Study
from readerstudy.studies.permissions import may_coordinate
from readerstudy.studies.selectors import overseen_study_for, own_enrolments_of, staff_study_for


@require_safe
@login_required
def my_data(request: SignedInRequest) -> HttpResponse:
    """What is stored of the person, how to have it, and how to have it erased."""
    context = {
        "enrolments": own_enrolments_of(request.user).select_related("study__privacy"),
        "request_for_erasure": open_request_of(request.user),
    }
    return render(request, "privacy/my_data.html", context)


@export_view
def my_data_file(request: SignedInRequest) -> HttpResponse:
    """Everything that is stored of the person, to be kept by them."""
    return _archive(request.user, request.user)


@require_POST
@login_required
def my_erasure(request: SignedInRequest) -> HttpResponse:
    """Asks for the erasure, or takes the request back."""
    if request.POST.get("wanted") == "no":
        take_back_request(actor=request.user, now=now())
        messages.success(request, _("Your request is taken back."))
    else:
        ask_for_erasure(actor=request.user, now=now())
        messages.success(request, _("Your request is stored; an admin will carry it out."))
    return redirect("privacy:my-data")


@require_safe
@login_required
def people(request: SignedInRequest) -> HttpResponse:
    """Requests that wait, and everybody with an account."""
    search = request.GET.get("q", "").strip()[:100]
    found = people_for(request.user, search=search)
    context = {
        "requests": open_requests_for(request.user),
        "people": found[:MOST],
        "has_more": found[MOST : MOST + 1].exists(),
        "search": search,
    }
    return render(request, "privacy/people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def person_file(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What is stored of somebody, for an admin whom they asked for it and who confirms who they are."""
    person = person_for(request.user, public_id)
    form = ConfirmationForm(request.POST if request.method == "POST" else None, request=request)
    if form.is_bound and form.is_valid():
        return _archive(request.user, person)
    context = {"person": person, "form": form}
    status = 400 if form.is_bound else 200
    return render(request, "privacy/person_file.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def erase(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Asks for the name once more and the reason, and erases the person."""
    person = person_for(request.user, public_id)
    form, status = EraseForm(request.POST or None, request=request), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                erase_person(actor=request.user, user=person, now=now(), **form.own_values())
            except DomainError as error:
                status = error.status
                show_problems(form, error)
            else:
                messages.success(request, _("The account is erased."))
                return redirect("privacy:people")
    context = {"person": person, "form": form}
    return render(request, "privacy/erase.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def study(request: SignedInRequest, slug: str) -> HttpResponse:
    """What the study declares; its coordinators change it, others who oversee it read it."""
    if request.method == "POST":
        return _change(request, staff_study_for(request.user, slug))
    overseen = overseen_study_for(request.user, slug)
    form = _form(overseen) if may_coordinate(request.user, overseen) else None
    return _study_page(request, overseen, form)


def _form(study: Study, request: SignedInRequest | None = None) -> PrivacyForm:
    stored = privacy_of(study)
    return PrivacyForm(
        request.POST if request else None,
        is_draft=study.state == StudyState.DRAFT,
        initial={"at_withdrawal": stored.at_withdrawal, "names_until": stored.names_until},
    )


def _study_page(
    request: SignedInRequest, study: Study, form: PrivacyForm | None, status: int = 200
) -> HttpResponse:
    context = {"study": study, "privacy": privacy_of(study), "form": form}
    return render(request, "privacy/study.html", context, status=status)


def _change(request: SignedInRequest, study: Study) -> HttpResponse:
    form, status = _form(study, request), 400
    if form.is_valid():
        given = form.cleaned_data
        try:
            if "at_withdrawal" in given:
                rule = given["at_withdrawal"]
                declare_rule(actor=request.user, study=study, at_withdrawal=rule, now=now())
            day = given["names_until"]
            set_retention(actor=request.user, study=study, names_until=day, now=now())
        except DomainError as error:
            status = error.status
            show_problems(form, error)
        else:
            messages.success(request, _("What the study declares of data is saved."))
            return redirect("privacy:study", study.slug)
    return _study_page(request, study, form, status)


def _archive(actor: User, person: User) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{_name_of_file(actor, person)}"'}
    content = export_person(actor=actor, user=person, now=now())
    return HttpResponse(content, content_type="application/zip", headers=headers)


def _name_of_file(actor: User, person: User) -> str:
    """An admin with the copies of several people tells them apart by their names and ids."""
    if actor == person:
        return "my-data.zip"
    return f"data-{slugify(person.name)[:60]}-{person.public_id}.zip".replace("--", "-")
