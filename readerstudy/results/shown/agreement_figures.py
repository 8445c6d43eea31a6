"""The figures of agreement: coefficients by rank group, the heat map of pairs, readers with majority and CNN."""

import itertools
from typing import Any

from django.utils.translation import gettext as _

from readerstudy.results.figure import TEXT, Document, Figure, group_style
from readerstudy.results.sentences import decimal
from readerstudy.results.shown.marks import bars, dots, group_name, in_two_lines, wide
from readerstudy.results.shown.panel_words import coefficient_names

# From low to high agreement, the steps as text, since the page fills in the colours of lists that begin with one; in the light theme ever darker, in the dark one ever lighter, so that grey shows it too.
_SCALE = [["0", "var(--scale-low)"], ["0.5", "var(--scale-middle)"], ["1", "var(--scale-high)"]]
_DIGITS = 4  # of a colour; the table has the numbers


def coefficients_figure(part: Document) -> Figure:
    """Every coefficient of every group on all cases, with its interval."""
    names = {key: in_two_lines(name) for key, name in coefficient_names().items()}
    panels = [panel for panel in part["panels"] if panel["cases"] == "all"]
    traces = [_coefficients(panel, number, names) for number, panel in enumerate(panels)]
    layout = wide("", _("Coefficient"), xaxis={"tickangle": 0}, yaxis={"rangemode": "tozero"})
    layout["scattermode"] = "group"
    caption = _(
        "Agreement on all cases, by rank group, with intervals from the jackknife over cases (readers fixed). Chance-"
        "corrected coefficients depend on how often readers decide for a biopsy, which the table gives beside them."
    )
    plot = {"data": traces, "layout": layout}
    title = _("Agreement by rank group")
    return Figure("agreement-coefficients", title, caption, plot, "agreement-coefficients")


def _coefficients(panel: Document, number: int, names: dict[str, str]) -> dict[str, Any]:
    rows = panel["coefficients"]
    values, low, high = ([row[key] for row in rows] for key in ("estimate", "low", "high"))
    style = (TEXT, "x") if number == 0 else group_style(number - 1)
    return dots(
        [names[row["name"]] for row in rows],
        values,
        group_name(panel["group"]),
        style,
        size=9,
        error_y=bars(values, low, high, style[0]),
        hovertemplate="%{y:.3f}<extra>" + group_name(panel["group"]) + "</extra>",
    )


def heat_map(part: Document) -> Figure:
    """Cohen's kappa of every two readers, rank groups together."""
    readers = part["pairs"]["readers"]
    codes = [reader["code"] for reader in readers]
    cells = {
        "type": "heatmap",
        "x": codes,
        "y": codes,
        "z": _matrix(part["pairs"]["triangle"], len(codes)),
        "zmin": -1,
        "zmax": 1,
        "colorscale": _SCALE,
        "colorbar": {"title": {"text": "κ"}, "thickness": 14, "outlinewidth": 0},
        "hoverongaps": False,
        "hovertemplate": "%{y} – %{x}: κ = %{z:.3f}<extra></extra>",
    }
    caption = _(
        "Cohen's kappa of the decisions of every two of %(readers)d readers; lines part the rank groups. Mean of all "
        "pairs: %(mean)s. Gaps are pairs without a kappa. The colour runs from −1 over 0 (chance) to 1."
    ) % {"readers": len(codes), "mean": _kappa(part["pairs"]["mean"])}
    layout = _map_layout(readers)
    plot = {"data": [cells], "layout": layout}
    title = _("Agreement of every two readers")
    return Figure("agreement-pairs", title, caption, plot, "agreement-pairs")


def _kappa(value: float | None) -> str:
    return "–" if value is None else decimal(value, 2)


def _matrix(triangle: list[float | None], size: int) -> list[list[float | None]]:
    """The whole table from its upper triangle; nothing in the diagonal."""
    table: list[list[float | None]] = [[None] * size for _row in range(size)]
    for (i, j), kappa in zip(itertools.combinations(range(size), 2), triangle, strict=True):
        table[i][j] = table[j][i] = None if kappa is None else round(kappa, _DIGITS)
    return table


def _map_layout(readers: list[Document]) -> Document:
    """Ticks in the middle of each rank group, and lines between the groups."""
    runs = [
        (name, [place for place, _reader in members])
        for name, members in itertools.groupby(enumerate(readers), lambda one: one[1]["group"])
    ]
    ticks = {
        "tickmode": "array",
        "tickvals": [places[len(places) // 2] for _name, places in runs],
        "ticktext": [name for name, _places in runs],
        "showgrid": False,
        "constrain": "domain",
    }
    edges = [places[0] - 0.5 for _name, places in runs[1:]]
    return {
        "xaxis": {**ticks, "side": "bottom"},
        "yaxis": {**ticks, "autorange": "reversed", "scaleanchor": "x"},
        "shapes": [
            {"type": "line", "xref": "x", "yref": "y", "line": {"color": TEXT, "width": 1}, **ends}
            for edge in edges
            for ends in _lines(edge, len(readers))
        ],
    }


def _lines(edge: float, size: int) -> list[dict[str, float]]:
    first, last = -0.5, size - 0.5
    return [
        {"x0": edge, "x1": edge, "y0": first, "y1": last},
        {"x0": first, "x1": last, "y0": edge, "y1": edge},
    ]


def with_cnn_figure(part: Document, model: Document, number: int) -> Figure:
    """Each reader's kappa with the other readers' majority against that with the CNN."""
    majority = {one["code"]: one["kappa"]["value"] for one in part["with_majority"]["readers"]}
    groups = list(dict.fromkeys(reader["group"] for reader in part["pairs"]["readers"]))
    traces = [
        _readers([one for one in model["readers"] if one["group"] == name], majority, name, place)
        for place, name in enumerate(groups)
    ]
    layout = wide(_("Kappa with the majority of the other readers"), _("Kappa with the CNN"))
    caption = _(
        "Each point is one reader: Cohen's kappa with the majority vote of all other readers, and with %(model)s at its "
        "threshold, mean of %(runs)d training runs."
    ) % {"model": model["model"], "runs": model["runs"]}
    plot = {"data": traces, "layout": layout}
    title = _("Agreement with the other readers and with the CNN")
    return Figure(f"agreement-model-{number}", title, caption, plot, f"agreement-model-{number}")


def _readers(
    rows: list[Document], majority: dict[str, float | None], name: str, place: int
) -> dict[str, Any]:
    return dots(
        [majority[row["code"]] for row in rows],
        [row["kappa"]["mean"] for row in rows],
        name,
        group_style(place),
        text=[row["code"] for row in rows],
        hovertemplate="%{text}<br>%{y:.2f} / %{x:.2f}<extra>" + name + "</extra>",
    )
