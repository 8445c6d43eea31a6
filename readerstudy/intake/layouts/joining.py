"""Several tables of one archive put together to one, where one says the truth and the others know the photographs."""

from collections.abc import Collection, Iterable, Sequence

from readerstudy.core.csvio import Table
from readerstudy.core.errors import Problem
from readerstudy.intake.columns import key_of
from readerstudy.intake.layouts.layout import Shaped
from readerstudy.intake.layouts.naming import LESION, image_at, says_truth, stem_of

Key = tuple[int, bool]  # where an identifier stands, and whether it is the name of a photograph


def joined(tables: Sequence[Table], stems: Collection[str]) -> Shaped | None:
    """One table with a row for each photograph, or None where the tables do not belong together.

    The rows are those of the truth where it names photographs, else of the first table that names them. `stems` are the
    names of the photographs in the archive.
    """
    if sum(map(says_truth, tables)) > 1:
        return None
    table, *others = sorted(tables, key=lambda one: _place(one, stems))
    problems: list[Problem] = []
    while others:
        pairs = ((other, _joined(table, other, stems)) for other in others)
        other, pair = next((one for one in pairs if one[1]), (table, None))
        if pair is None:
            return None
        others = [one for one in others if one.name != other.name]
        table = pair.table
        problems += pair.problems
    return Shaped(table, problems)


def _place(table: Table, stems: Collection[str]) -> tuple[bool, bool, bool]:
    """Truth first; but what names no photographs can only be added to what does, and to lesions by way of lesions."""
    return image_at(table, stems) is None, not says_truth(table), _lesion_at(table) is None


def _joined(left: Table, right: Table, stems: Collection[str]) -> Shaped | None:
    """`left` with the columns of `right` that it has not, by the identifier that both have."""
    shared = _shared(left, right, stems)
    if shared is None:
        return None
    (at, is_name), (other, _) = shared
    known = {key_of(column) for column in left.header}
    more = [
        place
        for place, column in enumerate(right.header)
        if place != other and key_of(column) not in known
    ]
    partners, problems = _by_identifier(right, other, is_name=is_name)
    rows = (
        _row(row, partners.get(_cell(row, at, is_name=is_name), ()), len(left.header), more)
        for row in left.rows
    )
    header = (*(right.header[place] for place in more), *left.header)
    return Shaped(Table(left.name, header, tuple(rows), left.row_numbers), problems)


def _shared(left: Table, right: Table, stems: Collection[str]) -> tuple[Key, Key] | None:
    """The identifier that both have: the photograph, whatever its column is called, else the lesion."""
    places = image_at(left, stems), image_at(right, stems)
    if places[0] is not None and places[1] is not None:
        return (places[0], True), (places[1], True)
    lesions = _lesion_at(left), _lesion_at(right)
    if lesions[0] is not None and lesions[1] is not None:
        return (lesions[0], False), (lesions[1], False)
    return None


def _lesion_at(table: Table) -> int | None:
    places = (at for at, column in enumerate(table.header) if key_of(column) == LESION)
    return next(places, None)


def _by_identifier(
    table: Table, at: int, *, is_name: bool
) -> tuple[dict[str, tuple[str, ...]], list[Problem]]:
    found: dict[str, tuple[str, ...]] = {}
    problems = []
    for number, row in zip(table.row_numbers, table.rows, strict=True):
        identifier = _cell(row, at, is_name=is_name)
        if identifier in found:
            message = f"{row[at][:200] if at < len(row) else ''} stands there twice."
            problems.append(Problem("duplicate_row", message, table.name, number, table.header[at]))
        found.setdefault(identifier, row)
    return found, problems


def _cell(row: tuple[str, ...], at: int, *, is_name: bool) -> str:
    cell = row[at] if at < len(row) else ""
    return stem_of(cell) if is_name else cell


def _row(
    row: tuple[str, ...], partner: tuple[str, ...], width: int, more: Iterable[int]
) -> tuple[str, ...]:
    added = (partner[place] if place < len(partner) else "" for place in more)
    return (*added, *row, *[""] * (width - len(row)))
