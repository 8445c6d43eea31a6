"""The sections of an analysis beyond readers, models and cases: one module each, from the reading table to plain JSON values.

A section that cannot be computed has a `reason` and nothing else; a number that cannot has null and a reason beside it.
Everything else of it says by which `method` it was computed, and which `estimands` (E1 to E17) it answers.
"""

from collections.abc import Callable, Mapping
from typing import Any

from readerstudy.results.reader_part import VOTES_ALONE
from readerstudy.results.sections.agreement import agreement
from readerstudy.results.sections.aided import aided
from readerstudy.results.sections.calibration import calibration
from readerstudy.results.sections.case_table import case_table
from readerstudy.results.sections.characteristics import characteristics
from readerstudy.results.sections.combination import combination
from readerstudy.results.sections.crowd import crowd
from readerstudy.results.sections.difficulty import difficulty
from readerstudy.results.sections.errors import NotComputableError
from readerstudy.results.sections.experience import experience
from readerstudy.results.sections.fixed_threshold import fixed_threshold
from readerstudy.results.sections.flow import flow
from readerstudy.results.sections.matched import matched
from readerstudy.results.sections.missing import missing
from readerstudy.results.sections.modalities import modalities
from readerstudy.results.sections.net_benefit import net_benefit
from readerstudy.results.sections.per_reader import per_reader
from readerstudy.results.sections.predictive import predictive
from readerstudy.results.sections.primary import primary
from readerstudy.results.sections.reading_time import reading_time
from readerstudy.results.sections.repeats import repeats
from readerstudy.results.sections.spread import spread
from readerstudy.results.sections.subgroups import subgroups
from readerstudy.results.sections.truth_uncertainty import truth_uncertainty
from readerstudy.results.sections.votes import votes
from readerstudy.results.table import ReadingTable
from readerstudy.stats import StatisticsInputError

Section = Callable[[ReadingTable], dict[str, Any]]


SECTIONS: Mapping[str, Section] = {
    "primary": primary,
    "fixed_threshold": fixed_threshold,
    "matched": matched,
    "per_reader": per_reader,
    "spread": spread,
    "characteristics": characteristics,
    "subgroups": subgroups,
    "time": reading_time,
    "difficulty": difficulty,
    "aided": aided,
    "repeats": repeats,
    "missing": missing,
    "cases_table": case_table,
    "flow": flow,
    "agreement": agreement,
    "calibration": calibration,
    "net_benefit": net_benefit,
    "predictive": predictive,
    "crowd": crowd,
    "combination": combination,
    "experience": experience,
    "truth_uncertainty": truth_uncertainty,
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
