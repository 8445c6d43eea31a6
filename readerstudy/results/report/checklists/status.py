"""How far each item of a checklist is filled."""

from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext as _

from readerstudy.results.figure import Document
from readerstudy.results.report.checklists.item import REASONS, Checklist, Item
from readerstudy.results.report.facts import Facts


class Status(Enum):
    """Whether an item is filled."""

    SYSTEM = "system"
    TEXT = "text"
    MISSING = "missing"
    NOT_APPLICABLE = "not-applicable"

    @property
    def label(self) -> str:
        """The status in words."""
        return {
            Status.SYSTEM: _("filled by the system"),
            Status.TEXT: _("filled by a text"),
            Status.MISSING: _("text missing"),
            Status.NOT_APPLICABLE: _("not applicable"),
        }[self]


@dataclass(frozen=True)
class ItemStatus:
    """One item with its status, where it stands in the report, and the text or the reason."""

    key: str
    number: str
    words: str
    status: Status
    location: str
    text: str = ""


def statuses(
    checklist: Checklist, document: Document, facts: Facts, texts: dict[str, str]
) -> list[ItemStatus]:
    """Every item of the checklist, in its order. A text of the coordinators goes before everything else."""
    present = _present(document, facts)
    return [_status(checklist, item, present, texts) for item in checklist.items]


def _present(document: Document, facts: Facts) -> set[str]:
    """What the analysis has of that which items need."""
    sections = {name for name, one in document.get("sections", {}).items() if "reason" not in one}
    found = {
        "model": bool(document["models"]),
        "aided": bool(facts.table is not None and facts.table.aided is not None),
        "repeats": bool(facts.table is not None and facts.table.repeats is not None),
        "table": facts.table is not None,
        "cases": bool(facts.table is not None and facts.table.cases),
        "plan": bool((document["study"].get("plan") or {}).get("is_prespecified")),
        "card": any(model.get("card") for model in facts.models),
        "overlap": bool(facts.section("training_overlap").get("training_sets")),
        "agreement": any("agreement" in name for name in sections),
        "subgroups": any("subgroup" in name for name in sections),
    }
    return {name for name, is_there in found.items() if is_there}


def _status(
    checklist: Checklist, item: Item, present: set[str], texts: dict[str, str]
) -> ItemStatus:
    key = checklist.key_of(item)
    own = (key, item.number, str(item.words))
    if texts.get(key):
        return ItemStatus(*own, Status.TEXT, _("chapter %(number)d") % {"number": 18}, texts[key])
    if item.needs and item.needs not in present:
        reason = str(REASONS.get(item.needs, ""))
        return ItemStatus(*own, Status.NOT_APPLICABLE if reason else Status.MISSING, "–", reason)
    if item.chapter is None:
        return ItemStatus(*own, Status.MISSING, "–")
    return ItemStatus(*own, Status.SYSTEM, _("chapter %(number)d") % {"number": item.chapter})
