"""The sections of an analysis beyond readers, models and cases: one module each, from the reading table to plain JSON values.

A section that cannot be computed has a `reason` and nothing else; a number that cannot has null and a reason beside it.
Everything else of it says by which `method` it was computed, and which `estimands` (E1 to E17) it answers.
"""

from collections.abc import Callable, Mapping
from typing import Any

from readerstudy.results.reader_part import VOTES_ALONE
from readerstudy.results.sections.errors import NotComputableError
from readerstudy.results.sections.modalities import modalities
from readerstudy.results.sections.votes import votes
from readerstudy.results.table import ReadingTable
from readerstudy.stats import StatisticsInputError

Section = Callable[[ReadingTable], dict[str, Any]]


SECTIONS: Mapping[str, Section] = {
    "modalities": modalities,
    "votes": votes,
}
# What can be told of counts of votes, where single readers are not known.
WITHOUT_READERS: frozenset[Section] = frozenset({votes})


def build_sections(table: ReadingTable) -> dict[str, dict[str, Any]]:
    """Name → section, each computed or with the reason why not."""
    return {name: _built(build, table) for name, build in SECTIONS.items()}


def _built(build: Section, table: ReadingTable) -> dict[str, Any]:
    if table.votes and build not in WITHOUT_READERS:
        return {"reason": VOTES_ALONE}
    try:
        return build(table)
    except (NotComputableError, StatisticsInputError) as error:
        return {"reason": str(error)}


__all__ = ["SECTIONS", "NotComputableError", "Section", "build_sections"]
