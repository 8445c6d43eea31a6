"""What stands in a manifest, in a few words: so that a guess can be checked where it is asked about."""

from collections import Counter
from collections.abc import Iterable, Mapping

from readerstudy.core.csvio import Table
from readerstudy.intake.columns import TRUTH
from readerstudy.intake.deciding import EMPTY
from readerstudy.intake.mapping import MALIGNANT

SAMPLES = 3
LONGEST = 40


def samples_of(table: Table, used: Mapping[str, str]) -> dict[str, list[str]]:
    """Column → its first three different values that are not empty, each cut to 40 characters.

    Columns that are known to hold the truth are left out: a report tells nothing of it.
    """
    truth = {used[field] for field in TRUTH if field in used}
    return {
        column: _first(row[at] for row in table.rows if at < len(row))
        for at, column in enumerate(table.header)
        if column and column not in truth
    }


def _first(cells: Iterable[str]) -> list[str]:
    found: dict[str, None] = {}
    for cell in cells:
        if cell:
            found.setdefault(cell if len(cell) <= LONGEST else f"{cell[: LONGEST - 1]}…")
        if len(found) == SAMPLES:
            break
    return list(found)


def rows_of_classes(
    table: Table, used: Mapping[str, str], diagnoses: Iterable[str]
) -> dict[str, int]:
    """Diagnosis → the number of its rows, in whatever case they spell it. `used` is field → column."""
    source = used.get(MALIGNANT) or used.get("diagnosis")
    if source is None:
        return {}
    at = table.header.index(source)
    counts = Counter((row[at] if at < len(row) else "").casefold() or EMPTY for row in table.rows)
    return {value: counts[value.casefold()] for value in diagnoses}
