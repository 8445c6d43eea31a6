"""Pages and files of the report: only for the study's coordinators, only after unblinding."""

from typing import Any

from csp.decorators import csp_replace
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from readerstudy.accounts.requests import SignedInRequest
from readerstudy.core.clock import now
from readerstudy.core.csvio import write_table
from readerstudy.core.errors import InvalidInput, NotFound
from readerstudy.results.choices import AnalysisState
from readerstudy.results.models import Analysis
from readerstudy.results.report import pdf
from readerstudy.results.report.archive import tables_archive
from readerstudy.results.report.blocks import NumberedTable
from readerstudy.results.report.chapters.checklists import checklist_table, summary
from readerstudy.results.report.checklists import CHECKLISTS, Checklist, ItemStatus, statuses
from readerstudy.results.report.docx import report_docx, table_docx
from readerstudy.results.report.facts import facts_of
from readerstudy.results.report.forms import ChecklistTextForm
from readerstudy.results.report.html import report_html, style_source
from readerstudy.results.report.models import ReportFile
from readerstudy.results.report.selectors import (
    LANGUAGES,
    newest_file,
    report_of,
    reported_analysis,
    texts_of,
    written_analysis,
)
from readerstudy.results.report.services import request_pdf, write_checklist_text

_NAMES = {"en": "English", "de": "Deutsch"}
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# The file of its own: its styles by their hash, pictures in it, and nothing else.
_ALONE = csp_replace(
    {"default-src": ["'none'"], "script-src": ["'none'"], "style-src": [style_source()]}
)


@require_GET
@login_required
def overview(request: SignedInRequest, slug: str) -> HttpResponse:
    """Which files of the report there are, in both languages."""
    analysis = reported_analysis(request.user, slug)
    context = {
        "study": analysis.own_study,
        "analysis": analysis,
        "languages": [_row(analysis, language) for language in LANGUAGES],
        "can_pdf": pdf.is_available(),
        "current": "report",
        "active": "results",
        "synthetic_notice": analysis.own_study.is_synthetic,
    }
    return render(request, "results/report/overview.html", context)


def _row(analysis: Analysis, language: str) -> dict[str, Any]:
    return {"code": language, "name": _NAMES[language], "file": newest_file(analysis, language)}


@require_GET
@login_required
@_ALONE  # type: ignore[arg-type]  # django-csp is annotated for views without URL arguments
def page(request: SignedInRequest, slug: str, language: str) -> HttpResponse:
    """The report as one HTML file; `?download` sends it as an attachment."""
    report = report_of(reported_analysis(request.user, slug), language)
    response = HttpResponse(report_html(report))
    if "download" in request.GET:
        response["Content-Disposition"] = _attachment(slug, language, "html")
    return response


@require_GET
@login_required
def word(request: SignedInRequest, slug: str, language: str) -> HttpResponse:
    """The report's texts and tables as a Word file."""
    content = report_docx(report_of(reported_analysis(request.user, slug), language))
    headers = {"Content-Disposition": _attachment(slug, language, "docx")}
    return HttpResponse(content, content_type=_DOCX, headers=headers)


@require_GET
@login_required
def tables(request: SignedInRequest, slug: str, language: str) -> HttpResponse:
    """Every table as LaTeX and CSV."""
    content = tables_archive(report_of(reported_analysis(request.user, slug), language))
    headers = {"Content-Disposition": _attachment(slug, f"{language}-tables", "zip")}
    return HttpResponse(content, content_type="application/zip", headers=headers)


def _attachment(slug: str, which: str, ending: str) -> str:
    return f'attachment; filename="{slug}-report-{which}.{ending}"'


@require_POST
@login_required
def build_pdf(request: SignedInRequest, slug: str, language: str) -> HttpResponse:
    """Queues the PDF of one language."""
    analysis = written_analysis(request.user, slug)
    request_pdf(actor=request.user, analysis=analysis, language=language, now=now())
    return redirect("results:report", slug=slug)


@require_GET
@login_required
def pdf_state(request: SignedInRequest, slug: str, language: str) -> HttpResponse:
    """How far the PDF is: the part of the overview that looks again by itself."""
    if language not in LANGUAGES:
        raise NotFound("There is no report in this language.")
    analysis = reported_analysis(request.user, slug)
    context = {
        "study": analysis.own_study,
        "row": _row(analysis, language),
        "can_pdf": pdf.is_available(),
    }
    return render(request, "results/report/_pdf.html", context)


@require_GET
@login_required
def pdf_file(request: SignedInRequest, slug: str, language: str) -> HttpResponse:
    """The newest finished PDF of the analysis."""
    analysis = reported_analysis(request.user, slug)
    files = ReportFile.objects.filter(
        analysis=analysis, language=language, state=AnalysisState.DONE
    )
    file = files.first()
    if file is None or file.content is None:
        raise NotFound("There is no PDF yet.")
    headers = {"Content-Disposition": _attachment(slug, language, "pdf")}
    return HttpResponse(bytes(file.content), content_type="application/pdf", headers=headers)


@require_GET
@login_required
def checklists(request: SignedInRequest, slug: str) -> HttpResponse:
    """Every checklist with the status of its items, and a form for each text."""
    return _checklists_page(request, reported_analysis(request.user, slug), None)


def _checklists_page(
    request: SignedInRequest, analysis: Analysis, refused: ChecklistTextForm | None
) -> HttpResponse:
    document, facts, texts = (
        analysis.document or {},
        facts_of(analysis),
        texts_of(analysis.own_study),
    )
    parts = []
    for checklist in CHECKLISTS:
        items = statuses(checklist, document, facts, texts)
        rows = [(item, _form(item, texts, refused)) for item in items]
        parts.append({"checklist": checklist, "rows": rows, "summary": summary(items)})
    context = {
        "study": analysis.own_study,
        "analysis": analysis,
        "parts": parts,
        "current": "report",
        "active": "results",
        "synthetic_notice": analysis.own_study.is_synthetic,
    }
    return render(
        request, "results/report/checklists.html", context, status=400 if refused else 200
    )


def _form(
    item: ItemStatus, texts: dict[str, str], refused: ChecklistTextForm | None
) -> ChecklistTextForm:
    if refused is not None and refused.data.get("item") == item.key:
        return refused
    initial = {"item": item.key, "text": texts.get(item.key, "")}
    return ChecklistTextForm(initial=initial, auto_id=f"{item.key}-%s")


@require_POST
@login_required
def write_text(request: SignedInRequest, slug: str) -> HttpResponse:
    """Stores one text."""
    analysis = written_analysis(request.user, slug)
    form = ChecklistTextForm(request.POST, auto_id=f"{request.POST.get('item', '')}-%s")
    if not form.is_valid():
        return _checklists_page(request, analysis, form)
    given = form.cleaned_data
    try:
        write_checklist_text(
            actor=request.user,
            study=analysis.own_study,
            item=given["item"],
            text=given["text"],
            now=now(),
        )
    except InvalidInput as error:
        form.add_error(error.field or None, error.message)
        return _checklists_page(request, analysis, form)
    messages.success(request, _("The text was saved."))
    address = redirect("results:report-checklists", slug=slug)
    address["Location"] += f"#{given['item']}"
    return address


@require_GET
@login_required
def checklist_csv(request: SignedInRequest, slug: str, name: str) -> HttpResponse:
    """One completed checklist as CSV."""
    numbered = _completed(request, slug, name)
    content = write_table(numbered.table.header, numbered.table.rows)
    headers = {"Content-Disposition": f'attachment; filename="{slug}-{name}.csv"'}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


@require_GET
@login_required
def checklist_docx(request: SignedInRequest, slug: str, name: str) -> HttpResponse:
    """One completed checklist as a Word file."""
    content = table_docx(_completed(request, slug, name), language=get_language() or "en")
    headers = {"Content-Disposition": f'attachment; filename="{slug}-{name}.docx"'}
    return HttpResponse(content, content_type=_DOCX, headers=headers)


def _completed(request: SignedInRequest, slug: str, name: str) -> NumberedTable:
    analysis = reported_analysis(request.user, slug)
    found: dict[str, tuple[int, Checklist]] = {
        one.name: (number, one) for number, one in enumerate(CHECKLISTS, start=1)
    }
    if name not in found:
        raise NotFound("There is no such checklist.")
    number, checklist = found[name]
    items = statuses(
        checklist, analysis.document or {}, facts_of(analysis), texts_of(analysis.own_study)
    )
    return NumberedTable(f"C{number}", checklist_table(checklist, items), note=summary(items))
