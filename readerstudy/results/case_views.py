"""The case inspector: every case with its photographs, truth, answers and scores, after unblinding."""

import math
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from readerstudy.accounts.requests import SignedInRequest
from readerstudy.core.errors import NotFound
from readerstudy.core.media import send_stored_file
from readerstudy.images.models import Image
from readerstudy.images.storage import THUMBNAIL_TYPE
from readerstudy.results.access import results_of, shown_cases, shown_image_for, table_behind
from readerstudy.results.case_figures import (
    answers_table,
    cases_table,
    quadrant_figure,
    scores_figure,
    scores_table,
)
from readerstudy.results.inspected_cases import (
    FILTERS,
    HARDEST,
    SORTS,
    InspectedCase,
    inspected_cases,
    inspected_model,
    listed,
    threshold_for,
)
from readerstudy.results.pages import asked_csv, results_page
from readerstudy.results.table import ReadingTable
from readerstudy.results.table_model import ResultTable

_LIST = ("show", "sort", "order", "at")


@results_page
def cases(request: SignedInRequest, slug: str) -> HttpResponse:
    """The cases as a table that can be sorted and filtered, the hardest as a gallery."""
    study, analysis = results_of(request.user, slug)
    table = table_behind(analysis)
    threshold = threshold_for(table, _asked_threshold(request))
    every = inspected_cases(table, threshold)
    shown = _listed(request, every)
    own = cases_table(shown)
    if name := request.GET.get("csv"):
        return asked_csv((own,), name, prefix=study.slug)
    context = {
        "study": study,
        "analysis": analysis,
        "current": "cases",
        "active": "results",
        "own_tables": True,
        "cases": shown,
        "counts": [(one, sum(map(one.shows, every))) for one in FILTERS],
        "show": request.GET.get("show", "all"),
        "is_gallery": request.GET.get("show") == HARDEST,
        "headings": _headings(request),
        "query": _kept(request),
        "threshold": threshold,
        "model": inspected_model(table),
        "figures": [(quadrant_figure(every, threshold), cases_table(every))] if threshold else [],
    }
    return render(request, "results/cases.html", context)


def _asked_threshold(request: SignedInRequest) -> float | None:
    try:
        asked = float(request.GET.get("at", ""))
    except ValueError:
        return None
    return asked if math.isfinite(asked) else None


def _order(request: SignedInRequest) -> tuple[str, bool]:
    """By which column the list is sorted, and whether downwards: at first the hardest cases come first."""
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else "wrong"
    return sort, request.GET.get("order", "down" if sort == "wrong" else "up") == "down"


def _listed(request: SignedInRequest, every: list[InspectedCase]) -> list[InspectedCase]:
    sort, descending = _order(request)
    return listed(every, show=request.GET.get("show", ""), sort=sort, descending=descending)


def _kept(request: SignedInRequest) -> str:
    """The choice of the list as a query, for the pages of its cases and back."""
    kept = request.GET.copy()
    for name in [name for name in kept if name not in _LIST]:
        del kept[name]
    return kept.urlencode()


def _headings(request: SignedInRequest) -> dict[str, dict[str, str]]:
    """For every column that sorts: the query that its heading leads to, and how it is sorted now."""
    sort, descending = _order(request)
    found = {}
    for name in SORTS:
        is_now = name == sort
        asked = request.GET.copy()
        asked.pop("csv", None)
        asked["sort"] = name
        asked["order"] = ("up" if descending else "down") if is_now else "down"
        now = ("descending" if descending else "ascending") if is_now else ""
        found[name] = {"query": asked.urlencode(), "sorted": now}
    return found


@results_page
def case(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    """One case: photographs, truth, all answers, the scores of all runs, and its neighbours in the list."""
    study, analysis = results_of(request.user, slug)
    table = table_behind(analysis)
    threshold = threshold_for(table, _asked_threshold(request))
    every = inspected_cases(table, threshold)
    found = next((one for one in every if one.case_id == public_id), None)
    if found is None:
        raise NotFound("There is no such case.")
    tables = _tables(table, found)
    if name := request.GET.get("csv"):
        return asked_csv(tables.values(), name, prefix=f"{study.slug}-{public_id}")
    model = inspected_model(table)
    context = {
        "study": study,
        "analysis": analysis,
        "current": "cases",
        "active": "results",
        "own_tables": True,
        "case": found,
        "known": table.cases[found.column] if table.cases else None,
        "images": _images(request, public_id),
        "answers": tables["answers"],
        "figures": [(scores_figure(model, found.column, threshold), tables["scores"])]
        if model and threshold
        else [],
        "threshold": threshold,
        "query": _kept(request),
        **_neighbours(_listed(request, every), found, every),
    }
    return render(request, "results/case.html", context)


def _tables(table: ReadingTable, found: InspectedCase) -> dict[str, ResultTable]:
    model = inspected_model(table)
    tables = [answers_table(table, found.column)]
    if model:
        tables.append(scores_table(model, found.column))
    return {one.name: one for one in tables}


def _images(request: SignedInRequest, public_id: str) -> list[Image]:
    own = shown_cases(request.user).filter(public_id=public_id).values("case")
    return list(Image.objects.filter(case__in=own).order_by("ordinal"))


def _neighbours(
    shown: list[InspectedCase], found: InspectedCase, every: list[InspectedCase]
) -> dict[str, Any]:
    """The cases before and after it in the list that it was opened from, else among all."""
    row = shown if found in shown else every
    place = row.index(found)
    return {
        "before": row[place - 1] if place else None,
        "after": row[place + 1] if place + 1 < len(row) else None,
        "place": place + 1,
        "total": len(row),
    }


@require_safe
@login_required
def image(request: SignedInRequest, public_id: str, number: int) -> HttpResponseBase:
    """A photograph of a case beside its results; see `shown_cases` for who may."""
    found = shown_image_for(request.user, public_id, number)
    return send_stored_file(
        found.file.name, content_type=found.content_type, download_name=f"{public_id}-{number}"
    )


@require_safe
@login_required
def thumbnail(request: SignedInRequest, public_id: str) -> HttpResponseBase:
    """The small picture of a case's first photograph, for the same people."""
    found = shown_image_for(request.user, public_id, 1)
    return send_stored_file(
        found.thumbnail.name, content_type=THUMBNAIL_TYPE, download_name=f"{public_id}-small"
    )
