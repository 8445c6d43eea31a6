"""Pages of single readers: by pseudonym for the study's coordinators, and each reader's own report for themselves."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from readerstudy.accounts.requests import SignedInRequest
from readerstudy.results.access import own_results_of, results_of, table_behind
from readerstudy.results.models import Analysis
from readerstudy.results.pages import asked_csv, listing_page, results_page
from readerstudy.results.reader_figures import certainty_figure, reader_figure, reader_tables
from readerstudy.results.reader_report import cnn_at, reader_report
from readerstudy.results.tables import readers as readers_table


@listing_page
def readers(request: SignedInRequest, slug: str) -> HttpResponse:
    """Every reader's 2 × 2 table, rates and AUC, by pseudonym; each leads to the reader's page."""
    study, analysis = results_of(request.user, slug)
    context = {
        "study": study,
        "analysis": analysis,
        "table": readers_table(analysis.document or {}),
        "incomplete": _incomplete(analysis),
        "current": "readers-list",
        "active": "results",
    }
    return render(request, "results/readers.html", context)


def _incomplete(analysis: Analysis) -> list[str]:
    """The pseudonyms of those who are not in the table, as they have not answered all their cases."""
    if not analysis.table:
        return []
    table = table_behind(analysis)
    return [one.code for one, done in zip(table.readers, table.complete, strict=True) if not done]


@results_page
def reader(request: SignedInRequest, slug: str, code: str) -> HttpResponse:
    """One reader by pseudonym."""
    study, analysis = results_of(request.user, slug)
    shown = _shown(analysis, code)
    if name := request.GET.get("csv"):
        return asked_csv(shown["tables"].values(), name, prefix=f"{study.slug}-{code}")
    context = {
        "study": study,
        "analysis": analysis,
        "current": "readers-list",
        "active": "results",
        "own_tables": True,
        **shown,
    }
    return render(request, "results/reader.html", context)


@results_page
def own_report(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What a reader is told of their own reading, once the study is unblinded: nobody else's pseudonym is on it."""
    enrolment, analysis = own_results_of(request.user, public_id)
    shown = _shown(analysis, enrolment.code)
    if name := request.GET.get("csv"):
        return asked_csv(shown["tables"].values(), name, prefix="my-report")
    context = {
        "study": enrolment.study,
        "enrolment": enrolment,
        "own_tables": True,
        "is_own": True,
        **shown,
    }
    return render(request, "results/own_report.html", context)


def _shown(analysis: Analysis, code: str) -> dict[str, Any]:
    table, document = table_behind(analysis), analysis.document or {}
    report = reader_report(table, code)
    tables = reader_tables(document, report, cnn_at(table, report))
    figures = [(reader_figure(document, report), tables["reader-points"])]
    if report.certainty:
        figures.append((certainty_figure(report), tables["certainty"]))
    return {"report": report, "tables": tables, "figures": figures, "rates": tables["rates"]}
