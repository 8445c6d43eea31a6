"""Boxes of the readers' median times, and the curves along the order of the cases."""

from typing import Any

from django.utils.translation import gettext as _

from readerstudy.results.figure import TEXT, Document, Figure, group_style
from readerstudy.results.shown.marks import bars


def time_figures(part: Document) -> list[Figure]:
    """Without a known order the boxes alone."""
    found = [_boxes(part)]
    if "tenths" in part["order"]:
        found += [_time_curve(part["order"]), _right_curve(part["order"])]
    return found


def _boxes(part: Document) -> Figure:
    traces = [_box(group["name"], part["readers"], number) for number, group in enumerate(part["groups"])]  # fmt: skip
    layout = {
        "yaxis": {"title": {"text": _("Median time to the decision, s")}, "rangemode": "tozero"},
        "showlegend": False,
    }
    caption = _(
        "Each point is the median time of one reader to the decision, of answers that nothing disturbed; boxes show median "
        "and quartiles of the readers of a rank group. Whiskers reach the furthest reader within 1.5 times the distance "
        "between the quartiles."
    )
    plot = {"data": traces, "layout": layout}
    return Figure("time-readers", _("Time to the decision by rank group"), caption, plot, "time-readers")  # fmt: skip


def _box(name: str, readers: list[Document], number: int) -> dict[str, Any]:
    colour, _symbol = group_style(number)
    own = [row for row in readers if row["group"] == name and row["median"] is not None]
    return {
        "type": "box",
        "name": name,
        "y": [row["median"] for row in own],
        "text": [row["code"] for row in own],
        "boxpoints": "all",
        "jitter": 0.5,
        "pointpos": 0,
        "marker": {"color": colour, "size": 4, "opacity": 0.7},
        "line": {"width": 1.5},
        "fillcolor": "rgba(0,0,0,0)",
        "hovertemplate": "%{text}: %{y:.1f} s<extra>" + name + "</extra>",
    }


def _time_curve(order: Document) -> Figure:
    rows = [row for row in order["tenths"] if row["median"] is not None]
    tenths = [row["tenth"] for row in rows]
    median, low, high = ([row[name] for row in rows] for name in ("median", "low", "high"))
    marks = {
        "x": tenths,
        "y": median,
        "error_y": {**bars(median, low, high), "width": 5},
        "mode": "markers",
        "marker": {"size": 9, "color": TEXT},
        "name": _("Median and quartiles"),
        "hovertemplate": "%{y:.1f} s<extra></extra>",
    }
    traces = [marks, *_fitted(tenths, [row["fitted_seconds"] for row in rows], "%{y:.1f} s")]
    caption = _(
        "All readers' answers in tenths of each reader's own order: median and quartiles of the times that nothing disturbed. "
        "The line is the trend of the geometric mean, from log time on the place in the order with a constant for each reader "
        "and each case; it falls where readers become faster."
    )
    plot = {"data": traces, "layout": _layout(_("Time to the decision, s"), rangemode="tozero")}
    return Figure("time-order", _("Time along the order"), caption, plot, "time-order")


def _right_curve(order: Document) -> Figure:
    rows = [row for row in order["tenths"] if row["share_right"] is not None]
    tenths = [row["tenth"] for row in rows]
    marks = {
        "x": tenths,
        "y": [row["share_right"] for row in rows],
        "mode": "markers",
        "marker": {"size": 9, "color": TEXT},
        "name": _("Share of right answers"),
        "hovertemplate": "%{y:.1%}<extra></extra>",
    }
    traces = [marks, *_fitted(tenths, [row["fitted_right"] for row in rows], "%{y:.1%}")]
    caption = _(
        "Share of right decisions in tenths of each reader's own order. The line is the trend with a constant for each reader "
        "and each case: it rises where readers learn and falls where they tire."
    )
    plot = {"data": traces, "layout": _layout(_("Right decisions"), tickformat=".1%")}
    return Figure("time-right", _("Right answers along the order"), caption, plot, "time-order")


def _fitted(tenths: list[int], values: list[float | None], hover: str) -> list[dict[str, Any]]:
    """Nothing where place and case could not be told apart."""
    if None in values:
        return []
    line = {"color": "var(--series-2)", "width": 2.5}
    return [
        {
            "x": tenths,
            "y": values,
            "mode": "lines",
            "line": line,
            "name": _("Trend within readers and cases"),
            "hovertemplate": hover + "<extra></extra>",
        }
    ]


def _layout(title: str, **axis: Any) -> dict[str, Any]:
    return {
        "xaxis": {"title": {"text": _("Tenth of the order")}, "dtick": 1},
        "yaxis": {"title": {"text": title}, **axis},
        "legend": {"orientation": "h", "y": -0.2, "yanchor": "top"},
    }
