"""The page of one import, for admins: how far it is, its report, and the forms that put it right."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from readerstudy.accounts.requests import SignedInRequest
from readerstudy.core.body_limits import takes_files
from readerstudy.core.clock import now
from readerstudy.core.errors import Conflict, DomainError
from readerstudy.core.forms import show_problems
from readerstudy.images.selectors import first_images
from readerstudy.intake.correcting import CAN_BE_CORRECTED, kept_until
from readerstudy.intake.forms import (
    ManifestForm,
    MappingForm,
    NameForm,
    classes_read,
    columns_read,
)
from readerstudy.intake.jobs import can_be_discarded
from readerstudy.intake.models import ImportJob
from readerstudy.intake.permissions import MANIFESTS
from readerstudy.intake.preview import previewed
from readerstudy.intake.report import problems_in
from readerstudy.intake.selectors import groups_in, job_for, progress_of
from readerstudy.intake.services import map_job, rename_job, replace_manifest
from readerstudy.intake.steps import steps_of

MOVED_ON = gettext_lazy("The import has moved on meanwhile: this is how it stands now.")
THUMBNAILS = 12
# More on one page is not read; the CSV file has them all.
PROBLEMS_SHOWN = 200


@require_safe
@login_required
def job_page(request: SignedInRequest, public_id: str) -> HttpResponse:
    """How far the import is, its report, and what can be done with it."""
    return _shown(request, job_for(request.user, public_id))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def mapping(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Takes what is said of columns and diagnoses; what does not fit is told beside its field."""
    job = job_for(request.user, public_id)
    form = _mapping_form(job, request.POST)
    # Without a form there is nothing to answer any more; the import's own page says how it stands.
    if request.method != "POST" or form is None:
        return redirect("intake:job", public_id)
    answered = form

    def service(**named: Any) -> ImportJob:
        return map_job(mapping=answered.mapping(), **named)

    return _taken(request, job, service, mapping=form)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def rename(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Gives the image set to be made another name."""
    job = job_for(request.user, public_id)
    if request.method != "POST":
        return redirect("intake:job", public_id)
    form = NameForm(request.POST, label_suffix="")

    def service(**named: Any) -> ImportJob:
        return rename_job(**named, **form.cleaned_data)

    return _taken(request, job, service, name=form)


@takes_files(MANIFESTS)
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def manifest(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Takes a manifest in place of the one before; the archive stays."""
    job = job_for(request.user, public_id)
    if request.method != "POST":
        return redirect("intake:job", public_id)
    form = ManifestForm(request.POST, request.FILES, label_suffix="")

    def service(**named: Any) -> ImportJob:
        return replace_manifest(**named, **form.cleaned_data)

    return _taken(request, job, service, manifest=form)


def _taken(
    request: SignedInRequest, job: ImportJob, service: Callable[..., ImportJob], **named: Form
) -> HttpResponse:
    """Back to the import where the form is taken; else its page, with what is wrong beside the field."""
    (form,) = named.values()
    if form.is_valid():
        try:
            service(actor=request.user, job=job, now=now())
        except Conflict:
            messages.warning(request, MOVED_ON)
        except DomainError as error:
            show_problems(form, error)
    if form.errors:
        return _shown(request, job, **named)
    return redirect("intake:job", job.public_id)


def _mapping_form(job: ImportJob, data: QueryDict | None = None) -> MappingForm | None:
    if job.state not in CAN_BE_CORRECTED or not (
        job.report.get("header") or job.report.get("columns")
    ):
        return None
    said = job.mapping.get("columns", {})
    return MappingForm(data, report=job.report, said=said, label_suffix="")


def _shown(request: SignedInRequest, job: ImportJob, **forms: Form) -> HttpResponse:
    """The page, with the forms that hold mistakes in place of fresh ones."""
    context = {
        "job": job,
        "progress": progress_of(job, now=now()),
        "steps": steps_of(job),
        "preview": previewed(job),
        "thumbnails": _thumbnails(job),
        "can_be_discarded": can_be_discarded(job, now=now()),
        **_told_by(job.report),
        **_forms(job, forms),
    }
    return render(request, "intake/job.html", context, status=400 if forms else 200)


def _told_by(report: dict[str, Any]) -> dict[str, Any]:
    return {
        "columns": columns_read(report),
        "classes": classes_read(report),
        "problem_groups": groups_in(report, "problem"),
        "warning_groups": groups_in(report, "warning"),
        "problems": problems_in(report, "problems")[:PROBLEMS_SHOWN],
        "warnings": problems_in(report, "warnings")[:PROBLEMS_SHOWN],
    }


def _forms(job: ImportJob, mistaken: dict[str, Form]) -> dict[str, Any]:
    if job.state not in CAN_BE_CORRECTED:
        return {}
    return {
        "form": mistaken.get("mapping") or _mapping_form(job),
        "name_form": mistaken.get("name") or NameForm(initial={"name": job.name}, label_suffix=""),
        "manifest_form": mistaken.get("manifest") or ManifestForm(label_suffix=""),
        "corrects": "name" in mistaken or "manifest" in mistaken,
        "kept_until": kept_until(job),
    }


def _thumbnails(job: ImportJob) -> list[Any]:
    if job.image_set is None:
        return []
    return first_images([job.image_set], each=THUMBNAILS).get(job.image_set.pk, [])
