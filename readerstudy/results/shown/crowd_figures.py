"""The figures of crowds: what a panel of k readers reaches, with the CNN beside it."""

from typing import Any

from django.utils.translation import gettext as _

from readerstudy.results.figure import CNN, PERCENT, Document, Figure
from readerstudy.results.shown.marks import band, level_line, line, wide
from readerstudy.results.shown.panel_words import measure_names, scale_names

_COLOURS = {
    "sensitivity": "var(--series-2)", "specificity": "var(--series-7)", "accuracy": "var(--series-3)",
    "rating": "var(--series-2)", "rank": "var(--series-7)",
}  # fmt: skip
_DASHES = {"sensitivity": "solid", "specificity": "longdash", "accuracy": "dashdot"}


def votes_figure(part: Document) -> Figure:
    """Sensitivity, specificity and accuracy of the majority vote against the size of the panel."""
    rows = part["votes"]["sizes"]
    x = [row["size"] for row in rows]
    traces = [trace for key in ("sensitivity", "specificity") for trace in _rate(x, rows, key)]
    names = measure_names()
    traces.append(
        line(
            x, [row["accuracy"] for row in rows], names["accuracy"], _COLOURS["accuracy"], dash=_DASHES["accuracy"],
            hovertemplate="%{x}: %{y:.1%}<extra>" + names["accuracy"] + "</extra>",
        )
    )  # fmt: skip
    traces += _cnn_rates(part["models"], x)
    layout = wide(
        _("Readers in the panel"), _("Majority vote"), xaxis={"rangemode": "tozero"}, yaxis={"range": [0, 1.02], **PERCENT},
    )  # fmt: skip
    caption = _(
        "Expected sensitivity, specificity and accuracy of the majority vote of a random panel of the study's readers, "
        "exact, with intervals over cases (readers fixed). A tie counts half for either class, which panels of an "
        "even number may have. Horizontal lines: the CNN at the threshold of its card, mean of the runs."
    )
    plot = {"data": traces, "layout": layout}
    title = _("The majority vote by the size of the panel")
    return Figure("crowd-votes", title, caption, plot, "crowd-votes")


def _rate(x: list[int], rows: list[Document], key: str) -> list[dict[str, Any]]:
    values, low, high = ([row[key][at] for row in rows] for at in ("value", "low", "high"))
    name = measure_names()[key]
    hover = "%{x}: %{y:.1%}<extra>" + name + "</extra>"
    area = band(x, low, high, _("Interval"), _COLOURS[key]) | {"showlegend": False}
    return [area, line(x, values, name, _COLOURS[key], dash=_DASHES[key], hovertemplate=hover)]


def _cnn_rates(models: list[Document], x: list[int]) -> list[dict[str, Any]]:
    names = measure_names()
    return [
        level_line(model["decision"][key]["mean"], x, f"{model['model']}: {names[key]}", CNN, _DASHES[key])
        for model in models
        if "reason" not in model["decision"]
        for key in ("sensitivity", "specificity")
    ]  # fmt: skip


def ratings_figure(part: Document) -> Figure:
    """AUC of the mean rating and of the mean rank against the size of the panel."""
    scales = [one for one in part["ratings"] if "sizes" in one]
    traces = [trace for scale in scales for trace in _area(scale)]
    x = [row["size"] for row in scales[0]["sizes"]]
    traces += [level_line(model["auc"]["mean"], x, model["model"], CNN) for model in part["models"]]
    layout = wide(_("Readers in the panel"), _("AUC"), xaxis={"rangemode": "tozero"})
    caption = _(
        "AUC of the mean rating, and of the mean of the readers' ranks, of random panels of the study's readers: mean of "
        "the panels, and the middle 95 percent of them, which is no confidence interval. Horizontal line: the CNN, mean "
        "of the runs."
    )
    plot = {"data": traces, "layout": layout}
    title = _("The mean rating by the size of the panel")
    return Figure("crowd-ratings", title, caption, plot, "crowd-ratings")


def _area(scale: Document) -> list[dict[str, Any]]:
    rows, key = scale["sizes"], scale["scale"]
    x = [row["size"] for row in rows]
    low, high = ([row[name] for row in rows] for name in ("percentile_2_5", "percentile_97_5"))
    name = scale_names()[key]
    hover = "%{x}: %{y:.3f}<extra>" + name + "</extra>"
    dash = "solid" if key == "rating" else "longdash"
    area = band(x, low, high, name, _COLOURS[key]) | {"showlegend": False}
    values = [row["mean"] for row in rows]
    return [area, line(x, values, name, _COLOURS[key], dash=dash, hovertemplate=hover)]
