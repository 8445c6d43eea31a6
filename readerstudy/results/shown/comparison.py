"""Topic: the CNN against the readers, with what may be claimed (E1, E6)."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from readerstudy.results.figure import Document, Figure
from readerstudy.results.shown.comparison_figures import (
    areas_figure,
    better_figure,
    claims_figure,
)
from readerstudy.results.shown.comparison_words import (
    comparison_name,
    figure_name,
    plan_rows,
    role_name,
    run_name,
    section_of,
    verdict,
)
from readerstudy.results.shown.marks import limits_of
from readerstudy.results.shown.topic import Topic
from readerstudy.results.table_model import ResultTable


def tables(document: Document) -> list[ResultTable]:
    """Plan and cautions, claims, areas of all runs, how many readers each beats, areas of everybody, spread."""
    part, spread = (section_of(document, name) for name in ("primary", "spread"))
    found = [_plan(document), _claims(part), *_aucs(part)] if part else []
    if document.get("models"):
        found.append(_areas(document))
    found += [_better(model, index) for index, model in enumerate(document.get("models", ()), 1)]
    return [*found, _spread(spread)] if spread else found


def figures(document: Document) -> Iterator[Figure]:
    """Intervals beside the margin, areas of runs and readers, how many readers the CNN beats."""
    part = section_of(document, "primary")
    if part:
        yield claims_figure(part)
    if document.get("models"):
        yield areas_figure(document)
    for index, model in enumerate(document.get("models", ()), start=1):
        yield better_figure(model, index)


def _plan(document: Document) -> ResultTable:
    title = _("Analysis plan and cautions")
    header, rows = (_("What"), _("As fixed, or found")), tuple(plan_rows(document))
    return ResultTable("comparison-plan", title, header, ("text", "text"), rows)


def _claims(part: dict[str, Any]) -> ResultTable:
    header = (
        _("Model"), _("Comparison"), _("Measure"), _("Role"), _("CNN"), _("Readers"), _("Difference CNN − readers"),
        *limits_of(part["level"]), "p", _("Margin"), _("p, non-inferiority"), _("p, superiority"), _("Verdict"), _("Why not"),
    )  # fmt: skip
    kinds = ("text",) * 4 + ("auc",) * 2 + ("difference_auc",) * 3 + ("p", "auc", "p", "p", "text", "reason")  # fmt: skip
    return ResultTable(
        "comparison-claims",
        _("Comparisons of the CNN with the readers, as fractions"),
        header,
        kinds,
        tuple(row for model in part["models"] for row in _claim_rows(model)),
    )


def _claim_rows(model: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    for one in model["comparisons"]:
        head = (model["name"], comparison_name(one["comparison"]))
        role = role_name(one["role"])
        if one["reason"]:
            yield (*head, None, role, *[None] * 10, one["reason"])
        for row in one["differences"]:
            claim = row["claim"]
            yield (
                *head, figure_name(row["figure"]), role, row["cnn"], row["readers"],
                *(row[name] for name in ("value", "low", "high", "p")),
                claim["margin"] or None, claim["p_non_inferior"] if claim["margin"] else None,
                _superior(claim), verdict(claim, one["role"]), row["reason"],
            )  # fmt: skip


def _superior(claim: dict[str, Any]) -> float | None:
    """The p of superiority: with no margin it is that of the first test."""
    p: float | None = claim["p_superior"] if claim["margin"] else claim["p_non_inferior"]
    return p


def _aucs(part: dict[str, Any]) -> Iterator[ResultTable]:
    header = (
        _("Training run"), _("AUC of the CNN"), _("Readers' mean AUC"), _("Difference CNN − readers"), *limits_of(part["level"]),
        _("Standard error"), "df", "p", _("Cases"), _("Check: difference"), _("Check: CI, low"), _("Check: CI, high"),
        _("Why not"),
    )  # fmt: skip
    kinds = ("text", "auc", "auc", *["difference_auc"] * 3, "auc", "df", "p", "count", *["difference_auc"] * 3, "reason")  # fmt: skip
    for index, model in enumerate(part["models"], start=1):
        rows = tuple(_auc_row(row) for row in model["rows"])
        title = _("AUC of %(model)s minus the readers' mean AUC") % {"model": model["name"]}
        yield ResultTable(f"comparison-auc-{index}", title, header, kinds, rows)


def _auc_row(row: dict[str, Any]) -> tuple[Any, ...]:
    names = ("cnn", "readers", "value", "low", "high", "se", "df", "p", "n_cases")
    check = row["check"] or {}
    checked = (check.get(name) for name in ("value", "low", "high"))
    return (run_name(row["label"]), *(row[name] for name in names), *checked, row["reason"])


def _areas(document: Document) -> ResultTable:
    runs = (
        (f"{model['name']} {run['label']}", _("Training run"), run["auc"])
        for model in document["models"]
        for run in model["runs"]
    )
    readers = ((one["code"], one["group"], one["auc"]) for one in document["readers"]["points"])
    rows = tuple(
        (name, kind, *(auc[part] for part in ("value", "low", "high")))
        for name, kind, auc in (*runs, *readers)
    )
    header = (_("Who"), _("Group"), "AUC", *limits_of(0.95))
    title = _("AUC of every training run and every reader")
    return ResultTable("comparison-areas", title, header, ("text", "text", *["auc"] * 3), rows)


def _better(model: Document, index: int) -> ResultTable:
    part = model["comparison"]
    named = [
        *zip((run["label"] for run in model["runs"]), part["runs"], strict=True),
        ("", part["mean"]),
    ]
    rows = tuple(
        (run_name(label), *(one[name] for name in ("both", "one", "neither")))
        for label, one in named
    )
    header = (_("Training run"), _("Better in both"), _("Better in one"), _("Better in neither"))
    title = _("Readers than whom %(model)s is better") % {"model": model["name"]}
    return ResultTable(f"comparison-better-{index}", title, header, ("text", *["count"] * 3), rows)


def _spread(part: dict[str, Any]) -> ResultTable:
    header = (
        _("Model"), _("Training runs"), _("SD of the runs"), _("SD of the readers"),
        _("Ratio of the variances, readers by runs"), *limits_of(part["level"]), "p", _("Variance between runs without the cases' part"),
        _("Variance between readers without the cases' part"), _("Why not"),
    )  # fmt: skip
    kinds = ("text", "count", "auc", "auc", *["number"] * 3, "p", "variance", "variance", "reason")
    rows = tuple(_spread_row(model) for model in part["models"])
    title = _("Training runs and readers: which differ more?")
    return ResultTable("comparison-spread", title, header, kinds, rows)


def _spread_row(model: dict[str, Any]) -> tuple[Any, ...]:
    ratio = model["ratio"]
    return (
        model["name"], model["runs"], model["sd_runs"], model["sd_readers"],
        *(ratio[name] for name in ("value", "low", "high", "p")),
        model["between_runs"], model["between_readers"], ratio["reason"],
    )  # fmt: skip


TOPIC = Topic(
    "comparison",
    gettext_lazy("CNN against readers"),
    ("primary", "spread"),
    tables,
    lambda document: list(figures(document)),
)
