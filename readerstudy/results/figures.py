"""The figures of an analysis as Plotly's own JSON, drawn in the browser; the paper's figure above all."""

from collections import Counter
from typing import Any

from django.utils.translation import gettext as _

from readerstudy.results.figure import CNN, MUTED, PERCENT, TEXT, Document, Figure, group_style
from readerstudy.results.figures_by_group import groups_figure, matched_figure


def all_figures(document: Document) -> list[Figure]:
    """The figures that the data allow, the paper's own first."""
    models = [
        figure
        for index, model in enumerate(document["models"], start=1)
        for figure in (roc_figure(document, model, index), matched_figure(model, index))
    ]
    return (
        [*models, groups_figure(document)]
        if models
        else [roc_figure(document, None, 0), groups_figure(document)]
    )


def roc_figure(document: Document, model: Document | None, index: int) -> Figure:
    """The paper's figure: the CNN's ROC with every reader as a point, the groups' means and the overall mean."""
    traces = [
        _chance(),
        *(_model_traces(model) if model else []),
        *_reader_traces(document),
        *_mean_traces(document),
    ]
    layout = {
        "xaxis": {
            "title": {"text": _("1 − specificity")},
            "range": [-0.02, 1.02],
            "constrain": "domain",
            **PERCENT,
        },
        "yaxis": {
            "title": {"text": _("Sensitivity")},
            "range": [-0.02, 1.04],
            "scaleanchor": "x",
            "constrain": "domain",
            **PERCENT,
        },
        "legend": {"orientation": "h", "y": -0.16, "yanchor": "top"},
    }
    title = (
        _("ROC of the CNN and the readers' operating points")
        if model
        else _("The readers' operating points")
    )
    table = f"model-{index}-roc" if model else "readers"
    return Figure(
        f"roc-{index}",
        title,
        _roc_caption(document, model),
        {"data": traces, "layout": layout},
        table,
    )


def _roc_caption(document: Document, model: Document | None) -> str:
    counts = document["counts"]
    words = {**counts, "runs": len(model["runs"]) if model else 0}
    # Analyses of before this was told are of crossed studies.
    same = (
        _("%(readers)d readers graded the same %(cases)d cases (%(positives)d malignant).")
        if document["study"].get("crossed", True)
        else _(
            "%(readers)d readers graded %(cases)d cases (%(positives)d malignant), not everybody every case."
        )
    )
    readers = _(
        " Each point is a reader's "
        "sensitivity and 1 − specificity; its area grows with the number of readers on the same spot. Diamonds "
        "are the means of the rank groups, the large cross is the mean of all with its 95 %% interval "
        "(readers and cases random)."
    )
    curves = _(
        " Thin lines are the empirical ROC curves of %(runs)d training runs, the thick line is their vertical "
        "mean, the band runs from the lowest to the highest."
    )
    return (same + readers + (curves if model else "")) % words


def _chance() -> dict[str, Any]:
    line = {"color": MUTED, "width": 1, "dash": "dot"}
    return {
        "x": [0, 1],
        "y": [0, 1],
        "mode": "lines",
        "line": line,
        "name": _("Chance"),
        "hoverinfo": "skip",
    }


def _model_traces(model: Document) -> list[dict[str, Any]]:
    mean = model["mean_roc"]
    band = {
        "x": [*mean["fpf"], *reversed(mean["fpf"])],
        "y": [*mean["high"], *reversed(mean["low"])],
        "fill": "toself",
        "fillcolor": CNN,
        "opacity": 0.15,
        "mode": "none",
        "hoverinfo": "skip",
        "name": _("Range of runs"),
    }
    runs = [_run_trace(run, first=number == 0) for number, run in enumerate(model["runs"])]
    thick = {
        "x": mean["fpf"],
        "y": mean["mean"],
        "mode": "lines",
        "line": {"color": CNN, "width": 3.5},
        "name": _("CNN, mean of runs"),
        "hovertemplate": "%{y:.1%} / %{x:.1%}<extra>" + _("CNN, mean of runs") + "</extra>",
    }
    return [band, *runs, thick]


def _run_trace(run: Document, *, first: bool) -> dict[str, Any]:
    return {
        "x": run["roc"]["fpf"],
        "y": run["roc"]["tpf"],
        "mode": "lines",
        "line": {"color": CNN, "width": 1},
        "opacity": 0.55,
        "name": _("CNN, single runs"),
        "legendgroup": "runs",
        "showlegend": first,
        "hovertemplate": "%{y:.1%} / %{x:.1%}<extra>" + run["label"] + "</extra>",
    }


def _reader_traces(document: Document) -> list[dict[str, Any]]:
    """One trace per rank group, one marker per spot, with the pseudonyms on it."""
    readers = document["readers"]
    return [
        _spots([p for p in readers["points"] if p["group"] == group["name"]], group["name"], number)
        for number, group in enumerate(readers["groups"])
    ]


def _spots(points: list[Document], name: str, number: int) -> dict[str, Any]:
    colour, symbol = group_style(number)
    spots = Counter((1 - point["specificity"], point["sensitivity"]) for point in points)
    on_spot = {
        spot: ", ".join(
            p["code"] for p in points if (1 - p["specificity"], p["sensitivity"]) == spot
        )
        for spot in spots
    }
    return {
        "x": [spot[0] for spot in spots],
        "y": [spot[1] for spot in spots],
        "mode": "markers",
        # Area, not diameter, in proportion to the number of readers.
        "marker": {
            "color": colour,
            "symbol": symbol,
            "size": [7 * count**0.5 for count in spots.values()],
            "opacity": 0.75,
            "line": {"color": "var(--surface)", "width": 0.75},
        },
        "text": [f"{on_spot[spot]} ({count})" for spot, count in spots.items()],
        "hovertemplate": "%{text}<br>%{y:.1%} / %{x:.1%}<extra>" + name + "</extra>",
        "name": name,
    }


def _mean_traces(document: Document) -> list[dict[str, Any]]:
    readers = document["readers"]
    diamonds = [
        {
            "x": [1 - group["specificity"]["mean"]],
            "y": [group["sensitivity"]["mean"]],
            "mode": "markers",
            "marker": {
                "symbol": "diamond",
                "size": 14,
                "color": group_style(number)[0],
                "line": {"color": TEXT, "width": 2},
            },
            "name": _("Mean: %(group)s") % {"group": group["name"]},
            "hovertemplate": "%{y:.1%} / %{x:.1%}<extra>" + group["name"] + "</extra>",
        }
        for number, group in enumerate(readers["groups"])
    ]
    return [*diamonds, _overall_mean(readers)]


def _overall_mean(readers: Document) -> dict[str, Any]:
    return {
        "x": [1 - readers["specificity"]["mean"]],
        "y": [readers["sensitivity"]["mean"]],
        # On the axis 1 − specificity the interval's ends change places.
        "error_x": _error_bar(readers["specificity"], mirrored=True),
        "error_y": _error_bar(readers["sensitivity"], mirrored=False),
        "mode": "markers",
        "marker": {"symbol": "x", "size": 13, "color": TEXT},
        "name": _("Mean of all readers"),
        "hovertemplate": "%{y:.1%} / %{x:.1%}<extra>" + _("Mean of all readers") + "</extra>",
    }


def _error_bar(rate: Document, *, mirrored: bool) -> dict[str, Any]:
    low, high = rate["interval"]["low"], rate["interval"]["high"]
    if low is None or high is None:
        return {"visible": False}
    below, above = rate["mean"] - low, high - rate["mean"]
    plus, minus = (below, above) if mirrored else (above, below)
    return {
        "type": "data",
        "symmetric": False,
        "array": [plus],
        "arrayminus": [minus],
        "color": TEXT,
        "thickness": 2,
        "width": 6,
    }
