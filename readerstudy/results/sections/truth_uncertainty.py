"""How much the results depend on an uncertain reference standard (E17)."""

from readerstudy.results.sections.errors import NotComputableError
from readerstudy.results.sections.panel import Part
from readerstudy.results.table import ReadingTable

REASON = (
    "The reference standard has one answer per case and no votes of a panel behind it, so its own uncertainty cannot be "
    "carried into the results: the intervals take it as free of error."
)


def truth_uncertainty(_table: ReadingTable) -> Part:
    """Always raises NotComputableError: votes of a panel, which could be drawn again, are not kept."""
    raise NotComputableError(REASON)
