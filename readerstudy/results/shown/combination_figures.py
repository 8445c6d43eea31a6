"""Figures of readers combined with the CNN: areas alone and together, and where fixed rules lead."""

from typing import Any

from django.utils.translation import gettext as _

from readerstudy.results.figure import CNN, TEXT, Document, Figure, group_style
from readerstudy.results.shown.marks import diagonal, dots, level_line, square
from readerstudy.results.shown.panel_words import rule_names

_ROOM = 0.03
_POINT = "%{text}<br>%{y:.3f} / %{x:.3f}<extra></extra>"
_SYMBOLS = {"second reader": "diamond", "or": "triangle-up", "and": "triangle-down"}


def gains_figure(model: Document, groups: list[str], number: int) -> Figure:
    """Each reader's AUC alone against that with the CNN; above the diagonal the CNN helps."""
    scores = model["scores"]
    values = [one[key] for one in scores["readers"] for key in ("alone", "combined")]
    low, high = min(*values, scores["cnn"]["mean"]) - _ROOM, max(*values, scores["cnn"]["mean"]) + _ROOM  # fmt: skip
    traces = [
        diagonal(_("No gain"), low, high),
        level_line(scores["cnn"]["mean"], [low, high], model["model"], CNN),
        *(
            _readers([one for one in scores["readers"] if one["group"] == name], name, place)
            for place, name in enumerate(groups)
        ),
    ]
    layout = square(
        _("AUC of the reader alone"),
        _("AUC of the reader with the CNN"),
        range=[low, high],
        tickformat=".2f",
    )
    caption = _(
        "Exploratory. Each point is one reader; reader and CNN are combined by the mean of their ranks over %(cases)d "
        "cases, mean of %(runs)d training runs. The horizontal line is the CNN alone."
    ) % {"cases": scores["cases"], "runs": len(scores["auc"]["runs"])}
    plot = {"data": traces, "layout": layout}
    title = _("Readers with %(model)s: AUC") % {"model": model["model"]}
    return Figure(f"combination-{number}-auc", title, caption, plot, f"combination-{number}-readers")  # fmt: skip


def _readers(rows: list[Document], name: str, place: int) -> dict[str, Any]:
    return dots(
        [row["alone"] for row in rows],
        [row["combined"] for row in rows],
        name,
        group_style(place),
        text=[row["code"] for row in rows],
        hovertemplate=_POINT,
    )


def rules_figure(model: Document, number: int) -> Figure:
    """Mean operating points: readers alone, CNN alone, and combined by each rule."""
    decisions, names = model["decisions"], rule_names()
    rules = decisions["rules"]
    alone = [rules[0][key]["alone"]["value"] for key in ("specificity", "sensitivity")]
    single = [decisions[f"cnn_{key}"]["mean"] for key in ("specificity", "sensitivity")]
    traces = [
        *(_cloud(rule, place) for place, rule in enumerate(rules)),
        _mean(alone, _("Readers alone, mean"), (TEXT, "x")),
        _mean(single, model["model"], (CNN, "square")),
        *(
            _mean(
                [rule[key]["combined"]["mean"] for key in ("specificity", "sensitivity")],
                names[rule["rule"]],
                (_colour(place), _SYMBOLS[rule["rule"]]),
            )
            for place, rule in enumerate(rules)
        ),
    ]
    layout = square(_("1 − specificity"), _("Sensitivity"))
    caption = _(
        "Exploratory. Large marks are means over readers and runs, small ones are readers (mean of runs) combined with "
        "the CNN at the threshold of its card by the rule of the same colour."
    )
    plot = {"data": traces, "layout": layout}
    title = _("Readers with %(model)s: decisions") % {"model": model["model"]}
    table = f"combination-{number}-readers"
    return Figure(f"combination-{number}-rules", title, caption, plot, table)


def _colour(place: int) -> str:
    return group_style(place)[0]


def _mean(point: list[float], name: str, style: tuple[str, str]) -> dict[str, Any]:
    hover = "%{y:.1%} / %{x:.1%}<extra>" + name + "</extra>"
    return dots([1 - point[0]], [point[1]], name, style, size=14, hovertemplate=hover)


def _cloud(rule: Document, place: int) -> dict[str, Any]:
    rows = rule["readers"]
    return dots(
        [1 - row["specificity"] for row in rows],
        [row["sensitivity"] for row in rows],
        rule_names()[rule["rule"]],
        (_colour(place), _SYMBOLS[rule["rule"]]),
        size=5,
        text=[row["code"] for row in rows],
        hovertemplate="%{text}<br>%{y:.1%} / %{x:.1%}<extra></extra>",
        showlegend=False,
    ) | {"opacity": 0.4}
