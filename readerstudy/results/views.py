"""Results pages: only for the staff of a study, only after unblinding."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from readerstudy.accounts.reauthentication import export_view
from readerstudy.accounts.requests import SignedInRequest
from readerstudy.core.clock import now
from readerstudy.core.errors import NotFound
from readerstudy.results.access import results_of
from readerstudy.results.choices import AnalysisState
from readerstudy.results.figures import all_figures
from readerstudy.results.models import Analysis, FinishedStudy
from readerstudy.results.pages import csv_response, results_page
from readerstudy.results.selectors import analysis_for, latest_analysis
from readerstudy.results.sentences import headline
from readerstudy.results.services import OPEN_STATES, request_analysis
from readerstudy.results.shown import TOPICS, topics_of
from readerstudy.results.shown.topic import Topic
from readerstudy.results.table_model import ResultTable
from readerstudy.results.tables import all_tables, main_tables
from readerstudy.results.threshold_panel import threshold_panels
from readerstudy.studies.lock_checks import checks_at_lock
from readerstudy.studies.models import Study
from readerstudy.studies.selectors import analysed_study_for, lock_of, reported_study_for

_SHORT_TABLE = 40


@results_page
def dashboard(request: SignedInRequest, slug: str) -> HttpResponse:
    """The figures and tables of the newest analysis; before unblinding, why there are none."""
    study = reported_study_for(request.user, slug)
    if study.state not in OPEN_STATES:
        return render(request, "results/sealed.html", {"study": study, "active": "results"})
    analysis = latest_analysis(study)
    if analysis is None or analysis.state != AnalysisState.DONE:
        return render(
            request,
            "results/waiting.html",
            {"study": study, "analysis": analysis, "active": "results"},
        )
    if request.headers.get("HX-Request"):
        # The waiting page has asked: the figures need a page of their own.
        return HttpResponseClientRefresh()
    return render(request, "results/dashboard.html", dashboard_context(study, analysis))


def dashboard_context(study: Study | FinishedStudy, analysis: Analysis) -> dict[str, Any]:
    """What the overview shows of one finished analysis."""
    document = analysis.document or {}
    # Those of the topics stand on pages of their own.
    tables = {table.name: table for table in main_tables(document)}
    panels = threshold_panels(document)
    figures = [
        (figure, tables[figure.table], panels.get(figure.name)) for figure in all_figures(document)
    ]
    return {
        "current": "overview",
        "study": study,
        "analysis": analysis,
        "document": document,
        "topics": topics_of(document),
        "headline": headline(document),
        "checks": checks_at_lock(lock_of(study)) if isinstance(study, Study) else [],
        "figures": figures,
        "tables": [one for one in tables.values() if 0 < len(one.rows) <= _SHORT_TABLE],
        "active": "results",
        "synthetic_notice": study.is_synthetic,
    }


@results_page
def topic(request: SignedInRequest, slug: str, name: str) -> HttpResponse:
    """The figures and tables of one topic of the newest analysis."""
    study, analysis = results_of(request.user, slug)
    chosen = next((one for one in TOPICS if one.name == name), None)
    if chosen is None:
        raise NotFound("There is no such topic.")
    return render(request, "results/topic.html", topic_context(study, analysis, chosen))


def topic_context(
    study: Study | FinishedStudy, analysis: Analysis, chosen: Topic
) -> dict[str, Any]:
    """What one topic shows of a finished analysis."""
    document = analysis.document or {}
    tables = {table.name: table for table in chosen.tables(document)}
    return {
        "study": study,
        "analysis": analysis,
        "topic": chosen,
        "current": chosen.name,
        "reasons": chosen.reasons(document),
        "figures": [(figure, tables[figure.table]) for figure in chosen.figures(document)],
        "tables": list(tables.values()),
        "active": "results",
        "synthetic_notice": study.is_synthetic,
    }


def _table(analysis: Analysis, name: str) -> ResultTable:
    # An analysis that waits, or has failed, has no document and so no table.
    table = all_tables(analysis.document).get(name) if analysis.document else None
    if table is None:
        raise NotFound("There is no such table.")
    return table


@login_required
@require_safe
def table_csv(request: SignedInRequest, public_id: str, name: str) -> HttpResponse:
    """One table of an analysis as CSV: fractions at full precision, a dot as the decimal sign."""
    analysis = analysis_for(request.user, public_id)
    table = _table(analysis, name)
    return csv_response(table, prefix=analysis.subject.slug)


@export_view
def document_json(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The whole analysis as JSON, as it was frozen."""
    analysis = analysis_for(request.user, public_id)
    body = {
        "sha256": analysis.sha256,
        "inputs_sha256": analysis.inputs_sha256,
        "document": analysis.document,
    }
    response = JsonResponse(body, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = (
        f'attachment; filename="{analysis.subject.slug}-analysis.json"'
    )
    return response


@login_required
@require_POST
def compute(request: SignedInRequest, slug: str) -> HttpResponse:
    """Queues a new analysis, for example after another model run has finished."""
    study = analysed_study_for(request.user, slug)
    request_analysis(actor=request.user, study=study, now=now())
    messages.success(request, _("A new analysis is being computed."))
    return redirect("results:dashboard", slug=slug)
