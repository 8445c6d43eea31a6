"""What is done with imports, for admins: uploads, and the buttons of an import's page. The page itself is in job_views."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from readerstudy.accounts.requests import SignedInRequest
from readerstudy.core.body_limits import takes_files
from readerstudy.core.clock import now
from readerstudy.core.errors import Conflict, DomainError
from readerstudy.core.forms import show_problems
from readerstudy.core.media import send_stored_file
from readerstudy.images.storage import THUMBNAIL_TYPE
from readerstudy.intake.chunks import PIECE_BYTES, remove_upload, upload_for
from readerstudy.intake.forms import UploadForm
from readerstudy.intake.job_views import MOVED_ON
from readerstudy.intake.models import ImportJob
from readerstudy.intake.permissions import ARCHIVES, check_may_import, own_uploads
from readerstudy.intake.preview import preview_picture
from readerstudy.intake.report import report_csv, report_json
from readerstudy.intake.selectors import (
    finished_jobs,
    job_at_work,
    job_for,
    progress_of,
    unfinished_jobs,
)
from readerstudy.intake.services import (
    confirm_job,
    create_job,
    create_job_of_upload,
    discard_job,
    pause_job,
    resume_job,
    retry_job,
    undo_import,
)
from readerstudy.intake.undoing import why_not_undone

FINISHED_ON_A_PAGE = 20


@takes_files(ARCHIVES)
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def upload(request: SignedInRequest) -> HttpResponse:
    """The form; a POST makes the job and goes to its page."""
    check_may_import(request.user)
    form = UploadForm(request.POST or None, request.FILES or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            job = _created(request, form.cleaned_data)
        except DomainError as error:
            show_problems(form, error)
        else:
            return redirect("intake:job", job.public_id)
    context = {
        "form": form,
        "jobs": unfinished_jobs(request.user),
        "page": Paginator(finished_jobs(request.user), FINISHED_ON_A_PAGE).get_page(
            request.GET.get("page")
        ),
        "small_bytes": PIECE_BYTES,
        "uploads": own_uploads(request.user),
    }
    return render(request, "intake/upload.html", context, status=400 if form.errors else 200)


@require_POST
@login_required
def let_go(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Lets an upload go that is not finished."""
    remove_upload(upload_for(request.user, public_id))
    messages.success(request, _("The upload is discarded."))
    return redirect("intake:upload")


def _created(request: SignedInRequest, said: dict[str, Any]) -> ImportJob:
    """Of an archive in the form, or of one that came in pieces before it."""
    public_id = said.pop("upload")
    if said["archive"]:
        return create_job(actor=request.user, now=now(), **said)
    del said["archive"]
    upload = upload_for(request.user, public_id)
    return create_job_of_upload(actor=request.user, upload=upload, now=now(), **said)


@require_safe
@login_required
def job_progress(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The progress alone, asked for every second; once there is something to do the page is loaded again."""
    job = job_at_work(request.user, public_id)
    progress = progress_of(job, now=now())
    response = render(request, "intake/_progress.html", {"job": job, "progress": progress})
    if not progress.goes_on:
        response.headers["HX-Refresh"] = "true"
    return response


@require_safe
@login_required
def preview(request: SignedInRequest, public_id: str, number: int) -> HttpResponseBase:
    """The small picture of a photograph that is not imported yet."""
    picture = preview_picture(job_for(request.user, public_id), number)
    return send_stored_file(picture, content_type=THUMBNAIL_TYPE, download_name=f"preview-{number}")


@require_safe
@login_required
def problems_file(request: SignedInRequest, public_id: str) -> HttpResponse:
    """All problems and warnings as a CSV file."""
    job = job_for(request.user, public_id)
    headers = {"Content-Disposition": f'attachment; filename="problems-{job.public_id}.csv"'}
    return HttpResponse(
        report_csv(job.report), content_type="text/csv; charset=utf-8", headers=headers
    )


@require_safe
@login_required
def report_file(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The report as JSON, byte for byte what the API and the command give."""
    job = job_for(request.user, public_id)
    headers = {"Content-Disposition": f'attachment; filename="report-{job.public_id}.json"'}
    return HttpResponse(report_json(job.report), content_type="application/json", headers=headers)


@require_POST
@login_required
def confirm(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Starts the import of a checked archive."""
    return _changed(request, public_id, confirm_job)


@require_POST
@login_required
def pause(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Lets the import rest."""
    return _changed(request, public_id, pause_job)


@require_POST
@login_required
def resume(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Lets a paused import go on."""
    return _changed(request, public_id, resume_job)


@require_POST
@login_required
def retry(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Takes up an interrupted import again."""
    return _changed(request, public_id, retry_job)


def _changed(
    request: SignedInRequest, public_id: str, service: Callable[..., ImportJob]
) -> HttpResponse:
    """Does what a button says. The page it stands on may be a moment old: how it stands now is told there."""
    job = job_for(request.user, public_id)
    try:
        service(actor=request.user, job=job, now=now())
    except Conflict:
        messages.warning(request, MOVED_ON)
    return redirect("intake:job", public_id)


@require_POST
@login_required
def discard(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Removes an import that was not confirmed."""
    job = job_for(request.user, public_id)
    try:
        discard_job(actor=request.user, job=job, now=now())
    except Conflict:
        messages.warning(request, MOVED_ON)
        return redirect("intake:job", public_id)
    messages.success(
        request, _("The import of %(name)s was discarded.") % {"name": job.archive_name}
    )
    return redirect("intake:upload")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def undo(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Asks whether the import is to be taken back, and takes it back."""
    job = job_for(request.user, public_id)
    if request.method != "POST":
        reason = why_not_undone(job.image_set) if job.image_set else ""
        return render(request, "intake/undo.html", {"job": job, "reason": reason})
    undo_import(actor=request.user, job=job, now=now())
    messages.success(request, _("The import of %(name)s was undone.") % {"name": job.archive_name})
    return redirect("intake:job", public_id)
