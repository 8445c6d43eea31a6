"""Agreement of readers with themselves (E8), as tables."""

from django.utils.translation import gettext as _

from readerstudy.results.figure import Document
from readerstudy.results.shown.labels import Cells, limits
from readerstudy.results.shown.marks import section
from readerstudy.results.table_model import ResultTable


def repeat_tables(document: Document) -> list[ResultTable]:
    """Over readers and pooled, and every reader; none where no case came again."""
    part = section(document, "repeats")
    return [] if part is None else [_summary(document, part), _readers(document, part)]


def _summary(document: Document, part: Document) -> ResultTable:
    pooled = part["pooled"]
    rows = [
        (_("Kappa, mean over readers"), _value(part["mean_kappa"])),
        (_("Share of equal decisions, mean over readers"), _value(part["mean_agreement"])),
        (_("Kappa, pooled"), _estimate(pooled["kappa"])),
        (_("Share of equal decisions, pooled"), _estimate(pooled["agreement"])),
        (_("Kappa of the ratings, quadratic weights, pooled"), _estimate(pooled["weighted_kappa"])),
        (_("Intraclass correlation (2,1) of the ratings, pooled"), _estimate(pooled["icc"])),
    ]
    header = (_("Quantity"), _("Estimate"), *limits(document), _("Why not"))
    title = _("Agreement of readers with themselves (%(pairs)d cases read twice)") % part
    kinds = ("text", *["auc"] * 3, "reason")
    return ResultTable("repeats", title, header, kinds, tuple((label, *cells) for label, cells in rows))  # fmt: skip


def _value(found: Document) -> Cells:
    return found["value"], found["low"], found["high"], found["reason"]


def _estimate(found: Document) -> Cells:
    return found["estimate"], found["low"], found["high"], found["reason"]


def _readers(document: Document, part: Document) -> ResultTable:
    low, high = limits(document)
    header = (_("Reader"), _("Rank group"), _("Cases read twice"), "Kappa", low, high, _("Equal decisions"), _("Intraclass correlation"), _("Why not"))  # fmt: skip
    rows = tuple(
        (
            row["code"],
            row["group"],
            row["pairs"],
            *(row["kappa"][name] for name in ("estimate", "low", "high")),
            row["agreement"]["estimate"],
            row["icc"]["estimate"],
            row["kappa"]["reason"] or row["icc"]["reason"],
        )
        for row in part["readers"]
    )
    kinds = ("text", "text", "count", *["auc"] * 3, "rate", "auc", "reason")
    title = _("Agreement of every reader with themselves")
    return ResultTable("repeats-readers", title, header, kinds, rows)
