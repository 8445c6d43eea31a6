"""The flow of readers and cases, and Table 1 of the cases, as tables."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from readerstudy.results.figure import Document
from readerstudy.results.shown.labels import Cells, factor_name, level_name
from readerstudy.results.shown.marks import section
from readerstudy.results.table_model import ResultTable

_COLUMNS = ("malignant", "share_malignant", "benign", "share_benign", "all", "share_all")


def flow_tables(document: Document) -> list[ResultTable]:
    """Readers and cases from enrolment to analysis, and readers by rank group."""
    part = section(document, "flow")
    return [] if part is None else [_flow(part), _groups(part)]


def _flow(part: Document) -> ResultTable:
    readers, cases = part["readers"], part["cases"]
    rows = [
        (_("Readers enrolled"), readers["enrolled"]),
        (_("Readers withdrawn"), readers["withdrawn_readers"]),
        (_("Readers without any answer"), readers["readers_without_answers"]),
        (_("Readers who began"), readers["started"]),
        (_("Readers who did not answer all they were given"), readers["unfinished"]),
        (_("Readers who graded no case of a class"), readers["one_class"]),
        (_("Readers analysed"), readers["analysed"]),
        (_("Cases of the study"), cases["enrolled"]),
        (_("Cases withdrawn"), cases["withdrawn_cases"]),
        (_("Cases analysed"), cases["analysed"]),
        (_("of these malignant"), cases["malignant"]),
        (_("of these benign"), cases["benign"]),
        *(
            (name.replace("_", " "), count)
            for name, count in sorted(part["other_exclusions"].items())
        ),
    ]
    title = _("Flow of readers and cases")
    return ResultTable("flow", title, (_("Step"), _("Number")), ("text", "count"), tuple(rows))


def _groups(part: Document) -> ResultTable:
    header = (_("Rank group"), _("Readers who began"), _("Readers analysed"))
    rows = tuple((row["name"], row["started"], row["analysed"]) for row in part["groups"])
    title = _("Flow of readers by rank group")
    return ResultTable("flow-groups", title, header, ("text", "count", "count"), rows)


def case_tables(document: Document) -> list[ResultTable]:
    """Table 1."""
    part = section(document, "cases_table")
    return [] if part is None else [_case_table(part), _ages(part)]


def _case_table(part: Document) -> ResultTable:
    header = (
        _("Property"), _("Value"), _("Malignant"), _("Share of malignant"), _("Benign"), _("Share of benign"), _("All"), _("Share of all"),
    )  # fmt: skip
    rows = [_total(part), *(row for factor in part["factors"] for row in _factor(factor))]
    kinds = ("text", "text", *["count", "rate"] * 3)
    return ResultTable("cases-table", _("Table 1: the cases by truth"), header, kinds, tuple(rows))


def _total(part: Document) -> Cells:
    malignant, benign = part["malignant"], part["benign"]
    return _("Cases"), "", malignant, None, benign, None, malignant + benign, None


def _factor(factor: Document) -> Iterator[Cells]:
    """The values, further ones together, and what is not recorded."""
    name = factor_name(factor["factor"])
    for row in factor["levels"]:
        label = level_name(factor["factor"], row["level"])
        yield (name, label, *(row[column] for column in _COLUMNS))
    if factor["further_levels"]:
        label = _("%(count)d further values") % {"count": factor["further_levels"]}
        yield (name, label, *(factor["other"][column] for column in _COLUMNS))
    if factor["not_recorded"]["all"]:
        row = factor["not_recorded"]
        yield (name, _("not recorded"), *(row[column] for column in _COLUMNS))


def _ages(part: Document) -> ResultTable:
    names = {"malignant": _("malignant"), "benign": _("benign"), "all": _("all")}
    header = (_("Cases"), _("Age recorded"), _("Median, years"), _("Lower quartile"), _("Upper quartile"), _("Why not"))  # fmt: skip
    rows = tuple(
        (label, *(part["age"][name][key] for key in ("n", "median", "low", "high", "reason")))
        for name, label in names.items()
    )
    kinds = ("text", "count", "number", "number", "number", "reason")
    return ResultTable("cases-age", _("Age of the patients"), header, kinds, rows)
