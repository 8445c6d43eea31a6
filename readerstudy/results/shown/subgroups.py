"""Subgroups of the cases (E7): what readers and CNN reach in each, and how much that differs."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from readerstudy.results.figure import Document, Figure
from readerstudy.results.sections.subgroup_areas import MEASURES
from readerstudy.results.shown.labels import (
    Cells,
    factor_name,
    filled,
    interval,
    level_name,
    limits,
    measure_kind,
    measure_name,
    reasons,
)
from readerstudy.results.shown.marks import section
from readerstudy.results.shown.subgroup_figures import subgroup_figures
from readerstudy.results.shown.topic import Topic
from readerstudy.results.table_model import ResultTable


def tables(document: Document) -> Sequence[ResultTable]:
    """Readers, each model and its difference from them, the spread, the interactions, and what is not recorded."""
    part = section(document, "subgroups")
    if part is None:
        return []
    models = list(enumerate(part["models"], start=1))
    return filled(
        [
            _readers(document, part),
            *(_cnn(document, part, model, number) for number, model in models),
            *(_difference(document, part, model, number) for number, model in models),
            _spread(part),
            _interaction(document, part),
            _recorded(part),
        ]
    )


def _rows(part: Document) -> Iterator[tuple[Cells, Document]]:
    """Cells that name a subgroup and count its cases, and the subgroup."""
    for factor in part["factors"]:
        name = factor_name(factor["factor"])
        for row in factor["levels"]:
            label = level_name(factor["factor"], row["level"])
            yield (name, label, row["positives"], row["negatives"]), row


def _head() -> tuple[str, ...]:
    return _("Property"), _("Subgroup"), _("Malignant"), _("Benign")


_HEAD_KINDS = ("text", "text", "count", "count")


def _mark(part: Document) -> str:
    return _("pre-specified") if part["is_prespecified"] else _("exploratory")


def _estimates(
    document: Document, name: str, title: str, rows: Sequence[tuple[Cells, Document]], *, is_difference: bool = False
) -> ResultTable:  # fmt: skip
    """A line for each subgroup with the three measures, their intervals, and p where they are differences."""
    low, high = limits(document)
    p = ("p",) if is_difference else ()
    header = [column for measure in MEASURES for column in (measure_name(measure), low, high, *p)]
    kinds = [
        kind
        for measure in MEASURES
        for kind in (*[measure_kind(measure, is_difference=is_difference)] * 3, *p)
    ]
    cells = tuple(
        (*head, *_three(found, is_difference=is_difference), reasons([found[m] for m in MEASURES]))
        for head, found in rows
    )
    return ResultTable(
        name,
        title,
        (*_head(), *header, _("Why not")),
        (*_HEAD_KINDS, *kinds, "reason"),
        cells,
    )


def _three(found: Document, *, is_difference: bool) -> Iterator[Any]:
    for measure in MEASURES:
        yield from interval(found[measure])
        if is_difference:
            yield found[measure]["p"]


def _readers(document: Document, part: Document) -> ResultTable:
    title = _("Mean of the readers in subgroups of the cases (%(mark)s)") % {"mark": _mark(part)}
    rows = [(head, row["readers"]) for head, row in _rows(part)]
    return _estimates(document, "subgroups-readers", title, rows)


def _cnn(document: Document, part: Document, model: Document, number: int) -> ResultTable:
    words = {"model": model["name"], "mark": _mark(part)}
    title = _("%(model)s in subgroups of the cases (%(mark)s)") % words
    rows = [(head, row["models"][number - 1]) for head, row in _rows(part)]
    table = _estimates(document, f"subgroups-model-{number}", title, rows)
    matched = (_("Specificity at the readers' mean sensitivity"), _("Runs, lowest"), _("Runs, highest"))  # fmt: skip
    return ResultTable(
        table.name,
        title,
        (*table.header[:-1], *matched, table.header[-1]),
        (*table.kinds[:-1], *["rate"] * 3, table.kinds[-1]),
        tuple(
            (*cells[:-1], *interval(found["matched_specificity"]), cells[-1])
            for cells, (_head_cells, found) in zip(table.rows, rows, strict=True)
        ),
    )


def _difference(document: Document, part: Document, model: Document, number: int) -> ResultTable:
    words = {"model": model["name"], "mark": _mark(part)}
    title = _("%(model)s minus the readers' mean in subgroups of the cases (%(mark)s)") % words
    rows = [(head, row["models"][number - 1]["difference"]) for head, row in _rows(part)]
    return _estimates(document, f"subgroups-difference-{number}", title, rows, is_difference=True)


def _who(part: Document, model: int | None, subject: str = "") -> str:
    """Whom a line is about: the readers, a model, or the difference between them."""
    if model is None:
        return _("Readers")
    name = part["models"][model]["name"]
    return _("%(model)s − readers") % {"model": name} if subject == "difference" else name


def _spread(part: Document) -> ResultTable:
    header = (_("Property"), _("Of"), _("Measure"), _("Subgroups"), _("Lowest"), _("Highest"), _("Highest − lowest"), _("Why not"))  # fmt: skip
    rows = tuple(
        (
            factor_name(factor["factor"]),
            _who(part, row["model"]),
            measure_name(row["measure"]),
            *(row[name] for name in ("levels", "low", "high", "spread", "reason")),
        )
        for factor in part["factors"]
        for row in factor["spread"]
        if row["levels"]
    )
    kinds = ("text", "text", "text", "count", "auc", "auc", "difference_auc", "reason")
    title = _("Spread over the subgroups of a property, as fractions")
    return ResultTable("subgroups-spread", title, header, kinds, rows)


def _interaction(document: Document, part: Document) -> ResultTable:
    header = (
        _("Property"), _("Of"), _("Measure"), _("Subgroup"), _("Against"), _("Difference"), *limits(document), "p", _("p, Holm"),
        _("Why not"),
    )  # fmt: skip
    rows = tuple(
        (
            factor_name(factor["factor"]),
            _who(part, row["model"], row["subject"]),
            measure_name(row["measure"]),
            level_name(factor["factor"], row["subgroup"]),
            level_name(factor["factor"], row["reference"]),
            *interval(row),
            row["p"],
            row["p_adjusted"],
            reasons([row]),
        )
        for factor in part["factors"]
        for row in factor["interaction"]
    )
    kinds = (*["text"] * 5, *["difference_auc"] * 3, "p", "p", "reason")
    title = _("Interaction with the subgroup: against the largest one, as fractions")
    return ResultTable("subgroups-interaction", title, header, kinds, rows)


def _recorded(part: Document) -> ResultTable:
    header = (_("Property"), _("Subgroups"), _("Cases not recorded"), _("Further values"), _("Cases with them"))  # fmt: skip
    rows = tuple(
        (
            factor_name(factor["factor"]),
            len(factor["levels"]),
            factor["not_recorded"],
            factor["further_levels"],
            factor["further_cases"],
        )
        for factor in part["factors"]
    )
    title = _("What is recorded of the cases")
    return ResultTable("subgroups-recorded", title, header, ("text", *["count"] * 4), rows)


def figures(document: Document) -> Sequence[Figure]:
    """Forest plots."""
    part = section(document, "subgroups")
    return [] if part is None else subgroup_figures(part)


TOPIC = Topic("subgroups", gettext_lazy("Subgroups"), ("subgroups",), tables, figures)
