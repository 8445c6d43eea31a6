"""Topic: the CNN at its fixed threshold and at the readers' own operating points (E2, E3)."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from readerstudy.results.figure import Document, Figure
from readerstudy.results.matching_words import rule_name
from readerstudy.results.shown.comparison_words import (
    figure_name,
    role_name,
    run_name,
    section_of,
    verdict,
)
from readerstudy.results.shown.marks import group_name, limits_of
from readerstudy.results.shown.operating_figures import (
    gains_figure,
    gains_histogram,
    thresholds_figure,
)
from readerstudy.results.shown.threshold_tables import confusion, rates, threshold_differences
from readerstudy.results.shown.topic import Topic
from readerstudy.results.table_model import ResultTable


def tables(document: Document) -> list[ResultTable]:
    """Rates and differences at the threshold, 2 × 2 tables, matched points by group, run and reader."""
    found: list[ResultTable] = []
    fixed, matched = (section_of(document, name) for name in ("fixed_threshold", "matched"))
    for index, model in enumerate(fixed.get("models", ()), start=1):
        if "reason" not in model:
            found += [rates(model, index), threshold_differences(model, index, fixed["level"])]
    if fixed:
        found.append(confusion(fixed))
    for index, model in enumerate(matched.get("models", ()), start=1):
        found += [
            _own_points(model, index, matched["level"]),
            _mean_points(model, index, matched["level"]),
            _each_reader(model, index, matched),
        ]
    return found


def figures(document: Document) -> Iterator[Figure]:
    """Differences at the threshold, and at each reader's own point in their order and as a histogram."""
    fixed, matched = (section_of(document, name) for name in ("fixed_threshold", "matched"))
    for index, model in enumerate(fixed.get("models", ()), start=1):
        if "reason" not in model:
            yield thresholds_figure(model, index, fixed["level"])
    for index, model in enumerate(matched.get("models", ()), start=1):
        yield gains_figure(document, model, index, matched)
        yield gains_histogram(model, index)


def _own_points(model: dict[str, Any], index: int, level: float) -> ResultTable:
    header = (
        _("Compared"), _("Matching rule"), _("Rank group"), _("Training run"), _("Readers"), _("Role"), _("CNN"),
        _("Readers, mean"), _("Difference CNN − readers"), *limits_of(level), "df", "p", _("Verdict"), _("Why not"),
    )  # fmt: skip
    kinds = ("text",) * 4 + ("count", "text", "rate", "rate", *["difference"] * 3, "df", "p", "text", "reason")  # fmt: skip
    rows = tuple(_own_row(row, model["role"]) for row in model["rows"])
    title = _("%(model)s at each reader's own operating point") % {"model": model["name"]}
    return ResultTable(f"matched-own-{index}", title, header, kinds, rows)


def _own_row(row: dict[str, Any], role: str) -> tuple[Any, ...]:
    own = row["own_point"]
    # What a plan means is that of all readers, at their sensitivity, interpolated, by the mean of the runs.
    is_planned = row["mean_point"] and (row["rule"], row["held"], row["group"]) == ("interpolated", "sensitivity", "")  # fmt: skip
    told = role if is_planned else "exploratory"
    return (
        figure_name(row["compared"]), rule_name(row["rule"]), group_name(row["group"]), run_name(row["label"]),
        own["n"], role_name(told), own["cnn"], own["readers"],
        *(own[name] for name in ("value", "low", "high", "df", "p")), verdict(own["claim"], told), own["reason"],
    )  # fmt: skip


def _mean_points(model: dict[str, Any], index: int, level: float) -> ResultTable:
    header = (
        _("Compared"), _("Matching rule"), _("Rank group"), _("Training run"), _("At the readers' mean"), _("CNN"),
        _("Readers, mean"), _("Difference CNN − readers"), *limits_of(level), "df", "p",
    )  # fmt: skip
    kinds = ("text",) * 4 + ("rate",) * 3 + ("difference",) * 3 + ("df", "p")
    names = ("held_at", "cnn", "readers", "value", "low", "high", "df", "p")
    rows = tuple(
        (
            figure_name(row["compared"]),
            rule_name(row["rule"]),
            group_name(row["group"]),
            run_name(row["label"]),
            *(row["mean_point"][name] for name in names),
        )
        for row in model["rows"]
        if row["mean_point"]
    )
    words = {"model": model["name"]}
    title = _("%(model)s at the mean point of the readers, which flatters it") % words
    return ResultTable(f"matched-mean-{index}", title, header, kinds, rows)


def _each_reader(model: dict[str, Any], index: int, part: dict[str, Any]) -> ResultTable:
    header = (
        _("Reader"), _("Sensitivity of the reader"), _("Specificity of the reader"),
        _("Specificity of the CNN at the reader's sensitivity"), _("Difference of the specificities"),
        _("Sensitivity of the CNN at the reader's specificity"), _("Difference of the sensitivities"),
    )  # fmt: skip
    at_sensitivity, at_specificity = model["readers"]
    columns = (
        part["codes"], at_sensitivity["held_at"], at_sensitivity["readers"], at_sensitivity["cnn"],
        at_sensitivity["difference"], at_specificity["cnn"], at_specificity["difference"],
    )  # fmt: skip
    kinds = ("text", "rate", "rate", "rate", "difference", "rate", "difference")
    title = _("%(model)s at the operating point of every reader") % {"model": model["name"]}
    rows = tuple(zip(*columns, strict=True))
    return ResultTable(f"matched-readers-{index}", title, header, kinds, rows)


TOPIC = Topic(
    "operating-points",
    gettext_lazy("Operating points"),
    ("fixed_threshold", "matched"),
    tables,
    lambda document: list(figures(document)),
)
