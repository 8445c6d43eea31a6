"""Topic: every reader, and groups of readers (E5, E15)."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from readerstudy.results.figure import Document, Figure
from readerstudy.results.sentences import percent
from readerstudy.results.shown.comparison_words import figure_name, section_of
from readerstudy.results.shown.forest_figures import forest_figure, groups_of
from readerstudy.results.shown.group_tables import group_table, rank_tests
from readerstudy.results.shown.marks import limits_of
from readerstudy.results.shown.mcnemar_tables import against_majority, against_readers
from readerstudy.results.shown.threshold_tables import VALUE_KINDS, value_header, values
from readerstudy.results.shown.topic import Topic
from readerstudy.results.table_model import ResultTable

MEASURES = ("sensitivity", "specificity", "auc")
_UNKNOWN = {"value": None, "low": None, "high": None}


def tables(document: Document) -> list[ResultTable]:
    """Groups first, then every reader, then the tests of the CNN against each."""
    found: list[ResultTable] = []
    groups, each = (section_of(document, name) for name in ("characteristics", "per_reader"))
    if groups:
        found += [*(group_table(groups, measure) for measure in MEASURES), rank_tests(groups)]
    if each:
        found += [_prevalences(each), _rates(document, each), _values(each)]
        tested = [model for model in each["models"] if "runs" in model]
        if tested:
            found.append(against_majority(tested))
        found += [against_readers(each, model, index) for index, model in enumerate(tested, start=1)]  # fmt: skip
    return found


def figures(document: Document) -> Iterator[Figure]:
    """Every reader's sensitivity, specificity and AUC with its interval, in its order."""
    part = section_of(document, "per_reader")
    if part:
        rows = [dict(zip(("code", "group", *_ENDS), row, strict=True)) for row in _rate_rows(document, part)]  # fmt: skip
        yield from (forest_figure(rows, measure, groups_of(document, rows)) for measure in MEASURES)


_ENDS = tuple(f"{measure}_{end}" for measure in MEASURES for end in ("value", "low", "high"))


def _rates(document: Document, part: dict[str, Any]) -> ResultTable:
    header = (
        _("Reader"),
        _("Rank group"),
        *(word for measure in MEASURES for word in (figure_name(measure), *limits_of(0.95))),
    )
    kinds = ("text", "text", *["rate"] * 6, *["auc"] * 3)
    rows = tuple(_rate_rows(document, part))
    title = _("Every reader's rates and area with their intervals")
    return ResultTable("reader-rates", title, header, kinds, rows)


def _rate_rows(document: Document, part: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    points = document.get("readers", {}).get("points", ())
    areas = {point["code"]: point["auc"] for point in points}
    for reader in part["readers"]:
        of_any = reader["measures"]["any"]
        measures = (
            of_any["sensitivity"],
            of_any["specificity"],
            areas.get(reader["code"], _UNKNOWN),
        )
        ends = (one[end] for one in measures for end in ("value", "low", "high"))
        yield (reader["code"], reader["group"], *ends)


def _prevalences(part: dict[str, Any]) -> ResultTable:
    target = part["target_prevalence"]
    if target is None:
        told = _("None was planned: predictive values of the study hold for no other population.")
    else:
        told = f"{percent(target, 2)} ({part['prevalence_source']})"
    rows = (
        (_("Prevalence in the study"), percent(part["study_prevalence"])),
        (_("Target prevalence"), told),
    )
    title = _("Prevalences")
    return ResultTable("reader-prevalences", title, (_("What"), _("Value")), ("text", "text"), rows)  # fmt: skip


def _values(part: dict[str, Any]) -> ResultTable:
    header = (
        _("Reader"), _("Rank group"), _("Youden's index"), *limits_of(0.95), _("Balanced accuracy"), "LR+", *limits_of(0.95),
        "LR−", *limits_of(0.95), *value_header(),
    )  # fmt: skip
    kinds = ("text", "text", *["number"] * 3, "rate", *["number"] * 6, *VALUE_KINDS)
    rows = tuple(_value_row(reader) for reader in part["readers"])
    title = _("What every reader's decisions are worth")
    return ResultTable("reader-values", title, header, kinds, rows)


def _value_row(reader: dict[str, Any]) -> tuple[Any, ...]:
    of_any = reader["measures"]["any"]
    youden, positive, negative = (
        [of_any[name][end] for end in ("value", "low", "high")]
        for name in ("youden_index", "positive_likelihood_ratio", "negative_likelihood_ratio")
    )
    balanced = of_any["balanced_accuracy"]["value"]
    head = (reader["code"], reader["group"], *youden, balanced, *positive, *negative)
    return (*head, *values(reader["measures"]))


TOPIC = Topic(
    "readers",
    gettext_lazy("Readers"),
    ("per_reader", "characteristics"),
    tables,
    lambda document: list(figures(document)),
)
