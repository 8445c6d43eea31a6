"""The readers whose numbers go into most sections: those who answered all they were given."""

from readerstudy.results.sections.errors import NO_COMPLETE_READER, NotComputableError
from readerstudy.results.table import ReadingTable


def complete_part(table: ReadingTable, why_not: str = NO_COMPLETE_READER) -> ReadingTable:
    """The table of the complete readers. Raises NotComputableError, with `why_not`, where there is none."""
    if not table.complete.any():
        raise NotComputableError(why_not)
    return table.picked(readers=table.complete)
