"""The topic "crowd": majority votes and mean ratings by the size of the panel, and readers combined with the CNN."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from readerstudy.results.figure import Document, Figure
from readerstudy.results.shown.combination_figures import gains_figure, rules_figure
from readerstudy.results.shown.combination_tables import combination_tables
from readerstudy.results.shown.crowd_figures import ratings_figure, votes_figure
from readerstudy.results.shown.marks import computed, group_name, limits_of, range_of_runs, section
from readerstudy.results.shown.panel_words import measure_names, scale_names
from readerstudy.results.shown.topic import Topic
from readerstudy.results.table_model import ResultTable

_NONE = (None, None, None)


def tables(document: Document) -> list[ResultTable]:
    """Panels by size, whole groups, the CNN, each reader and the rest; then combinations."""
    part, combined = (section(document, name) for name in ("crowd", "combination"))
    found = []
    if part is not None:
        found = [_votes(part), _ratings(part), _groups(part), _models(part), _rest(part)]
    return [*found, *(combination_tables(combined) if combined else ())]


def _votes(part: Document) -> ResultTable:
    limits, names = limits_of(part["level"]), measure_names()
    header = (
        _("Readers in the panel"), names["sensitivity"], *limits, names["specificity"], *limits, names["accuracy"],
    )  # fmt: skip
    rows = tuple(
        (
            one["size"],
            *_interval(one["sensitivity"]),
            *_interval(one["specificity"]),
            one["accuracy"],
        )
        for one in part["votes"].get("sizes", ())
    )
    title = _("Majority vote of random panels of readers")
    return ResultTable("crowd-votes", title, header, ("count", *["rate"] * 7), rows)


def _interval(part: Document) -> tuple[Any, ...]:
    """Value and limits; nothing for a part that could not be computed."""
    return tuple(part.get(name) for name in ("value", "low", "high"))


def _ratings(part: Document) -> ResultTable:
    header = (
        _("Rating"), _("Readers in the panel"), _("AUC, mean of panels"), _("low"), _("high"), _("2.5th percentile"),
        _("97.5th percentile"), _("Panels"),
    )  # fmt: skip
    names = ("size", "mean", "smallest", "largest", "percentile_2_5", "percentile_97_5", "panels")
    rows = tuple(
        (scale_names()[scale["scale"]], *(one[name] for name in names))
        for scale in part["ratings"]
        for one in scale.get("sizes", ())
    )
    kinds = ("text", "count", *["auc"] * 5, "count")
    return ResultTable("crowd-ratings", _("AUC of panels of readers"), header, kinds, rows)


def _groups(part: Document) -> ResultTable:
    limits, names = limits_of(part["level"]), measure_names()
    header = (
        _("Rank group"), _("Readers"), _("Tied cases"), names["sensitivity"], names["specificity"], names["accuracy"],
        _("AUC of the vote share"), *limits, _("AUC of the mean rating"), *limits, _("AUC of the mean rank"), *limits,
    )  # fmt: skip
    rows = tuple(
        (
            group_name(one["group"]), one["n"],
            *(one["vote"].get(name) for name in ("ties", "sensitivity", "specificity", "accuracy")),
            *(cell for key in ("share", "rating", "rank") for cell in _interval(one[key])),
        )
        for one in part["groups"]
    )  # fmt: skip
    kinds = ("text", "count", "count", *["rate"] * 3, *["auc"] * 9)
    title = _("Vote and mean rating of all readers of a group")
    return ResultTable("crowd-groups", title, header, kinds, rows)


def _models(part: Document) -> ResultTable:
    names = measure_names()
    keys = ("sensitivity", "specificity", "accuracy")
    header = (
        _("CNN"), _("Training runs"), names["auc"], *range_of_runs(),
        *(name for key in keys for name in (names[key], *range_of_runs())), _("Why not"),
    )  # fmt: skip
    rows = tuple(
        (
            one["model"], one["runs"], *_spread(one["auc"]),
            *(cell for key in keys for cell in _spread(one["decision"].get(key))), one["decision"].get("reason"),
        )
        for one in part["models"]
    )  # fmt: skip
    kinds = ("text", "count", *["auc"] * 3, *["rate"] * 9, "reason")
    return ResultTable("crowd-cnn", _("The CNN beside the crowd"), header, kinds, rows)


def _spread(part: Document | None) -> tuple[Any, ...]:
    return _NONE if part is None else tuple(part[name] for name in ("mean", "low", "high"))


def _rest(part: Document) -> ResultTable:
    names = measure_names()
    header = (
        _("Reader"), names["sensitivity"], _("Sensitivity of the others' vote"), names["specificity"],
        _("Specificity of the others' vote"), names["auc"], _("AUC of the others' mean rating"), _("Difference of AUC"),
        *limits_of(part["level"]), "p",
    )  # fmt: skip
    keys = ("sensitivity", "rest_sensitivity", "specificity", "rest_specificity")
    rated = {one["reader"]: one for one in part["rest"]["ratings"].get("readers", ())}
    rows = tuple(
        (one["reader"], *(one[key] for key in keys), *_rated(rated.get(one["reader"])))
        for one in part["rest"]["votes"].get("readers", ())
    )
    kinds = ("text", *["rate"] * 4, "auc", "auc", *["difference_auc"] * 3, "p")
    title = _("Every reader beside the other readers together")
    return ResultTable("crowd-rest", title, header, kinds, rows)


def _rated(row: Document | None) -> tuple[Any, ...]:
    if row is None:
        return (None,) * 6
    return (row["auc"], row["rest"], *_interval(row["difference"]), row["difference"].get("p"))


def figures(document: Document) -> list[Figure]:
    """Panels by size, then readers with the CNN."""
    part, combined = (section(document, name) for name in ("crowd", "combination"))
    found = []
    if part is not None:
        votes = [votes_figure(part)] if "sizes" in part["votes"] else []
        rated = any("sizes" in one for one in part["ratings"])
        found = [*votes, *([ratings_figure(part)] if rated else [])]
    if combined is None:
        return found
    for number, model in computed(combined["models"]):
        gains = (
            [] if "reason" in model["scores"] else [gains_figure(model, combined["groups"], number)]
        )
        rules = [] if "reason" in model["decisions"] else [rules_figure(model, number)]
        found += [*gains, *rules]
    return found


TOPIC = Topic("crowd", gettext_lazy("Crowd"), ("crowd", "combination"), tables, figures)
