"""Figures that compare rank groups: the matched operating points and the spread of the readers."""

from typing import Any

from django.utils.translation import gettext as _

from readerstudy.results.figure import CNN, PERCENT, TEXT, Document, Figure, group_style
from readerstudy.results.sentences import percent


def matched_figure(model: Document, index: int) -> Figure:
    """The CNN's specificity at each group's mean sensitivity beside the group's own specificity."""
    rows = list(reversed(model["matched"][0]["specificity_at_sensitivity"]))
    names = [row["group"] or _("All readers") for row in rows]
    labels = [f"{name} ({percent(row['target'])})" for name, row in zip(names, rows, strict=True)]
    readers = {
        "x": [row["readers"] for row in rows],
        "y": labels,
        "mode": "markers",
        "marker": {"symbol": "diamond", "size": 12, "color": TEXT},
        "name": _("Readers, mean"),
        "hovertemplate": "%{x:.1%}<extra></extra>",
    }
    cnn = {
        "x": [row["mean"] for row in rows],
        "y": labels,
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [row["high"] - row["mean"] for row in rows],
            "arrayminus": [row["mean"] - row["low"] for row in rows],
            "color": CNN,
            "thickness": 2.5,
            "width": 7,
        },
        "mode": "markers",
        "marker": {"size": 13, "color": CNN},
        "name": _("CNN, mean and range of runs"),
        "hovertemplate": "%{x:.1%}<extra></extra>",
    }
    layout = {
        "xaxis": {"title": {"text": _("Specificity")}, "range": [0, 1.02], **PERCENT},
        "yaxis": {"automargin": True},
        "legend": {"orientation": "h", "y": -0.2, "yanchor": "top"},
    }
    caption = _(
        "At the mean sensitivity of each group of readers (in brackets), the specificity of the CNN, read off each "
        "run's empirical ROC by linear interpolation; the bar runs from the lowest to the highest training run. "
        "A group's mean operating point lies below its members' own curves, so this comparison favours the CNN."
    )
    title = _("Specificity at the same sensitivity")
    plot = {"data": [cnn, readers], "layout": layout}
    return Figure(
        f"matched-{index}", title, caption, plot, f"model-{index}-specificity-at-sensitivity"
    )


def groups_figure(document: Document) -> Figure:
    """Every reader's sensitivity and specificity by rank group, as boxes with the points beside them."""
    traces: list[dict[str, Any]] = []
    for number, group in enumerate(document["readers"]["groups"]):
        points = [
            point for point in document["readers"]["points"] if point["group"] == group["name"]
        ]
        traces.append(_box(group["name"], points, number))
    layout = {
        "boxmode": "group",
        "yaxis": {"range": [0, 1.04], **PERCENT},
        "legend": {"orientation": "h", "y": -0.12, "yanchor": "top"},
    }
    caption = _(
        "Each point is one reader; boxes show median and quartiles. Whiskers reach the furthest reader within "
        "1.5 times the distance between the quartiles."
    )
    plot = {"data": traces, "layout": layout}
    return Figure("groups", _("Readers by rank group"), caption, plot, "groups")


def _box(name: str, points: list[Document], number: int) -> dict[str, Any]:
    colour, _symbol = group_style(number)
    measures = (("sensitivity", _("Sensitivity")), ("specificity", _("Specificity")))
    return {
        "type": "box",
        "name": name,
        "x": [label for _key, label in measures for _point in points],
        "y": [point[key] for key, _label in measures for point in points],
        "boxpoints": "all",
        "jitter": 0.5,
        "pointpos": 0,
        "marker": {"color": colour, "size": 4, "opacity": 0.7},
        "line": {"width": 1.5},
        "fillcolor": "rgba(0,0,0,0)",
        "hovertemplate": "%{y:.1%}<extra>" + name + "</extra>",
    }
