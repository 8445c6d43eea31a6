"""Slope plots of the readers from unaided to aided, and bars of what the aid changed."""

from itertools import chain
from typing import Any

from django.utils.translation import gettext as _

from readerstudy.results.figure import PERCENT, TEXT, Document, Figure, group_style
from readerstudy.results.sections.subgroup_areas import MEASURES
from readerstudy.results.shown.labels import measure_name

# Colours of the four outcomes: stayed right, became wrong, became right, stayed wrong.
_CHANGES = (
    ("wrong_right", "var(--series-4)"),
    ("right_right", "var(--series-7)"),
    ("wrong_wrong", "var(--series-8)"),
    ("right_wrong", "var(--series-2)"),
)


def aided_figures(part: Document) -> list[Figure]:
    """One slope plot a measure; the bars where answers can be followed from arm to arm."""
    slopes = [_slopes(part, measure) for measure in MEASURES]
    rows = [row for row in part["switching"]["rows"] if not row["group"]]
    return [*slopes, _bars(part, rows)] if rows else slopes


def caveat(design: str) -> str:
    """What the design of the arms leaves open; empty for a design without two arms."""
    told = {
        "sequential": _(
            " The aided answer always follows the reader's own answer to the same case: order and aid cannot be told apart, and "
            "a second look alone may change answers."
        ),
        "crossover": _(
            " Every case was read in both arms in two sessions: what is remembered of the first carries over as far as the "
            "washout did not wipe it out."
        ),
        "once": _(
            " Every reader read a case in one arm only: nothing carries over, but the two arms have different cases."
        ),
    }
    return told.get(design, "")


def _slopes(part: Document, measure: str) -> Figure:
    groups = [row for row in part["groups"] if row["name"]]
    traces = [_lines(part, measure, group["name"], number) for number, group in enumerate(groups)]
    name = measure_name(measure)
    axis = {} if measure == "auc" else PERCENT
    layout = {
        "xaxis": {"tickvals": [0, 1], "ticktext": [_("Unaided"), _("Aided")], "range": [-0.15, 1.15]},
        "yaxis": {"title": {"text": name}, **axis},
        "legend": {"orientation": "h", "y": -0.12, "yanchor": "top"},
    }  # fmt: skip
    words = {"cases": part["cases"], "positives": part["positives"]}
    caption = _(
        "Each thin line is one reader without and with the CNN's aid, over %(cases)d cases (%(positives)d malignant); the "
        "thick line is the mean of all."
    )
    title = _("%(measure)s of every reader without and with the aid") % {"measure": name}
    plot = {"data": [*traces, _mean(part, measure)], "layout": layout}
    text = caption % words + caveat(part["design"])
    return Figure(f"aided-{measure}", title, text, plot, "aided-readers")


def _lines(part: Document, measure: str, group: str, number: int) -> dict[str, Any]:
    """One trace of a group, with a gap between its readers."""
    colour, symbol = group_style(number)
    own = [row for row in part["readers"] if row["group"] == group]
    pairs = ((row[measure]["unaided"], row[measure]["aided"], None) for row in own)
    return {
        "x": [0, 1, None] * len(own),
        "y": list(chain.from_iterable(pairs)),
        "text": list(chain.from_iterable((row["code"], row["code"], "") for row in own)),
        "mode": "lines+markers",
        "line": {"color": colour, "width": 1},
        "marker": {"color": colour, "symbol": symbol, "size": 5},
        "opacity": 0.6,
        "name": group,
        "hovertemplate": "%{text}: %{y:.3f}<extra>" + group + "</extra>",
    }


def _mean(part: Document, measure: str) -> dict[str, Any]:
    found = part["groups"][0][measure]
    return {
        "x": [0, 1],
        "y": [found["unaided"], found["aided"]],
        "mode": "lines+markers",
        "line": {"color": TEXT, "width": 4},
        "marker": {"color": TEXT, "symbol": "diamond", "size": 11},
        "name": _("Mean of all readers"),
        "hovertemplate": "%{y:.3f}<extra></extra>",
    }


def _bars(part: Document, rows: list[Document]) -> Figure:
    names = {"all": _("all cases"), "right": _("CNN right"), "wrong": _("CNN wrong")}
    words = {
        "wrong_right": _("wrong → right"),
        "right_right": _("right, stayed right"),
        "wrong_wrong": _("wrong, stayed wrong"),
        "right_wrong": _("right → wrong"),
    }
    traces = [
        {
            "type": "bar",
            "x": [names[row["cnn"]] for row in rows],
            "y": [row[change] for row in rows],
            "name": words[change],
            "marker": {"color": colour},
            "hovertemplate": "%{y}<extra>" + words[change] + "</extra>",
        }
        for change, colour in _CHANGES
    ]
    layout = {
        "barmode": "stack",
        "yaxis": {"title": {"text": _("Answers")}},
        "legend": {"orientation": "h", "y": -0.12, "yanchor": "top"},
    }
    caption = _(
        "Answers of all readers to the cases that they read in both arms, by what became of them with the aid and by whether the "
        "CNN was right: the mean score of its training runs at their mean threshold. Right answers given up where the CNN is "
        "wrong are the automation bias."
    )
    title = _("What the aid changed")
    plot = {"data": traces, "layout": layout}
    return Figure("aided-switching", title, caption + caveat(part["design"]), plot, "aided-switching")  # fmt: skip
