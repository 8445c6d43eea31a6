"""Time to the decision (E9): by reader and group, right and wrong, and along the order of the cases."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from readerstudy.results.figure import Document, Figure
from readerstudy.results.shown.labels import Cells, interval, limits, reasons, truth_name
from readerstudy.results.shown.marks import section
from readerstudy.results.shown.reading_time_figures import time_figures
from readerstudy.results.shown.topic import Topic
from readerstudy.results.table_model import ResultTable

_SUMMARY = ("n", "median", "low", "high")
_KINDS = ("count", "number", "number", "number")


def tables(document: Document) -> Sequence[ResultTable]:
    """Times in seconds, and the ratios with their intervals."""
    part = section(document, "time")
    if part is None:
        return []
    found = [_groups(part), _outcomes(part), _trends(document, part), _excluded(part)]
    if "tenths" in part["order"]:
        found.append(_order(part))
    return [*found, _readers(part)]


def _header() -> Cells:
    return _("Answers"), _("Median, s"), _("Lower quartile, s"), _("Upper quartile, s")


def _cells(row: Document) -> Cells:
    return tuple(row[name] for name in _SUMMARY)


def _groups(part: Document) -> ResultTable:
    rows = [
        (_("All readers"), len(part["readers"]), *_cells(part["all"])),
        *((row["name"], row["readers"], *_cells(row)) for row in part["groups"]),
    ]
    header = (_("Rank group"), _("Readers"), *_header())
    title = _("Time to the decision by rank group")
    return ResultTable("time-groups", title, header, ("text", "count", *_KINDS), tuple(rows))


def _outcomes(part: Document) -> ResultTable:
    rows = tuple(
        (
            truth_name(malignant=row["malignant"]),
            _("right") if row["right"] else _("wrong"),
            *_cells(row),
        )
        for row in part["outcomes"]
    )
    title = _("Time to the decision of right and wrong answers")
    header = (_("Cases"), _("Decision"), *_header())
    return ResultTable("time-outcomes", title, header, ("text", "text", *_KINDS), rows)


def _trends(document: Document, part: Document) -> ResultTable:
    """Ratios of times, and the change of the share of right answers along the order."""
    found = [
        (_("Time, wrong to right answers (ratio)"), part["wrong_against_right"]),
        (
            _("Time, wrong to right answers to the same case (ratio)"),
            part["wrong_against_right_of_a_case"],
        ),
    ]
    order = part["order"]
    if "tenths" in order:
        places = _("Time, over ten places in the order (ratio)")
        found += [(places, order["time_ratio"])]
        found += [
            (
                _("Share of right answers, over ten places in the order (difference)"),
                order["right_change"],
            )
        ]
    rows = tuple((label, *interval(row), row["p"], reasons([row])) for label, row in found)
    header = (_("Quantity"), _("Estimate"), *limits(document), "p", _("Why not"))
    kinds = ("text", *["auc"] * 3, "p", "reason")
    title = _("Time against right and wrong, and along the order")
    return ResultTable("time-trends", title, header, kinds, rows)


def _excluded(part: Document) -> ResultTable:
    out = part["excluded"]
    header = (_("Answers"), _("Without a time"), _("Disturbed, left out"), _("Share"), _("Why not"))
    names = ("answers", "without_time", "disturbed", "share_disturbed", "reason")
    rows = (tuple(out[name] for name in names),)
    kinds = ("count", "count", "count", "rate", "reason")
    return ResultTable("time-excluded", _("Times that were left out"), header, kinds, rows)


def _order(part: Document) -> ResultTable:
    header = (
        _("Tenth of the order"), *_header(), _("Fitted time, s"), _("Decisions"), _("Right"), _("Right, fitted"),
    )  # fmt: skip
    rows = tuple(
        (
            str(row["tenth"]),
            *_cells(row),
            *(row[name] for name in ("fitted_seconds", "graded", "share_right", "fitted_right")),
        )
        for row in part["order"]["tenths"]
    )
    kinds = ("text", *_KINDS, "number", "count", "rate", "rate")
    return ResultTable(
        "time-order", _("Time and right answers along the order"), header, kinds, rows
    )


def _readers(part: Document) -> ResultTable:
    rows = tuple((row["code"], row["group"], *_cells(row)) for row in part["readers"])
    header = (_("Reader"), _("Rank group"), *_header())
    title = _("Time to the decision of every reader")
    return ResultTable("time-readers", title, header, ("text", "text", *_KINDS), rows)


def figures(document: Document) -> Sequence[Figure]:
    """Readers' medians by group, and time and right answers along the order."""
    part = section(document, "time")
    return [] if part is None else time_figures(part)


TOPIC = Topic("time", gettext_lazy("Time and order"), ("time",), tables, figures)
