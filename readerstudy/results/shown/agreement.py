"""The topic "agreement": coefficients, pairs of readers, and every reader with the majority and with the CNN."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from readerstudy.results.figure import Document, Figure
from readerstudy.results.shown.agreement_figures import (
    coefficients_figure,
    heat_map,
    with_cnn_figure,
)
from readerstudy.results.shown.marks import (
    computed,
    group_name,
    limits_of,
    range_of_runs,
    section,
)
from readerstudy.results.shown.panel_words import case_classes, coefficient_names
from readerstudy.results.shown.topic import Topic
from readerstudy.results.table_model import ResultTable


def tables(document: Document) -> list[ResultTable]:
    """Coefficients, groups, readers, each model, pairs."""
    part = section(document, "agreement")
    if part is None:
        return []
    models = [_with_model(model, number) for number, model in computed(part["with_models"])]
    return [_coefficients(part), _groups(part), _readers(part), *models, _pairs(part)]


def _coefficients(part: Document) -> ResultTable:
    header = (
        _("Rank group"), _("Cases"), _("Readers"), _("Share of decisions for a biopsy"), _("Coefficient"),
        _("Number of cases"), _("Estimate"), _("Standard error"), *limits_of(part["level"]), _("Why not"),
    )  # fmt: skip
    kinds = ("text", "text", "count", "rate", "text", "count", *["auc"] * 4, "reason")
    names, classes = coefficient_names(), case_classes()
    rows = tuple(
        (
            group_name(panel["group"]), classes[panel["cases"]], panel["readers"], panel["biopsy_share"],
            names[one["name"]], one["n_cases"], *_numbers(one, "estimate", "se", "low", "high"), one.get("reason"),
        )
        for panel in part["panels"]
        for one in panel["coefficients"]
    )  # fmt: skip
    return ResultTable(
        "agreement-coefficients", _("Agreement between readers"), header, kinds, rows
    )


def _numbers(part: Document, *names: str) -> tuple[Any, ...]:
    return tuple(part[name] for name in names)


def _groups(part: Document) -> ResultTable:
    header = (_("Rank group"), _("Rank group"), _("Pairs of readers"), _("Mean kappa"))
    pairs = part["pairs"]
    rows = tuple(_numbers(one, "a", "b", "pairs", "mean") for one in pairs["groups"])
    return ResultTable(
        "agreement-groups",
        _("Mean kappa of pairs within and between rank groups"),
        header,
        ("text", "text", "count", "auc"),
        rows,
    )


def _readers(part: Document) -> ResultTable:
    low, high = limits_of(part["level"])
    header = (
        _("Reader"), _("Rank group"), _("Mean kappa with the other readers"), _("Mean weighted kappa of the ratings"), _("Kappa with the majority of the others"),
        low, high, _("Equal decisions"), low, high, _("Number of cases"), _("Why not"),
    )  # fmt: skip
    kinds = ("text", "text", *["auc"] * 5, *["rate"] * 3, "count", "reason")
    means = {one["code"]: _numbers(one, "mean", "weighted") for one in part["pairs"]["readers"]}
    rows = tuple(
        (
            one["code"], one["group"], *means[one["code"]], *_numbers(one["kappa"], "value", "low", "high"),
            *_numbers(one["equal"], "value", "low", "high"), one["n_cases"], one["kappa"].get("reason"),
        )
        for one in part["with_majority"]["readers"]
    )  # fmt: skip
    return ResultTable(
        "agreement-readers",
        _("Every reader's agreement with the other readers"),
        header,
        kinds,
        rows,
    )


def _with_model(model: Document, number: int) -> ResultTable:
    header = (
        _("Reader"), _("Rank group"), _("Kappa with the CNN"), *range_of_runs(), _("Equal decisions"),
        *range_of_runs(), _("Why not"),
    )  # fmt: skip
    kinds = ("text", "text", *["auc"] * 3, *["rate"] * 3, "reason")
    rows = tuple(
        (
            one["code"], one["group"], *_numbers(one["kappa"], "mean", "low", "high"),
            *_numbers(one["equal"], "mean", "low", "high"), one["kappa"].get("reason"),
        )
        for one in model["readers"]
    )  # fmt: skip
    title = _("Every reader's agreement with %(model)s at its threshold") % {
        "model": model["model"]
    }
    return ResultTable(f"agreement-model-{number}", title, header, kinds, rows)


def _pairs(part: Document) -> ResultTable:
    readers, triangle = part["pairs"]["readers"], part["pairs"]["triangle"]
    places = range(len(readers)) if triangle is not None else ()
    of_pair = iter(triangle or ())
    rows = tuple(
        (readers[i]["code"], readers[i]["group"], readers[j]["code"], readers[j]["group"], kappa)
        for i in places
        for j, kappa in zip(range(i + 1, len(readers)), of_pair, strict=False)
    )
    header = (
        _("Reader"),
        _("Rank group"),
        _("Other reader"),
        _("Rank group"),
        _("Cohen's kappa"),
    )
    kinds = ("text", "text", "text", "text", "auc")
    return ResultTable(
        "agreement-pairs", _("Cohen's kappa of every two readers"), header, kinds, rows
    )


def figures(document: Document) -> list[Figure]:
    """Coefficients by group, the heat map of all pairs, readers with majority and CNN."""
    part = section(document, "agreement")
    if part is None:
        return []
    maps = [heat_map(part)] if part["pairs"]["triangle"] is not None else []
    models = [
        with_cnn_figure(part, model, number) for number, model in computed(part["with_models"])
    ]
    return [coefficients_figure(part), *maps, *models]


TOPIC = Topic(
    "agreement",
    gettext_lazy("Agreement"),
    ("agreement", "truth_uncertainty"),
    tables,
    figures,
)
