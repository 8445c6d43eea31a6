"""Figures of the CNN at its threshold and at the readers' own operating points."""

from typing import Any

from django.utils.translation import gettext as _

from readerstudy.results.figure import CNN, Document, Figure, group_style
from readerstudy.results.sentences import percent
from readerstudy.results.shown.comparison_figures import BELOW, error_bars, line_at
from readerstudy.results.shown.comparison_words import figure_name, run_name
from readerstudy.results.shown.forest_figures import groups_of

_POINTS = {"tickformat": "+.0%"}
_SECOND = "var(--series-2)"


def thresholds_figure(model: dict[str, Any], index: int, level: float) -> Figure:
    """Both rates of every run at its threshold minus the readers' mean."""
    mean = [{"label": "", **model["mean"]}] if model["mean"] else []
    runs = [*mean, *model["runs"]]
    traces = [
        _of_rate(runs, rate, colour, symbol)
        for rate, colour, symbol in (
            ("sensitivity", CNN, "circle"),
            ("specificity", _SECOND, "square"),
        )
    ]
    layout = {
        "xaxis": {"title": {"text": _("Difference CNN − readers")}, **_POINTS},
        "yaxis": {"automargin": True, "autorange": "reversed", "type": "category"},
        "legend": BELOW,
        "shapes": [line_at(0, axis="x")],
    }
    caption = _(
        "Sensitivity and specificity of each training run at the threshold of its own card minus the readers' mean, with "
        "%(level)s intervals in which readers and cases are random; the runs count as fixed."
    ) % {"level": percent(level, 0)}
    title = _("At the fixed threshold: %(model)s minus the readers") % {"model": model["name"]}
    name = f"threshold-differences-{index}"
    return Figure(name, title, caption, {"data": traces, "layout": layout}, name)


def _of_rate(runs: list[Any], rate: str, colour: str, symbol: str) -> dict[str, Any]:
    rows = [run["differences"][rate] for run in runs]
    return {
        "x": [row["value"] for row in rows],
        "y": [run_name(run["label"]) for run in runs],
        "error_x": error_bars(rows, colour),
        "mode": "markers",
        "marker": {"size": 10, "color": colour, "symbol": symbol},
        "name": figure_name(rate),
        "hovertemplate": "%{x:+.1%}<extra>%{y}</extra>",
    }


def gains_figure(
    document: Document, model: dict[str, Any], index: int, part: dict[str, Any]
) -> Figure:
    """The difference at each reader's own sensitivity, readers in its order, by rank group."""
    gains = model["readers"][0]["difference"]
    rows = [
        {"code": code, "group": group, "gain": gain}
        for code, group, gain in zip(part["codes"], part["groups"], gains, strict=True)
    ]
    rows.sort(key=lambda row: row["gain"])
    placed = [{**row, "rank": rank} for rank, row in enumerate(rows, start=1)]
    traces = [
        _of_group([row for row in placed if row["group"] == group], group, number)
        for number, group in enumerate(groups_of(document, rows))
    ]
    layout = {
        "xaxis": {"title": {"text": _("Readers, in the order of the difference")}},
        "yaxis": {"title": {"text": _("Specificity, CNN − reader")}, **_POINTS},
        "legend": BELOW,
        "shapes": [line_at(0, axis="y")],
    }
    caption = _(
        "For every reader the specificity of the CNN at the reader's own sensitivity, interpolated on each run's "
        "empirical ROC and averaged over the runs, minus the reader's specificity. Above the line the CNN is better."
    )
    title = _("Paired differences: %(model)s at each reader's sensitivity") % {
        "model": model["name"]
    }
    name = f"matched-readers-{index}"
    return Figure(name, title, caption, {"data": traces, "layout": layout}, name)


def _of_group(rows: list[dict[str, Any]], name: str, number: int) -> dict[str, Any]:
    colour, symbol = group_style(number)
    return {
        "x": [row["rank"] for row in rows],
        "y": [row["gain"] for row in rows],
        "text": [row["code"] for row in rows],
        "mode": "markers",
        "marker": {"color": colour, "symbol": symbol, "size": 8},
        "name": name,
        "hovertemplate": "%{text}: %{y:+.1%}<extra>" + name + "</extra>",
    }


def gains_histogram(model: dict[str, Any], index: int) -> Figure:
    """How many readers the CNN surpasses by how much, in both rates."""
    kinds = ((model["readers"][0], CNN, ""), (model["readers"][1], _SECOND, "/"))
    traces = [
        {
            "type": "histogram",
            "x": each["difference"],
            "xbins": {"start": -1, "end": 1, "size": 0.05},
            "autobinx": False,
            "name": figure_name(each["compared"]),
            "opacity": 0.75,
            "marker": {"color": colour, "pattern": {"shape": shape}},
            "hovertemplate": "%{x}: %{y}<extra>" + figure_name(each["compared"]) + "</extra>",
        }
        for each, colour, shape in kinds
    ]
    layout = {
        "barmode": "overlay",
        "xaxis": {"title": {"text": _("Difference CNN − reader")}, **_POINTS},
        "yaxis": {"title": {"text": _("Readers")}},
        "legend": BELOW,
        "shapes": [line_at(0, axis="x")],
    }
    caption = _(
        "Readers by the difference between the CNN and the reader, in steps of 5 percentage points: specificities at the "
        "reader's own sensitivity, sensitivities at the reader's own specificity, mean of the runs. Right of the line the "
        "CNN is better."
    )
    title = _("By how much is %(model)s better than the readers?") % {"model": model["name"]}
    plot = {"data": traces, "layout": layout}
    return Figure(f"matched-histogram-{index}", title, caption, plot, f"matched-readers-{index}")
