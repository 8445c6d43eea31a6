"""Figures of the comparison of the CNN with the readers."""

from typing import Any

from django.utils.translation import gettext as _

from readerstudy.results.figure import CNN, MUTED, TEXT, Document, Figure, group_style
from readerstudy.results.sentences import percent
from readerstudy.results.shown.comparison_words import (
    comparison_name,
    figure_name,
    role_name,
    run_name,
)
from readerstudy.results.shown.marks import bars

BELOW = {"orientation": "h", "y": -0.3, "yanchor": "top"}
_ROLES = {"primary": "diamond", "secondary": "circle", "exploratory": "circle-open"}


def error_bars(rows: list[dict[str, Any]], colour: str) -> dict[str, Any]:
    """The intervals of rows with `value`, `low` and `high`; none where there is none."""
    values, low, high = ([row[name] for row in rows] for name in ("value", "low", "high"))
    return bars(values, low, high, colour)


def line_at(value: float, *, axis: str, dash: str = "solid") -> dict[str, Any]:
    """A line across the plot at a value of an axis."""
    other = "y" if axis == "x" else "x"
    return {
        "type": "line",
        f"{axis}0": value,
        f"{axis}1": value,
        f"{other}0": 0,
        f"{other}1": 1,
        f"{other}ref": "paper",
        "line": {"color": MUTED, "width": 1, "dash": dash},
    }


def claims_figure(part: dict[str, Any]) -> Figure:
    """Every planned comparison as an interval, beside no difference and the margin."""
    rows = list(_claimed(part))
    traces = [
        _intervals([row for row in rows if row["role"] == role], role)
        for role in _ROLES
        if any(row["role"] == role for row in rows)
    ]
    margins = [row for row in rows if row["margin"]]
    layout = {
        "xaxis": {"title": {"text": _("Difference CNN − readers")}, "tickformat": ".2f"},
        "yaxis": {"automargin": True, "autorange": "reversed"},
        "legend": BELOW,
        "shapes": [line_at(0, axis="x")],
    }
    plot = {"data": [*traces, *([_margins(margins)] if margins else [])], "layout": layout}
    caption = _(
        "The mean of the training runs (or the only run) minus the mean of the readers, with %(level)s intervals in which "
        "readers and cases are random; the line is no difference. A thick upright mark is the non-inferiority margin of the "
        "primary comparison: an interval wholly to its right shows non-inferiority, one wholly to the right of the line "
        "superiority."
    ) % {"level": percent(part["level"], 0)}
    title = _("Differences, their intervals and the margin")
    return Figure("comparison-claims", title, caption, plot, "comparison-claims")


def _claimed(part: dict[str, Any]) -> Any:
    several = len(part["models"]) > 1
    for model in part["models"]:
        for one in model["comparisons"]:
            for row in one["differences"]:
                label = _label(one["comparison"], row["figure"])
                label = f"{model['name']}: {label}" if several else label
                if row["value"] is not None:
                    yield {**row, "y": label, "role": one["role"], "margin": row["claim"]["margin"]}  # fmt: skip


def _label(comparison: str, figure: str) -> str:
    if comparison == "fixed_threshold":
        return _("%(measure)s at the fixed threshold") % {"measure": figure_name(figure)}
    return figure_name(figure) if comparison == "auc" else comparison_name(comparison)


def _intervals(rows: list[dict[str, Any]], role: str) -> dict[str, Any]:
    return {
        "x": [row["value"] for row in rows],
        "y": [row["y"] for row in rows],
        "error_x": error_bars(rows, CNN),
        "mode": "markers",
        "marker": {"size": 12, "color": CNN, "symbol": _ROLES[role]},
        "name": role_name(role),
        "hovertemplate": "%{x:.3f}<extra>%{y}</extra>",
    }


def _margins(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "x": [-row["margin"] for row in rows],
        "y": [row["y"] for row in rows],
        "mode": "markers",
        "marker": {"symbol": "line-ns", "size": 26, "line": {"color": TEXT, "width": 3}},
        "name": _("Non-inferiority margin"),
        "hovertemplate": "%{x:.3f}<extra></extra>",
    }


def areas_figure(document: Document) -> Figure:
    """The AUC of every training run beside that of every reader, by rank group."""
    runs = [
        _box(model["name"], [run["auc"]["value"] for run in model["runs"]], CNN)
        for model in document["models"]
    ]
    readers = document["readers"]
    groups = [
        _box(group["name"], _areas_of(readers, group["name"]), group_style(number)[0])
        for number, group in enumerate(readers["groups"])
    ]
    layout = {"yaxis": {"title": {"text": "AUC"}}, "showlegend": False}
    caption = _(
        "Each point is the area under the empirical ROC curve of one training run or one reader; boxes show median and "
        "quartiles. How far the runs lie apart is what training the network once more changes, how far the readers lie "
        "apart what asking somebody else changes."
    )
    title = _("Areas of training runs and readers")
    plot = {"data": [*runs, *groups], "layout": layout}
    return Figure("comparison-areas", title, caption, plot, "comparison-areas")


def _areas_of(readers: Document, group: str) -> list[float]:
    points = (point["auc"]["value"] for point in readers["points"] if point["group"] == group)
    return [value for value in points if value is not None]


def _box(name: str, values: list[float], colour: str) -> dict[str, Any]:
    return {
        "type": "box",
        "name": name,
        "y": values,
        "boxpoints": "all",
        "jitter": 0.5,
        "pointpos": 0,
        "marker": {"color": colour, "size": 5, "opacity": 0.75},
        "line": {"width": 1.5},
        "fillcolor": "rgba(0,0,0,0)",
        "hovertemplate": "%{y:.3f}<extra>" + name + "</extra>",
    }


def better_figure(model: Document, index: int) -> Figure:
    """In how many readers' cases each run is better in both rates, in one, in neither."""
    part = model["comparison"]
    labels = [*(run["label"] for run in model["runs"]), run_name("")]
    rows = [*part["runs"], part["mean"]]
    kinds = (
        ("both", _("Better in both"), CNN, ""),
        ("one", _("Better in one"), "var(--series-5)", "/"),
        ("neither", _("Better in neither"), "var(--series-8)", "x"),
    )
    traces = [
        {
            "type": "bar",
            "x": labels,
            "y": [row[key] for row in rows],
            "name": name,
            "marker": {"color": colour, "pattern": {"shape": shape}},
            "hovertemplate": "%{y}<extra>" + name + "</extra>",
        }
        for key, name, colour, shape in kinds
    ]
    layout = {
        "barmode": "stack",
        "yaxis": {"title": {"text": _("Readers")}},
        "xaxis": {"type": "category"},
        "legend": BELOW,
    }
    caption = _(
        "Readers by the rates in which the CNN is better: specificity at the reader's own sensitivity, and sensitivity at "
        "the reader's own specificity, read off the run's empirical ROC polygon; equal is not better. The last bar "
        "compares the mean of the runs' rates."
    )
    title = _("Than how many readers is %(model)s better?") % {"model": model["name"]}
    plot = {"data": traces, "layout": layout}
    return Figure(f"comparison-better-{index}", title, caption, plot, f"comparison-better-{index}")
