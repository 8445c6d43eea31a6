"""Exploring: the same numbers for some of the readers, cases and readings. Nothing of it changes the frozen analysis."""

from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.vary import vary_on_headers

from readerstudy.accounts.requests import SignedInRequest
from readerstudy.core.errors import Conflict
from readerstudy.results.access import results_of, table_behind
from readerstudy.results.analysis import main_part
from readerstudy.results.facets import (
    AIDED,
    CASE_FACETS,
    READER_FACETS,
    UNAIDED,
    Selection,
    choices_of,
    picked_table,
    session_numbers,
)
from readerstudy.results.figures import all_figures
from readerstudy.results.pages import asked_csv, results_page
from readerstudy.results.sentences import headline
from readerstudy.results.table import ReadingTable
from readerstudy.results.tables import main_tables

_SHOWN = ("groups", "institutions")


@results_page
@vary_on_headers("HX-Request")
def explore(request: SignedInRequest, slug: str) -> HttpResponse:
    """A form of what to look at, and the numbers of that; for htmx the numbers alone; `?csv=` one table of them."""
    study, analysis = results_of(request.user, slug)
    table = table_behind(analysis)
    selection = selection_of(request.GET)
    found = _explored(table, selection)
    if name := request.GET.get("csv"):
        return asked_csv(found.get("all_tables", ()), name, prefix=f"{study.slug}-exploratory")
    context = {
        "study": study,
        "analysis": analysis,
        "current": "explore",
        "active": "results",
        "own_tables": True,
        "selection": selection,
        "facets": choices_of(table, selection),
        "has_aided": table.aided is not None,
        "sessions": session_numbers(table),
        **found,
    }
    # htmx asks again with the whole address when it restores a page from history.
    is_part = request.headers.get("HX-Request") and not request.headers.get(
        "HX-History-Restore-Request"
    )
    return render(request, "results/_explored.html" if is_part else "results/explore.html", context)


def selection_of(asked: QueryDict) -> Selection:
    """What an address asks for; an arm or a session that there is not counts as not asked for."""
    classes = {
        facet.name: tuple(asked.getlist(facet.name)) for facet in (*READER_FACETS, *CASE_FACETS)
    }
    arm = AIDED if asked.get("arm") == AIDED else UNAIDED
    session = asked.get("session", "")
    is_number = session.isascii() and session.isdigit() and len(session) < 4  # noqa: PLR2004 (no study has 1,000 sessions)
    return Selection(classes, arm, int(session) if is_number and arm == UNAIDED else 0)


def _explored(table: ReadingTable, selection: Selection) -> dict[str, Any]:
    """Sentences, figures and tables of the selection, or the reason why there are none."""
    try:
        document = main_part(picked_table(table, selection))
    except Conflict as error:
        return {"reason": error.message}
    tables = {one.name: one for one in main_tables(document)}
    return {
        "document": document,
        "headline": headline(document),
        "figures": [(figure, tables[figure.table]) for figure in all_figures(document)],
        "tables": [tables[name] for name in _SHOWN],
        "all_tables": tuple(tables.values()),
    }
