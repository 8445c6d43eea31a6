"""Aided against unaided readings (E4), and cases that were read twice (E8)."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from readerstudy.results.figure import Document, Figure
from readerstudy.results.sections.subgroup_areas import MEASURES
from readerstudy.results.shown.aided_figures import aided_figures
from readerstudy.results.shown.labels import interval, limits, measure_kind, measure_name, reasons
from readerstudy.results.shown.marks import group_name, section
from readerstudy.results.shown.repeats import repeat_tables
from readerstudy.results.shown.topic import Topic
from readerstudy.results.table_model import ResultTable

_CHANGES = ("right_right", "right_wrong", "wrong_right", "wrong_wrong")


def tables(document: Document) -> Sequence[ResultTable]:
    """Both arms by measure, what the aid changed, every reader, and the repeats."""
    part, found = section(document, "aided"), []
    if part is not None:
        found = [_arms(document, part, measure) for measure in MEASURES]
        if part["switching"]["rows"]:
            found.append(_switching(part["switching"]))
        if part["switching"]["influence"]:
            found.append(_influence(document, part["switching"]))
        found.append(_readers(part))
    return [*found, *repeat_tables(document)]


def _arms(document: Document, part: Document, measure: str) -> ResultTable:
    kind, of_difference = measure_kind(measure), measure_kind(measure, is_difference=True)
    header = (
        _("Rank group"), _("Readers"), _("Unaided"), _("Aided"), _("Aided − unaided"), *limits(document), "p",
    )  # fmt: skip
    kinds = ("text", "count", kind, kind, *[of_difference] * 3, "p")
    rows = tuple(
        (
            group_name(row["name"]),
            row["readers"],
            row[measure]["unaided"],
            row[measure]["aided"],
            *interval(row[measure]["difference"]),
            row[measure]["difference"]["p"],
            *([row[measure]["p_dbm"]] if measure == "auc" else []),
            reasons([row[measure]["difference"]]),
        )
        for row in part["groups"]
    )
    dbm = ((_("p, Dorfman-Berbaum-Metz"),), ("p",)) if measure == "auc" else ((), ())
    title = _("%(measure)s without and with the aid") % {"measure": measure_name(measure)}
    return ResultTable(
        f"aided-{measure}",
        title,
        (*header, *dbm[0], _("Why not")),
        (*kinds, *dbm[1], "reason"),
        rows,
    )


def _switching(part: Document) -> ResultTable:
    header = (
        _("Rank group"), _("CNN"), _("Answers"), _("right, stayed right"), _("right → wrong"), _("wrong → right"),
        _("wrong, stayed wrong"),
    )  # fmt: skip
    names = {"all": _("right or wrong"), "right": _("right"), "wrong": _("wrong")}
    rows = tuple(
        (
            group_name(row["group"]),
            names[row["cnn"]],
            row["answers"],
            *(row[name] for name in _CHANGES),
        )
        for row in part["rows"]
    )
    title = _("What the aid changed, by whether the CNN was right")
    return ResultTable("aided-switching", title, header, ("text", "text", *["count"] * 5), rows)


def _influence(document: Document, part: Document) -> ResultTable:
    names = {
        "misled": _("right without the aid, CNN wrong: became wrong (automation bias)"),
        "corrected": _("wrong without the aid, CNN right: became right"),
        "misled_though_cnn_right": _("right without the aid, CNN right: became wrong"),
        "corrected_though_cnn_wrong": _("wrong without the aid, CNN wrong: became right"),
    }
    header = (
        _("Rank group"), _("Answers"), _("Possible"), _("Turned"), _("Share"), _("Readers"), _("Mean over readers"), *limits(document),
        _("Why not"),
    )  # fmt: skip
    rows = tuple(
        (
            group_name(row["group"]),
            names[row["kind"]],
            *(row[name] for name in ("possible", "turned", "share", "readers")),
            *interval(row["mean"]),
            reasons([row["mean"]]),
        )
        for row in part["influence"]
    )
    kinds = ("text", "text", "count", "count", "rate", "count", *["rate"] * 3, "reason")
    title = _("How far readers followed the CNN")
    return ResultTable("aided-influence", title, header, kinds, rows)


def _readers(part: Document) -> ResultTable:
    words = (_("%(measure)s unaided"), _("%(measure)s aided"), _("%(measure)s, difference"))
    header = [word % {"measure": measure_name(measure)} for measure in MEASURES for word in words]
    kinds = [
        kind
        for measure in MEASURES
        for kind in (*[measure_kind(measure)] * 2, measure_kind(measure, is_difference=True))
    ]
    rows = tuple(
        (
            row["code"],
            row["group"],
            *(
                row[measure][name]
                for measure in MEASURES
                for name in ("unaided", "aided", "difference")
            ),
        )
        for row in part["readers"]
    )
    title = _("Every reader without and with the aid")
    head = (_("Reader"), _("Rank group"))
    return ResultTable("aided-readers", title, (*head, *header), ("text", "text", *kinds), rows)


def figures(document: Document) -> Sequence[Figure]:
    """Slopes of the readers and what the aid changed."""
    part = section(document, "aided")
    return [] if part is None else aided_figures(part)


TOPIC = Topic("aided", gettext_lazy("Aided and repeated readings"), ("aided", "repeats"), tables, figures)  # fmt: skip
