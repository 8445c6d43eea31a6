"""Difficulty of the cases (E14): where readers fail, where the CNN fails, and where both do."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from readerstudy.results.figure import TEXT, Document, Figure
from readerstudy.results.shown.forest import level, upright
from readerstudy.results.shown.labels import Cells, filled, truth_name
from readerstudy.results.shown.marks import section
from readerstudy.results.shown.topic import Topic
from readerstudy.results.table_model import ResultTable

_HARD = 0.5
# Malignant and benign: colour and symbol.
_STYLES = {True: ("var(--series-2)", "diamond"), False: ("var(--series-7)", "circle")}


def tables(document: Document) -> Sequence[ResultTable]:
    """Quadrants and failures of each model, the hardest cases, and every case."""
    part = section(document, "difficulty")
    if part is None:
        return []
    models = list(enumerate(part["models"], start=1))
    return filled(
        [
            *(_quadrants(model, number) for number, model in models if model["quadrants"]),
            *(_failures(part, model, number) for number, model in models if model["quadrants"]),
            _cases(
                part, "difficulty-hardest", _("The hardest cases"), _chosen(part, part["hardest"])
            ),
            _cases(part, "difficulty-cases", _("Difficulty of every case"), part["cases"]),
        ]
    )


def _chosen(part: Document, names: Sequence[str]) -> list[Document]:
    rows = {row["case"]: row for row in part["cases"]}
    return [rows[name] for name in names]


def _cases(part: Document, name: str, title: str, rows: Sequence[Document]) -> ResultTable:
    of_models = [column for model in part["models"] for column in _model_header(model["name"])]
    header = (
        _("Case"), _("Class"), _("Diagnosis"), _("Readers"), _("Wrong"), *(_("Wrong: %(group)s") % {"group": group} for group in part["groups"]),
        _("Mean confidence"), _("Entropy, bits"), *of_models,
    )  # fmt: skip
    groups = ["rate"] * len(part["groups"])
    models = ["number", "count", "text"] * len(part["models"])
    kinds = ("text", "text", "text", "count", "rate", *groups, "number", "number", *models)
    return ResultTable(name, title, header, kinds, tuple(_case_cells(row) for row in rows))


def _model_header(name: str) -> Cells:
    words = {"model": name}
    return (
        _("%(model)s: score") % words,
        _("%(model)s: rank") % words,
        _("%(model)s at its threshold") % words,
    )


def _case_cells(row: Document) -> Cells:
    models = (
        cell for own in row["models"] for cell in (own["score"], own["rank"], _right(own["right"]))
    )
    return (
        row["case"],
        truth_name(malignant=row["malignant"]),
        row["diagnosis"],
        row["graded"],
        row["share_wrong"],
        *row["groups"],
        row["confidence"],
        row["entropy"],
        *models,
    )


def _right(is_right: bool | None) -> str | None:  # noqa: FBT001 (a cell)
    if is_right is None:
        return None
    return _("right") if is_right else _("wrong")


def _quadrants(model: Document, number: int) -> ResultTable:
    found = model["quadrants"]
    header = (
        _("Cases for the readers"), _("CNN right"), _("CNN wrong"), _("Half of the runs right"),
    )  # fmt: skip
    sides = {
        "easy": _("easy: fewer than half decide wrongly"),
        "hard": _("hard: at least half decide wrongly"),
    }
    rows = tuple(
        (label, *(found[f"{side}_{outcome}"] for outcome in ("right", "wrong", "undecided")))
        for side, label in sides.items()
    )
    title = _("Cases by readers and %(model)s") % {"model": model["name"]}
    return ResultTable(f"difficulty-quadrants-{number}", title, header, ("text", *["count"] * 3), rows)  # fmt: skip


def _failures(part: Document, model: Document, number: int) -> ResultTable:
    rows = tuple(
        (told, row["case"], truth_name(malignant=row["malignant"]), row["diagnosis"], row["share_wrong"])
        for told, names in _lists(model)
        for row in _chosen(part, names)
    )  # fmt: skip
    header = (_("Who fails"), _("Case"), _("Class"), _("Diagnosis"), _("Readers wrong"))
    title = _("Where either the readers or %(model)s fail") % {"model": model["name"]}
    kinds = ("text", "text", "text", "text", "rate")
    return ResultTable(f"difficulty-failures-{number}", title, header, kinds, rows)


def _lists(model: Document) -> Iterator[tuple[str, list[str]]]:
    yield _("all readers wrong, CNN right"), model["only_cnn_right"]
    yield _("CNN wrong, at least 90 % of readers right"), model["only_readers_right"]


def figures(document: Document) -> Sequence[Figure]:
    """The quadrant plot of each model."""
    part = section(document, "difficulty")
    if part is None:
        return []
    return [_quadrant_plot(part, model, number) for number, model in enumerate(part["models"])]


def _quadrant_plot(part: Document, model: Document, number: int) -> Figure:
    rows = [row for row in part["cases"] if row["share_wrong"] is not None]
    threshold = model["threshold"]
    layout = {
        "xaxis": {"title": {"text": _("Readers who decide wrongly")}, "range": [-0.03, 1.03], "tickformat": ".0%"},
        "yaxis": {"title": {"text": _("Score of the CNN, mean of runs")}},
        "shapes": [upright(_HARD), *([] if threshold is None else [level(threshold, TEXT)])],
        "legend": {"orientation": "h", "y": -0.16, "yanchor": "top"},
    }  # fmt: skip
    caption = _(
        "Each point is a case; its name shows when it is pointed at. Right of the dotted line at least half of the readers decide "
        "wrongly."
    )
    if threshold is not None:
        caption += _(
            " The dashed line is the mean threshold of the training runs: malignant cases below it and benign ones above it are "
            "the CNN's errors."
        )
    words = {"model": model["name"]}
    return Figure(
        f"difficulty-{number + 1}",
        _("Difficulty for readers against the score of %(model)s") % words,
        caption,
        {"data": [_points(rows, number, malignant=truth) for truth in (True, False)], "layout": layout},
        "difficulty-cases",
    )  # fmt: skip


def _points(rows: Sequence[Document], number: int, *, malignant: bool) -> dict[str, Any]:
    colour, symbol = _STYLES[malignant]
    own = [row for row in rows if row["malignant"] is malignant]
    name = truth_name(malignant=malignant)
    return {
        "x": [row["share_wrong"] for row in own],
        "y": [row["models"][number]["score"] for row in own],
        "text": [f"{row['case']}, {row['diagnosis']}" for row in own],
        "mode": "markers",
        "marker": {"color": colour, "symbol": symbol, "size": 9, "opacity": 0.8},
        "name": name,
        "hovertemplate": "%{text}<br>%{x:.1%} / %{y:.3f}<extra>" + name + "</extra>",
    }


TOPIC = Topic("difficulty", gettext_lazy("Difficulty of cases"), ("difficulty",), tables, figures)
