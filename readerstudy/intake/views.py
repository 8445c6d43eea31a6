"""The pages of an import, for admins: upload, report, confirm."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from readerstudy.accounts.requests import SignedInRequest
from readerstudy.core.clock import now
from readerstudy.core.errors import DomainError
from readerstudy.core.forms import show_problems
from readerstudy.images.selectors import first_images
from readerstudy.images.services import check_may_administer
from readerstudy.intake.claims import AT_WORK
from readerstudy.intake.forms import UploadForm
from readerstudy.intake.jobs import CAN_BE_DISCARDED, can_be_retried
from readerstudy.intake.models import ImportJob
from readerstudy.intake.report import problems_in, report_csv
from readerstudy.intake.selectors import job_for, unfinished_jobs
from readerstudy.intake.services import confirm_job, create_job, discard_job, retry_job

THUMBNAILS = 12
# More on one page is not read; the CSV file has them all.
PROBLEMS_SHOWN = 200


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def upload(request: SignedInRequest) -> HttpResponse:
    """The form; a POST makes the job and goes to its page."""
    check_may_administer(request.user)
    form = UploadForm(request.POST or None, request.FILES or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            job = create_job(actor=request.user, now=now(), **form.cleaned_data)
        except DomainError as error:
            show_problems(form, error)
        else:
            return redirect("intake:job", job.public_id)
    context = {"form": form, "jobs": unfinished_jobs(request.user)}
    return render(request, "intake/upload.html", context, status=400 if form.errors else 200)


@require_safe
@login_required
def job_page(request: SignedInRequest, public_id: str) -> HttpResponse:
    """How far the import is, its report, and what can be done with it."""
    job = job_for(request.user, public_id)
    image_set = job.image_set
    context = {
        **_progress(job),
        "problems": problems_in(job.report, "problems")[:PROBLEMS_SHOWN],
        "warnings": problems_in(job.report, "warnings")[:PROBLEMS_SHOWN],
        "thumbnails": first_images([image_set], each=THUMBNAILS).get(image_set.pk, [])
        if image_set
        else [],
        "can_be_discarded": job.state in CAN_BE_DISCARDED,
    }
    return render(request, "intake/job.html", context)


@require_safe
@login_required
def job_progress(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The progress alone, asked for every second; once the work is done the page is loaded again."""
    job = job_for(request.user, public_id)
    context = _progress(job)
    response = render(request, "intake/_progress.html", context)
    if not context["is_at_work"] or context["can_be_retried"]:
        response.headers["HX-Refresh"] = "true"
    return response


def _progress(job: ImportJob) -> dict[str, object]:
    return {
        "job": job,
        "is_at_work": job.state in AT_WORK,
        "can_be_retried": can_be_retried(job, now=now()),
    }


@require_safe
@login_required
def problems_file(request: SignedInRequest, public_id: str) -> HttpResponse:
    """All problems and warnings as a CSV file."""
    job = job_for(request.user, public_id)
    headers = {"Content-Disposition": f'attachment; filename="problems-{job.public_id}.csv"'}
    return HttpResponse(
        report_csv(job.report), content_type="text/csv; charset=utf-8", headers=headers
    )


@require_POST
@login_required
def confirm(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Starts the import of a checked archive."""
    return _changed(request, public_id, confirm_job)


@require_POST
@login_required
def retry(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Takes up an interrupted import again."""
    return _changed(request, public_id, retry_job)


def _changed(
    request: SignedInRequest, public_id: str, service: Callable[..., ImportJob]
) -> HttpResponse:
    service(actor=request.user, job=job_for(request.user, public_id), now=now())
    return redirect("intake:job", public_id)


@require_POST
@login_required
def discard(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Removes an import that was not confirmed."""
    job = job_for(request.user, public_id)
    discard_job(actor=request.user, job=job, now=now())
    messages.success(
        request, _("The import of %(name)s was discarded.") % {"name": job.archive_name}
    )
    return redirect("intake:upload")
