"""Chapter 19: ratings of every reader, order, model runs, audit head, what readers were told."""

from collections.abc import Iterator

import numpy as np
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from readerstudy.results.figure import Figure
from readerstudy.results.report import placing
from readerstudy.results.report.blocks import Block, FactRows, Heading, Paragraph
from readerstudy.results.report.chapters.source import Source
from readerstudy.results.report.facts import Facts
from readerstudy.results.sentences import decimal
from readerstudy.results.table import ReadingTable
from readerstudy.results.table_model import ResultTable

_MOST_LEVELS, _BINS = 12, 10
_SHORT_HASH = 16


def appendices(source: Source) -> Iterator[Block]:
    """All of it."""
    if source.facts.table is not None:
        yield source.picture(ratings_figure(source.facts.table))
    yield Paragraph(_("The 2 × 2 table of every reader (TP, FN, TN, FP) is part of Table 5."))
    yield from source.shown(placing.APPENDIX)
    yield from _left_out(source)
    yield from _order(source.facts)
    yield from _software(source)
    yield from _told(source.facts)


def _left_out(source: Source) -> Iterator[Block]:
    names = ", ".join(table.title for table in source.placed.left_out)
    if names:
        yield Paragraph(_("Not printed here, and to be had as CSV: %(names)s.") % {"names": names})


def _order(facts: Facts) -> Iterator[Block]:
    order = facts.manifest.get("order")
    if order:
        yield Heading(_("Reading orders"))
        rows = (
            (_("Algorithm"), order["algorithm"]),
            (_("Seed"), order["seed"]),
            (_("All orders (SHA-256)"), order["sha256"]),
        )
        yield FactRows(rows, is_code=True)


def _software(source: Source) -> Iterator[Block]:
    facts = source.facts
    yield Heading(_("Record"))
    rows = [
        (_("Lock, version %(version)d") % one, f"{one['sha256']} · {one['locked_at']}")
        for one in facts.locks
    ]
    audit = facts.audit
    head = f"{audit['hash']} · {audit['sequence']} · {audit['at']}" if audit else "–"
    yield FactRows((*rows, (_("Head of the audit trail at the analysis"), head)), is_code=True)


def _told(facts: Facts) -> Iterator[Block]:
    protocol = facts.manifest.get("protocol")
    if not protocol:
        return
    language = "de" if (get_language() or "").startswith("de") else "en"
    yield Heading(_("What readers were told, word for word"))
    for paragraph in protocol[f"instructions_{language}"].split("\n\n"):
        yield Paragraph(paragraph, is_given=True)


def runs_table(facts: Facts) -> ResultTable | None:
    """One line for every model run: what it ran with."""
    header = (
        _("Model"), _("Training run"), _("File (SHA-256)"), _("Spec (SHA-256)"), _("Provider used"), "ONNX Runtime",
        _("Images in a batch"), _("Scored"), _("State"), _("Finished"),
    )  # fmt: skip
    rows = tuple(
        (
            run["model"], run["label"], run["artefact_sha256"][:_SHORT_HASH], run["spec_sha256"][:_SHORT_HASH],
            run["provider_used"] or "–", run["runtime_version"] or "–", run["batch_size"], f"{run['done']}/{run['total']}",
            run["state"], run["finished_at"] or "–",
        )
        for run in facts.runs
    )  # fmt: skip
    kinds = ("text", "text", "text", "text", "text", "text", "count", "text", "text", "text")
    return ResultTable("model-runs", _("Model runs"), header, kinds, rows) if rows else None


def rating_table(table: ReadingTable) -> ResultTable:
    """How often every complete reader gave every rating: benign / malignant cases."""
    levels, place = _levels(table)
    readers = [(row, reader) for row, reader in enumerate(table.readers) if table.complete[row]]
    rows = tuple(
        (
            reader.code,
            *(
                f"{benign}/{malignant}"
                for benign, malignant in _by_truth(table, place[row], len(levels))
            ),
        )
        for row, reader in readers
    )
    title = _("Ratings of every reader: number of benign / malignant cases")
    return ResultTable(
        "rating-histograms", title, (_("Reader"), *levels), ("text", *["label"] * len(levels)), rows
    )


def _by_truth(table: ReadingTable, places: NDArray[np.int64], count: int) -> list[tuple[int, int]]:
    """(benign, malignant) cases at each level; places below 0 are missing."""
    benign, malignant = (
        np.bincount(places[(places >= 0) & (table.truth == side)], minlength=count)
        for side in (0, 1)
    )
    return list(zip(benign.tolist(), malignant.tolist(), strict=True))


def _levels(table: ReadingTable) -> tuple[list[str], NDArray[np.int64]]:
    """Names of the levels from the lowest, and the level of every rating (J, K), -1 where it is missing.

    Scales with many values are put into ten bins of the same width.
    """
    known = ~np.isnan(table.rating)
    values = np.unique(table.rating[known])
    filled = np.where(known, table.rating, values[0])
    if values.size <= _MOST_LEVELS:
        place = np.searchsorted(values, filled)
        return [_short(one) for one in values.tolist()], np.where(known, place, -1)
    edges = np.linspace(values[0], values[-1], _BINS + 1)
    place = np.clip(np.digitize(filled, edges) - 1, 0, _BINS - 1)
    names = [
        f"{_short(low)}…{_short(high)}"
        for low, high in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)
    ]
    return names, np.where(known, place, -1)


def _short(value: float) -> str:
    text = decimal(abs(value), 0 if float(value).is_integer() else 1)
    return f"−{text}" if value < 0 else text


def ratings_figure(table: ReadingTable) -> Figure:
    """The ratings of all complete readers by the reference standard."""
    levels, place = _levels(table)
    own = place[table.complete]
    counts = np.sum([_by_truth(table, row, len(levels)) for row in own], axis=0).T
    names = (_("Benign cases"), _("Malignant cases"))
    traces = [
        {"type": "bar", "x": levels, "y": (side / max(int(side.sum()), 1)).tolist(), "name": name}
        for side, name in zip(counts, names, strict=True)
    ]
    layout = {
        "barmode": "group",
        "xaxis": {"type": "category", "title": {"text": _("Rating")}},
        "yaxis": {"title": {"text": _("Share of the readings")}, "tickformat": ".0%"},
    }
    caption = _(
        "Share of the readings of each class of cases at every rating, over all complete readers. Negative ratings are decisions against biopsy."
    )
    return Figure(
        "ratings",
        _("Distribution of the ratings"),
        caption,
        {"data": traces, "layout": layout},
        "rating-histograms",
    )
