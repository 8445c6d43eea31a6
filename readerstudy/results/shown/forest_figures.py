"""Forest plots: every reader's measure with its interval, in the order of the measure."""

from typing import Any

from django.utils.translation import gettext as _

from readerstudy.results.figure import PERCENT, Document, Figure, group_style
from readerstudy.results.shown.comparison_figures import BELOW, error_bars
from readerstudy.results.shown.comparison_words import figure_name


def groups_of(document: Document, rows: list[dict[str, Any]]) -> list[str]:
    """The rank groups in the order of the study, whose colours they have in every figure."""
    known = [group["name"] for group in document.get("readers", {}).get("groups", ())]
    return known or sorted({row["group"] for row in rows})


def forest_figure(rows: list[dict[str, Any]], measure: str, groups: list[str]) -> Figure:
    """One measure of all readers; rows have `code`, `group` and the measure's value and limits."""
    known = [row for row in rows if row[f"{measure}_value"] is not None]
    known.sort(key=lambda row: row[f"{measure}_value"])
    placed = [
        {
            "rank": rank,
            "code": row["code"],
            "group": row["group"],
            **{end: row[f"{measure}_{end}"] for end in ("value", "low", "high")},
        }
        for rank, row in enumerate(known, start=1)
    ]
    traces = [
        _of_group([row for row in placed if row["group"] == group], group, number, measure)
        for number, group in enumerate(groups)
    ]  # fmt: skip
    layout = {
        "xaxis": {"title": {"text": _("Readers, in the order of the measure")}},
        "yaxis": {"title": {"text": figure_name(measure)}, **({} if measure == "auc" else PERCENT)},
        "legend": BELOW,
    }
    title = _("%(measure)s of every reader") % {"measure": figure_name(measure)}
    plot = {"data": traces, "layout": layout}
    return Figure(f"forest-{measure}", title, _caption(measure), plot, "reader-rates")


def _caption(measure: str) -> str:
    if measure == "auc":
        return _(
            "The area under each reader's empirical ROC curve of decision and confidence with DeLong's interval (95 %); the "
            "reader is fixed, the cases are random. An area of 0 or 1 has no such interval."
        )
    return _(
        "Each reader's rate with Wilson's interval (95 %); the reader is fixed, the cases are random. Cases that the "
        "reader could not assess are left out."
    )


def _of_group(rows: list[dict[str, Any]], name: str, number: int, measure: str) -> dict[str, Any]:
    colour, symbol = group_style(number)
    shown = "%{y:.3f}" if measure == "auc" else "%{y:.1%}"
    return {
        "x": [row["rank"] for row in rows],
        "y": [row["value"] for row in rows],
        "text": [row["code"] for row in rows],
        "error_y": {**error_bars(rows, colour), "thickness": 1, "width": 0},
        "mode": "markers",
        "marker": {"color": colour, "symbol": symbol, "size": 7},
        "name": name,
        "hovertemplate": "%{text}: " + shown + "<extra>" + name + "</extra>",
    }
