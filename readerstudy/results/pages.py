"""What the views of results share: who may use figures' styles, compression, and tables as files."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from csp.decorators import csp_update
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from readerstudy.core.csvio import write_table
from readerstudy.core.errors import NotFound
from readerstudy.results.table_model import ResultTable

View = Callable[..., HttpResponse]

# Plotly places its labels with style attributes, writes style sheets into the page, and makes pictures to be saved out of
# data addresses; only pages with figures allow that.
_WITH_PLOTS: Any = csp_update({"style-src": ["'unsafe-inline'"], "img-src": ["data:"]})


def results_page(view: View) -> View:
    """A page with figures, as `listing_page`."""
    return listing_page(wraps(view)(_WITH_PLOTS(view)))


def listing_page(view: View) -> View:
    """A page of results without figures, for people who are signed in, sent compressed.

    Against BREACH: the only secret on these pages is the CSRF token, which Django masks anew for each answer, the
    session cookie is not sent along with other sites' requests (SameSite), and Django pads each compressed answer at random.
    No other pages are compressed.
    """
    return wraps(view)(require_safe(login_required(gzip_page(view))))


def csv_response(table: ResultTable, *, prefix: str) -> HttpResponse:
    """The table as CSV: fractions at full precision, a dot as the decimal sign."""
    response = HttpResponse(
        write_table(table.header, table.rows), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{prefix}-{table.name}.csv"'
    return response


def asked_csv(tables: Iterable[ResultTable], name: str, *, prefix: str) -> HttpResponse:
    """That of the page's tables which `?csv=name` asks for. Raises NotFound for another name."""
    for table in tables:
        if table.name == name:
            return csv_response(table, prefix=prefix)
    raise NotFound("There is no such table.")
