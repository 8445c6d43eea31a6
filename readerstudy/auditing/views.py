"""The audit trail's pages: of the whole site for admins, of a study for its coordinators and auditors."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from readerstudy.accounts.models import User
from readerstudy.accounts.permissions import check_is_admin
from readerstudy.accounts.reauthentication import export_view
from readerstudy.accounts.requests import SignedInRequest
from readerstudy.auditing.exports import csv_lines, document_html, document_pdf
from readerstudy.auditing.forms import FilterForm
from readerstudy.auditing.permissions import audited_study_for
from readerstudy.auditing.selectors import page_of, trail_state
from readerstudy.auditing.services import record_export, record_view, request_check
from readerstudy.core.clock import now
from readerstudy.core.errors import NotFound
from readerstudy.results.report.pdf import is_available
from readerstudy.studies.models import Study

_FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "html": None,  # what Django says by itself
    "pdf": "application/pdf",
}


def _scope(user: User, slug: str) -> Study | None:
    """The study of the address, or None for the whole site. Raises NotFound for who may not read its trail."""
    if slug:
        return audited_study_for(user, slug)
    check_is_admin(user)
    return None


@require_safe
@login_required
def trail(request: SignedInRequest, slug: str = "") -> HttpResponse:
    """The events, the newest first, with a filter; and where the trail stands."""
    study = _scope(request.user, slug)
    form = FilterForm(request.GET or None)
    is_readable = not form.is_bound or form.is_valid()
    wanted = form.wanted()
    before, after = _number(request, "before"), _number(request, "after")
    if before is None and after is None:
        # Going on to the next fifty is the same look.
        record_view(actor=request.user, study=study, wanted=wanted, now=now())
    context: dict[str, Any] = {
        "study": study,
        "slug": slug,
        "form": form,
        "page": page_of(study, wanted, before=before, after=after),
        "state": trail_state(),
        "query": _query(request),
        "can_pdf": is_available(),
        "sees_faults": request.user.can_administer,
    }
    template = "auditing/study.html" if study else "auditing/site.html"
    return render(request, template, context, status=200 if is_readable else 400)


def _number(request: SignedInRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None  # noqa: PLR2004 (a bigint)


def _query(request: SignedInRequest) -> str:
    """The filter as it stands in the address, without the place in the trail."""
    query = request.GET.copy()
    for name in ("before", "after"):
        query.pop(name, None)
    return query.urlencode()


@export_view
def export(request: SignedInRequest, file_format: str, slug: str = "") -> HttpResponseBase:
    """The events that fit the filter as a file. That it was taken is written into the trail first."""
    study = _scope(request.user, slug)
    if file_format not in _FORMATS:
        raise NotFound("There is no such page.")
    form = FilterForm(request.GET or None)
    if form.is_bound and not form.is_valid():
        return redirect(f"{_address(slug)}?{request.GET.urlencode()}")
    wanted = form.wanted()
    content = _content(study, wanted, file_format)
    record_export(
        actor=request.user, study=study, wanted=wanted, file_format=file_format, now=now()
    )
    name = f"{slug}-audit.{file_format}" if slug else f"audit.{file_format}"
    content.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return content


def _content(study: Study | None, wanted: Any, file_format: str) -> HttpResponseBase:
    kind = _FORMATS[file_format]
    if file_format == "csv":
        return StreamingHttpResponse(_in_language(csv_lines(study, wanted)), content_type=kind)
    if file_format == "html":
        return HttpResponse(document_html(study, wanted), content_type=kind)
    return HttpResponse(document_pdf(study, wanted), content_type=kind)


def _in_language(lines: Any) -> Any:
    """The lines are written once the view is left, when the language of the page is forgotten."""
    language = get_language()

    def written() -> Any:
        iterator = iter(lines)
        while True:
            with override(language):
                line = next(iterator, None)
            if line is None:
                return
            yield line

    return written()


@require_POST
@login_required
def verify(request: SignedInRequest, slug: str = "") -> HttpResponse:
    """Asks for a look at the whole trail."""
    _scope(request.user, slug)
    request_check(actor=request.user, now=now())
    messages.success(
        request, _("The audit trail is being verified. Load this page again in a moment.")
    )
    return redirect(_address(slug))


def _address(slug: str) -> str:
    return reverse("auditing:study-trail", args=[slug]) if slug else reverse("auditing:trail")
