"""Several tables of one archive put together to one, where one says the truth and the others know the photographs."""

from collections.abc import Sequence

from readerstudy.core.csvio import Table
from readerstudy.core.errors import Problem
from readerstudy.intake.columns import IMAGE, SYNONYMS, key_of
from readerstudy.intake.layouts.known import ISIC_ONE_HOT, MILK_ONE_HOT
from readerstudy.intake.layouts.layout import Shaped

# A table of ones and noughts for fewer diagnoses than this could be anything.
FEWEST_DIAGNOSES = 5


def joined(tables: Sequence[Table]) -> Shaped | None:
    """One table with a row for each photograph, or None where the tables do not belong together.

    The rows are those of the truth where it names photographs, else of the one table that names them.
    """
    truths = [table for table in tables if _is_truth(table)]
    if len(truths) != 1:
        return None
    others = [table for table in tables if table is not truths[0]]
    if not _names_images(truths[0]):
        others.sort(key=lambda table: not _names_images(table))
        others.insert(1, truths[0])
    else:
        others.insert(0, truths[0])
    table = others[0]
    problems: list[Problem] = []
    for other in others[1:]:
        pair = _joined(table, other)
        if pair is None:
            return None
        table = pair.table
        problems += pair.problems
    return Shaped(table, problems)


def _is_truth(table: Table) -> bool:
    keys = {key_of(column) for column in table.header}
    return len(keys & (ISIC_ONE_HOT | MILK_ONE_HOT)) >= FEWEST_DIAGNOSES


def _names_images(table: Table) -> bool:
    return any(key_of(column) in SYNONYMS[IMAGE] for column in table.header)


def _joined(left: Table, right: Table) -> Shaped | None:
    """`left` with the columns of `right` that it has not, by the identifier that both have."""
    at = _shared(left, right)
    if at is None:
        return None
    known = {key_of(column) for column in left.header}
    more = [
        place
        for place, column in enumerate(right.header)
        if place != at[1] and key_of(column) not in known
    ]
    partners, problems = _by_identifier(right, at[1])
    rows = tuple(_row(row, at[0], len(left.header), partners, more) for row in left.rows)
    header = (*(right.header[place] for place in more), *left.header)
    return Shaped(Table(left.name, header, rows, left.row_numbers), problems)


def _shared(left: Table, right: Table) -> tuple[int, int] | None:
    """Where the identifier stands in each; columns that name photographs are one identifier, whatever they are called."""
    places = {_identifier(column): place for place, column in reversed([*enumerate(left.header)])}
    return next(
        (
            (places[_identifier(column)], place)
            for place, column in enumerate(right.header)
            if _identifier(column) and _identifier(column) in places
        ),
        None,
    )


def _identifier(column: str) -> str:
    key = key_of(column)
    if key in SYNONYMS[IMAGE]:
        return IMAGE
    return key if key == "lesion_id" else ""


def _by_identifier(table: Table, at: int) -> tuple[dict[str, tuple[str, ...]], list[Problem]]:
    found: dict[str, tuple[str, ...]] = {}
    problems = []
    for number, row in zip(table.row_numbers, table.rows, strict=True):
        identifier = row[at] if at < len(row) else ""
        if identifier in found:
            message = f"{identifier[:200]} stands there twice."
            problems.append(Problem("duplicate_row", message, table.name, number, table.header[at]))
        found.setdefault(identifier, row)
    return found, problems


def _row(
    row: tuple[str, ...],
    at: int,
    width: int,
    partners: dict[str, tuple[str, ...]],
    more: Sequence[int],
) -> tuple[str, ...]:
    partner = partners.get(row[at] if at < len(row) else "", ())
    added = (partner[place] if place < len(partner) else "" for place in more)
    return (*added, *row, *[""] * (width - len(row)))
