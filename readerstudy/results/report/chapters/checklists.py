"""Chapter 18: the checklists with their status."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from readerstudy.results.report.blocks import Block, Heading, NumberedTable, Paragraph
from readerstudy.results.report.chapters.source import Source
from readerstudy.results.report.checklists import (
    CHECKLISTS,
    Checklist,
    ItemStatus,
    Status,
    statuses,
)
from readerstudy.results.table_model import ResultTable


def checklists(source: Source) -> Iterator[Block]:
    """One table for every checklist."""
    yield Paragraph(
        _(
            "Items are in our own short words; the checklists themselves are cited. Coordinators can add texts for what only people know."
        )
    )
    for number, checklist in enumerate(CHECKLISTS, start=1):
        items = statuses(checklist, source.document, source.facts, source.texts)
        yield Heading(checklist.title)
        yield Paragraph(checklist.citation, is_english=True)
        yield NumberedTable(f"C{number}", checklist_table(checklist, items), note=summary(items))


def checklist_table(checklist: Checklist, items: list[ItemStatus]) -> ResultTable:
    """Item, status, place in the report, text or reason."""
    header = (_("Item"), _("What"), _("Status"), _("Location"), _("Text or reason"))
    rows = tuple((one.number, one.words, one.status.label, one.location, one.text) for one in items)
    title = _("%(name)s, completed") % {"name": checklist.title}
    return ResultTable(f"checklist-{checklist.name}", title, header, ("text",) * 5, rows)


def summary(items: list[ItemStatus]) -> str:
    """How many items are filled, open, and not applicable."""
    filled = sum(one.status in (Status.SYSTEM, Status.TEXT) for one in items)
    missing = sum(one.status == Status.MISSING for one in items)
    words = _(
        "%(filled)d of %(all)d items are filled; texts missing: %(missing)d; not applicable: %(rest)d."
    )
    return words % {
        "filled": filled,
        "all": len(items),
        "missing": missing,
        "rest": len(items) - filled - missing,
    }
