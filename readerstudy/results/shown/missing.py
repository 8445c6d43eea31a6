"""How readers and cases came into the analysis, what the cases are (Table 1), and what is missing (E16)."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from readerstudy.results.figure import PERCENT, Document, Figure
from readerstudy.results.shown.forest import forest_layout, points
from readerstudy.results.shown.inclusion import case_tables, flow_tables
from readerstudy.results.shown.labels import interval, limits, reasons, truth_name
from readerstudy.results.shown.marks import section
from readerstudy.results.shown.topic import Topic
from readerstudy.results.table_model import ResultTable

_RATES = ("sensitivity", "specificity")


def tables(document: Document) -> Sequence[ResultTable]:
    """The flow, Table 1, what is missing, the rates under each assumption, and whose answers are missing."""
    part, found = section(document, "missing"), []
    if part is not None:
        found = [_scenarios(document, part), _counts(part)]
        found += [_readers(part)] if part["readers"] else []
    return [*flow_tables(document), *case_tables(document), *found]


def _name(scenario: str) -> str:
    names = {
        "main": _("Complete readers, answers that were given (main analysis)"),
        "not_assessable_right": _("Complete readers, not assessable counts as right (best case)"),
        "not_assessable_wrong": _("Complete readers, not assessable counts as wrong (worst case)"),
        "not_assessable_biopsy": _("Complete readers, not assessable counts as biopsy"),
        "all_readers": _("All readers, answers that were given"),
        "all_missing_right": _("All readers, everything missing counts as right (best case)"),
        "all_missing_wrong": _("All readers, everything missing counts as wrong (worst case)"),
        "cases_graded_by_all": _("Complete readers, cases that all of them graded"),
    }
    return names[scenario]


def _scenarios(document: Document, part: Document) -> ResultTable:
    low, high = limits(document)
    header = (
        _("Assumption"), _("Readers"), _("Answers"), _("Sensitivity"), low, high, _("Specificity"), low, high,
        _("Sensitivity, plain mean of readers"), _("Specificity, plain mean of readers"), _("Why not"),
    )  # fmt: skip
    rows = tuple(
        (
            _name(row["scenario"]),
            row["readers"],
            row["answers"],
            *(cell for rate in _RATES for cell in interval(row[rate])),
            *(row[f"mean_{rate}"] for rate in _RATES),
            reasons([row[rate] for rate in _RATES]),
        )
        for row in part["scenarios"]
    )
    kinds = ("text", "count", "count", *["rate"] * 8, "reason")
    title = _("The readers' rates under assumptions about what is missing")
    return ResultTable("missing-scenarios", title, header, kinds, rows)


def _counts(part: Document) -> ResultTable:
    header = (
        _("Cases"), _("Answers asked for"), _("Graded"), _("Not assessable"), _("Not answered"), _("Share missing"),
        _("Readers with not assessable"), _("Readers with not answered"),
    )  # fmt: skip
    names = {"all": _("all"), "malignant": truth_name(malignant=True), "benign": truth_name(malignant=False)}  # fmt: skip
    columns = ("asked", "graded", "not_assessable", "unanswered", "share_missing", "readers_not_assessable", "readers_unanswered")  # fmt: skip
    rows = tuple(
        (names[row["cases"]], *(row[column] for column in columns)) for row in part["counts"]
    )
    kinds = ("text", *["count"] * 4, "rate", "count", "count")
    return ResultTable("missing-counts", _("What is missing"), header, kinds, rows)


def _readers(part: Document) -> ResultTable:
    header = (
        _("Reader"), _("Rank group"), _("Answers asked for"), _("Not assessable"), _("Not answered"), _("Analysed"),
    )  # fmt: skip
    rows = tuple(
        (
            *(row[name] for name in ("code", "group", "asked", "not_assessable", "unanswered")),
            _("yes") if row["complete"] else _("no"),
        )
        for row in part["readers"]
    )
    kinds = ("text", "text", "count", "count", "count", "text")
    return ResultTable("missing-readers", _("Readers with missing answers"), header, kinds, rows)


def figures(document: Document) -> Sequence[Figure]:
    """The rates under each assumption, where something is missing."""
    part = section(document, "missing")
    if part is None or not part["counts"][0]["share_missing"]:
        return []
    return [_forest(part)]


def _forest(part: Document) -> Figure:
    styles = (("sensitivity", _("Sensitivity"), "var(--series-2)", "diamond"), ("specificity", _("Specificity"), "var(--series-7)", "circle"))  # fmt: skip
    traces: list[dict[str, Any]] = [
        points(
            [(_name(row["scenario"]), row[rate]) for row in part["scenarios"]],
            name,
            colour=colour,
            symbol=symbol,
        )
        for rate, name, colour, symbol in styles
    ]
    layout = forest_layout(len(part["scenarios"]), _("Mean of the readers"), **PERCENT)
    caption = _(
        "The readers' mean sensitivity and specificity with intervals over random readers and cases, under each assumption about "
        "answers that are missing. Where answers are missing the readers are weighted by what they graded."
    )
    plot = {"data": traces, "layout": layout}
    title = _("What missing answers could change")
    return Figure("missing-scenarios", title, caption, plot, "missing-scenarios")


TOPIC = Topic(
    "missing",
    gettext_lazy("Flow, cases and missing answers"),
    ("flow", "cases_table", "missing"),
    tables,
    figures,
)
