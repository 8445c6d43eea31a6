"""Reporting checklists: which of their items a report fills by itself, and which need a text of the coordinators.

Items are in our own short words, with the number that the checklist gives them; the wording of the checklists is not
copied. The numbering of CLEAR Derm should be held against the published list before a submission.
"""

from readerstudy.results.report.checklists.claim import CLAIM
from readerstudy.results.report.checklists.clear_derm import CLEAR_DERM
from readerstudy.results.report.checklists.grras import GRRAS
from readerstudy.results.report.checklists.item import Checklist, Item
from readerstudy.results.report.checklists.stard_ai import STARD_AI
from readerstudy.results.report.checklists.status import ItemStatus, Status, statuses

CHECKLISTS: tuple[Checklist, ...] = (STARD_AI, CLAIM, CLEAR_DERM, GRRAS)
__all__ = ["CHECKLISTS", "Checklist", "Item", "ItemStatus", "Status", "item_keys", "statuses"]


def item_keys() -> frozenset[str]:
    """The keys of all items, such as `stard-ai-6`."""
    return frozenset(one.key_of(item) for one in CHECKLISTS for item in one.items)
