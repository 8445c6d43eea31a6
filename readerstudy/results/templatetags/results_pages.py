"""What the pages of results share: their navigation, and where a table's CSV is."""

from typing import Any

from django import template
from django.template import Context
from django.urls import reverse

from readerstudy.results.finished.models import FinishedStudy
from readerstudy.results.shown import topics_of
from readerstudy.results.table_model import ResultTable

register = template.Library()


@register.inclusion_tag("results/_topics.html", takes_context=True)
def results_nav(context: Context, study: Any, current: str) -> dict[str, Any]:
    """The topics of the results and the pages to explore, `current` marked; of an imported study those that it has."""
    analysis = context.get("analysis")
    document = analysis.document if analysis and analysis.document else {}
    return {
        "request": context["request"],
        "study": study,
        "topics": topics_of(document),
        "current": current,
        "is_own": not isinstance(study, FinishedStudy),
    }


@register.simple_tag(takes_context=True)
def table_csv_url(context: Context, table: ResultTable) -> str:
    """Where the table is as CSV: beside its analysis, or at the page itself where that has tables of its own."""
    if not context.get("own_tables"):
        return reverse("results:table-csv", args=[context["analysis"].public_id, table.name])
    request = context["request"]
    asked = request.GET.copy()
    asked["csv"] = table.name
    return f"{request.path}?{asked.urlencode()}"
