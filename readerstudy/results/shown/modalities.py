"""The modalities of a finished study against each other."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from readerstudy.core.sentences import translated
from readerstudy.results.figure import TEXT, Document, Figure, group_style
from readerstudy.results.shown.topic import Topic
from readerstudy.results.table_model import ResultTable

_ROW = ("estimate", "low", "high")


def tables(document: Document) -> list[ResultTable]:
    """Every modality's figures, every difference, and Obuchowski–Rockette where it could be computed."""
    section = document.get("sections", {}).get("modalities", {})
    if "figures" not in section:
        return []
    return [_means(section), _differences(section), *_classical(section["obuchowski_rockette"])]


def _figure_name(name: str) -> str:
    return {"auc": "AUC", "sensitivity": _("Sensitivity"), "specificity": _("Specificity")}[name]


def _means(section: Document) -> ResultTable:
    header = (
        _("Modality"), _("Figure"), _("Readers"), _("Mean over readers"), _("95 % CI, low"), _("95 % CI, high"),
        _("Why not"),
    )  # fmt: skip
    rows = tuple(
        (one["modality"], _figure_name(part["figure"]), one["n_readers"], *(one[key] for key in _ROW), one["reason"])
        for part in section["figures"]
        for one in part["modalities"]
    )  # fmt: skip
    kinds = ("text", "text", "count", "auc", "auc", "auc", "reason")
    return ResultTable("modalities", _("Modalities"), header, kinds, rows)


def _differences(section: Document) -> ResultTable:
    header = (
        _("Difference"), _("Figure"), _("Estimate"), _("95 % CI, low"), _("95 % CI, high"), "df", "p", _("Why not"),
    )  # fmt: skip
    rows = tuple(
        (f"{one['a']} − {one['b']}", _figure_name(part["figure"]), *(one[key] for key in (*_ROW, "df", "p", "reason")))
        for part in section["figures"]
        for one in part["differences"]
    )  # fmt: skip
    kinds = ("text", "text", *["difference_auc"] * 3, "number", "p", "reason")
    return ResultTable(
        "modality-differences", _("Differences between modalities"), header, kinds, rows
    )


def _classical(part: Document) -> list[ResultTable]:
    if "differences" not in part:
        return []
    header = (_("Difference"), _("Estimate"), _("95 % CI, low"), _("95 % CI, high"), "df", "p")
    rows = tuple(
        (f"{one['a']} − {one['b']}", *(one[key] for key in (*_ROW, "df", "p")))
        for one in part["differences"]
    )
    title = _("Differences of the AUC after Obuchowski and Rockette")
    kinds = ("text", *["difference_auc"] * 3, "number", "p")
    return [ResultTable("modality-obuchowski-rockette", title, header, kinds, rows)]


def figures(document: Document) -> list[Figure]:
    """Means of the modalities with their intervals."""
    section = document.get("sections", {}).get("modalities", {})
    if "figures" not in section:
        return []
    traces = [_trace(part, number) for number, part in enumerate(section["figures"])]
    layout = {
        "xaxis": {"title": {"text": _("Mean over readers")}, "range": [0, 1]},
        "yaxis": {"automargin": True, "autorange": "reversed", "type": "category"},
        "legend": {"orientation": "h", "y": -0.2, "yanchor": "top"},
    }
    caption = _(
        "Mean over the readers of each modality with its 95 %% interval, readers and cases random. %(method)s"
    ) % {"method": translated(section["method"])}
    plot = {"data": traces, "layout": layout}
    return [Figure("modalities", _("The modalities side by side"), caption, plot, "modalities")]


def _trace(part: Document, number: int) -> Document:
    """What cannot be computed is left out of the figure and stands in the table with its reason."""
    rows = [one for one in part["modalities"] if one["estimate"] is not None]
    whole = [one if one["low"] is not None else {**one, "low": one["estimate"], "high": one["estimate"]} for one in rows]  # fmt: skip
    colour, symbol = group_style(number)
    return {
        "type": "scatter",
        "mode": "markers",
        "name": _figure_name(part["figure"]),
        "x": [one["estimate"] for one in whole],
        "y": [f"{one['modality']}, {_figure_name(part['figure'])}" for one in whole],
        "marker": {"color": colour, "symbol": symbol, "size": 10, "line": {"color": TEXT, "width": 1}},
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [one["high"] - one["estimate"] for one in whole],
            "arrayminus": [one["estimate"] - one["low"] for one in whole],
            "color": colour,
        },
    }  # fmt: skip


TOPIC = Topic(
    "modalities", gettext_lazy("Modalities"), ("modalities",), tables, figures, is_optional=True
)
