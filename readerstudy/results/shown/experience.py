"""The topic "experience": what readers reach against their years and skin checks."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from readerstudy.results.figure import PERCENT, Document, Figure
from readerstudy.results.sentences import decimal
from readerstudy.results.shown.marks import dots, limits_of, line, section, wide
from readerstudy.results.shown.panel_words import experience_names, measure_names
from readerstudy.results.shown.topic import Topic
from readerstudy.results.table_model import ResultTable

_STYLES = {
    "sensitivity": ("var(--series-2)", "circle"), "specificity": ("var(--series-7)", "diamond"),
}  # fmt: skip


def tables(document: Document) -> list[ResultTable]:
    """Correlations, then every reader's experience and performance."""
    part = section(document, "experience")
    return [] if part is None else [_correlations(part), _points(part)]


def _correlations(part: Document) -> ResultTable:
    limits = limits_of(part["level"])
    header = (
        _("Experience"), _("Measure"), _("Readers"), _("Spearman's rho"), *limits, "p", _("Slope of the line"), *limits,
        _("Intercept"), _("Why not"),
    )  # fmt: skip
    experiences, measures = experience_names(), measure_names()
    rows = tuple(
        (
            experiences[one["experience"]], measures[one["measure"]], one["n"],
            *_interval(one["spearman"]), one["spearman"].get("p"), *_interval(one["slope"]), one["intercept"],
            one["spearman"].get("reason") or one["slope"].get("reason"),
        )
        for one in part["correlations"]
    )  # fmt: skip
    kinds = ("text", "text", "count", *["auc"] * 3, "p", *["auc"] * 4, "reason")
    title = _("Experience and performance")
    return ResultTable("experience", title, header, kinds, rows)


def _interval(part: Document) -> tuple[Any, ...]:
    return tuple(part[name] for name in ("value", "low", "high"))


def _points(part: Document) -> ResultTable:
    experiences, measures = experience_names(), measure_names()
    header = (_("Reader"), _("Rank group"), *experiences.values(), *measures.values())
    keys = ("code", "group", *experiences, *measures)
    rows = tuple(tuple(one[key] for key in keys) for one in part["points"])
    kinds = ("text", "text", *["count"] * 4, *["rate"] * 3, "auc")
    title = _("Experience and performance of every reader")
    return ResultTable("experience-readers", title, header, kinds, rows)


def figures(document: Document) -> list[Figure]:
    """One per kind of experience that is recorded."""
    part = section(document, "experience")
    if part is None:
        return []
    known = dict.fromkeys(one["experience"] for one in part["correlations"])
    return [_figure(part, name) for name in known]


def _figure(part: Document, name: str) -> Figure:
    found = {one["measure"]: one for one in part["correlations"] if one["experience"] == name}
    traces = [trace for key in _STYLES for trace in _measure(part["points"], found[key], name, key)]
    label = experience_names()[name]
    layout = wide(label, _("Rate"), xaxis={"rangemode": "tozero"}, yaxis={"range": [0, 1.04], **PERCENT})  # fmt: skip
    words = {key: _rho(found[key]["spearman"]) for key in _STYLES}
    caption = _(
        "Each reader has one point of sensitivity and one of specificity; lines are least squares. Spearman's rho: "
        "%(sensitivity)s for sensitivity, %(specificity)s for specificity; the table has p values, accuracy and AUC."
    )
    plot = {"data": traces, "layout": layout}
    title = _("Performance by experience: %(experience)s") % {"experience": label}
    return Figure(f"experience-{name.replace('_', '-')}", title, caption % words, plot, "experience-readers")  # fmt: skip


def _rho(part: Document) -> str:
    if part["value"] is None:
        return "–"
    if part["low"] is None:
        return decimal(part["value"], 2)
    low, high = (decimal(part[end], 2) for end in ("low", "high"))
    return _("%(rho)s (interval %(low)s to %(high)s)") % {
        "rho": decimal(part["value"], 2),
        "low": low,
        "high": high,
    }


def _measure(points: list[Document], found: Document, name: str, key: str) -> list[dict[str, Any]]:
    known = [one for one in points if one[name] is not None]
    label = measure_names()[key]
    traces = [
        dots(
            [one[name] for one in known], [one[key] for one in known], label, _STYLES[key], size=7,
            text=[one["code"] for one in known], hovertemplate="%{text}<br>%{x}: %{y:.1%}<extra>" + label + "</extra>",
        )
    ]  # fmt: skip
    if found["start"] is None:
        return traces
    ends = list(zip(found["start"], found["end"], strict=True))
    dash = "solid" if key == "sensitivity" else "dash"
    fit = line(list(ends[0]), list(ends[1]), label, _STYLES[key][0], dash=dash, hoverinfo="skip", showlegend=False)  # fmt: skip
    return [*traces, fit]


TOPIC = Topic("experience", gettext_lazy("Experience"), ("experience",), tables, figures)
