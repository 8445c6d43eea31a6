"""Score files from elsewhere: a column that names the case and one column of probabilities for each run."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from inference.score_cells import MAX_LABEL, fault_of, is_number, number_in
from inference.score_classes import are_classes, label_of, summed
from inference.score_places import Place, Places
from readerstudy.core.csvio import Table, read_table
from readerstudy.core.errors import InvalidInput, InvalidInputs, Problem

MAX_BYTES = 20 * 2**20
MAX_RUNS = 50
# Told by name in the header; where none of them is there, the first column names the case.
_NAMING = (
    "case", "case_id", "image", "image_id", "image_name", "file", "filename", "file_name", "isic_id", "img_id", "id",
)  # fmt: skip


@dataclass(frozen=True)
class ScoreFile:
    """A score file that fits its study: `values[i][j]` is the probability of `places[i]` in `columns[j]`.

    `left_out` are the columns without a single number. Where classes were summed, `columns` is the name of their sum.
    """

    name: str
    sha256: str
    naming_column: str
    columns: tuple[str, ...]
    left_out: tuple[str, ...]
    places: tuple[Place, ...]
    values: tuple[tuple[float, ...], ...]


def read_score_file(
    content: bytes,
    *,
    name: str,
    places: Places,
    naming_column: str = "",
    columns: Sequence[str] = (),
    positive: Sequence[str] = (),
) -> ScoreFile:
    """The scores in a CSV file. `columns` are those to read; without them, all that hold a number.

    `positive` are columns of one run, each the probability of a class, that are summed into its score. Columns that
    look like classes are refused with the question which of them are positive, unless `columns` names them as runs.

    Raises InvalidInput where it is no table, InvalidInputs with every problem in it: unknown, repeated and missing
    cases, cells that are no number from 0 to 1, columns that are not there or hold nothing but 0 and 1.
    """
    check_size(len(content), name)
    table = read_table(content, name=name)
    naming = _naming_column(table, naming_column)
    chosen, left_out = _columns(table, naming, columns, positive)
    problems = list(_too_wide(table))
    found = _named(table, naming, places, problems)
    problems += _missing(table, naming, found, places)
    values = _values(table, chosen, problems)
    if positive:
        values, chosen = _summed(table, values, chosen, problems), (label_of(chosen, MAX_LABEL),)
    _raise(sorted(problems, key=lambda one: (one.row is None, one.row or 0)))
    kept = [number for number, place in found.items() if place.covers <= places.needed.keys()]
    return ScoreFile(
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        naming_column=naming,
        columns=chosen,
        left_out=left_out,
        places=tuple(found[number] for number in kept),
        values=tuple(values[number] for number in kept),
    )


def check_size(size: int, name: str) -> None:
    """Raises InvalidInput for a file of more bytes than are read."""
    if size > MAX_BYTES:
        message = f"{name} is too large: at most {MAX_BYTES // 2**20} MB of scores are read."
        raise InvalidInput(message, code="too_large", field="file")


def _raise(problems: Sequence[Problem]) -> None:
    if problems:
        count = len(problems)
        message = f"The score file has {count} {'problem' if count == 1 else 'problems'}; nothing was stored."
        raise InvalidInputs(message, tuple(problems))


def _problem(table: Table, code: str, message: str, row: int | None, column: str) -> Problem:
    return Problem(
        code=code, message=message, file=table.name, row=row, column=column, field="file"
    )


def _naming_column(table: Table, wanted: str) -> str:
    if wanted and wanted not in table.header:
        message = f"{table.name} has no column {wanted}; its columns are: {_listed(table.header)}."
        raise InvalidInput(message, code="no_such_column", field="naming_column")
    known = {column.casefold(): column for column in reversed(table.header)}
    found = next((known[one] for one in _NAMING if one in known), _first(table))
    return wanted or found


def _first(table: Table) -> str:
    # Data frames are often written with their row numbers in a column without a name.
    return next((column for column in table.header if column), "")


def _columns(
    table: Table, naming: str, columns: Sequence[str], positive: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns that are runs, and those that are left out because they hold no number."""
    if columns and positive:
        message = "Name either columns that are runs, or the positive classes of one run."
        raise InvalidInput(message, code="both", field="positive")
    others = [column for column in table.header if column and column != naming]
    for field, wanted in (("columns", columns), ("positive", positive)):
        unknown = [column for column in wanted if column not in others]
        if unknown:
            message = f"{table.name} has no column of scores {_listed(unknown)}; there are: {_listed(others)}."
            raise InvalidInput(message, code="no_such_column", field=field)
    numbers = tuple(column for column in others if any(map(is_number, _cells(table, column))))
    chosen = tuple(dict.fromkeys([*columns, *positive]))
    _check_columns(table, chosen or numbers, named=bool(chosen))
    if not columns:
        _check_classes(table, numbers, positive)
    if chosen:
        return chosen, ()
    return numbers, tuple(column for column in others if column not in numbers)


def _check_classes(table: Table, numbers: Sequence[str], positive: Sequence[str]) -> None:
    """Raises InvalidInput where the classes of one run would be taken for runs, or all of them for positive."""
    if positive:
        if len(numbers) > 1 and set(positive) >= set(numbers):
            message = "Every class is named as positive: then all scores are 1."
            raise InvalidInput(message, code="all_positive", field="positive")
        return
    cells = [[*row] for row in zip(*(_cells(table, one) for one in numbers), strict=True)]
    rows = [[number_in(cell) for cell in row] for row in cells if all(map(is_number, row))]
    if are_classes(numbers, rows):
        message = (
            f"{table.name} has a column for each class ({_listed(numbers)}), not for each run. Say which of them are "
            "positive: their probabilities are summed into the score of one run. Columns that are runs must be named."
        )
        raise InvalidInput(message, code="class_columns", field="positive")


def _check_columns(table: Table, chosen: Sequence[str], *, named: bool) -> None:
    if not chosen:
        raise InvalidInput(
            f"{table.name} has no column of scores beside the one that names the cases.",
            code="no_scores",
            field="file",
        )
    if len(chosen) > MAX_RUNS:
        message = f"{table.name} has {len(chosen)} columns of scores; at most {MAX_RUNS} are read."
        raise InvalidInput(message, code="too_many_runs", field="file")
    _raise(
        [
            *_too_long(table, chosen),
            *(() if named else _only_classes(table, chosen)),
        ]
    )


def _too_long(table: Table, chosen: Sequence[str]) -> Iterator[Problem]:
    for column in chosen:
        if len(column) > MAX_LABEL:
            message = f"the name of a column may have at most {MAX_LABEL} characters."
            yield _problem(table, "name_too_long", message, 1, column)


def _only_classes(table: Table, chosen: Sequence[str]) -> Iterator[Problem]:
    """A column of classes is most often the truth: it is no run unless somebody says so."""
    for column in chosen:
        cells = {cell for cell in _cells(table, column) if cell}
        if len(table.rows) > 1 and all(map(is_number, cells)) and _numbers(cells) <= {0.0, 1.0}:
            message = (
                "holds nothing but 0 and 1, as a column of classes does. "
                "Name the columns to read, if these are scores."
            )
            yield _problem(table, "only_classes", message, None, column)


def _cells(table: Table, column: str) -> Iterator[str]:
    place = table.header.index(column)
    return (row[place] if place < len(row) else "" for row in table.rows)


def _too_wide(table: Table) -> Iterator[Problem]:
    """Cells beyond the header: a comma in a number has most often been taken for the end of its cell."""
    for number, row in zip(table.row_numbers, table.rows, strict=True):
        if any(row[len(table.header) :]):
            message = "the row has more cells than the header; a number with a comma must stand in quotes."
            yield _problem(table, "too_many_cells", message, number, "")


def _named(table: Table, naming: str, places: Places, problems: list[Problem]) -> dict[int, Place]:
    """Row number → what the row names, in order; what cannot be told, or is told twice, becomes a problem."""
    found: dict[int, Place] = {}
    first_row: dict[int, int] = {}
    for number, name in zip(table.row_numbers, _cells(table, naming), strict=True):
        place = places.find(name)
        if place is None:
            problems.append(_nameless(table, naming, number, name, places))
            continue
        row = next((first_row[image] for image in sorted(place.covers) if image in first_row), None)
        if row is None:
            found[number] = place
            first_row |= dict.fromkeys(place.covers, number)
        else:
            message = f"{name} is there already, in row {row}."
            problems.append(_problem(table, "repeated_case", message, number, naming))
    return found


def _nameless(table: Table, naming: str, number: int, name: str, places: Places) -> Problem:
    if not name:
        return _problem(table, "empty", "the case is not named.", number, naming)
    if places.knows(name):
        message = f"{name} stands for several images: name them by their ids."
        return _problem(table, "ambiguous_case", message, number, naming)
    message = f"{name} is no case or image of this study."
    return _problem(table, "unknown_case", message, number, naming)


def _missing(
    table: Table, naming: str, found: dict[int, Place], places: Places
) -> Iterator[Problem]:
    covered = {image for place in found.values() for image in place.covers}
    lacking = dict.fromkeys(label for image, label in places.needed.items() if image not in covered)
    for label in lacking:
        message = f"there is no row for {label}, or not one for each of its images."
        yield _problem(table, "missing_case", message, None, naming)


def _values(
    table: Table, chosen: Sequence[str], problems: list[Problem]
) -> dict[int, tuple[float, ...]]:
    values: dict[int, tuple[float, ...]] = {}
    for number, record in table.records():
        row = []
        for column in chosen:
            code, message = fault_of(record[column])
            if message:
                problems.append(_problem(table, code, message, number, column))
            else:
                row.append(number_in(record[column]))
        values[number] = tuple(row)
    return values


def _summed(
    table: Table,
    values: dict[int, tuple[float, ...]],
    chosen: Sequence[str],
    problems: list[Problem],
) -> dict[int, tuple[float, ...]]:
    """One score for each row; a sum above 1 becomes a problem."""
    scores = {number: summed(row) for number, row in values.items()}
    for number in (number for number, score in scores.items() if score is None):
        message = "the probabilities of the positive classes sum to more than 1."
        problems.append(_problem(table, "out_of_range", message, number, _listed(chosen)))
    return {number: (score or 0.0,) for number, score in scores.items()}


def _numbers(cells: set[str]) -> set[float]:
    return {number_in(cell) for cell in cells}


def _listed(names: Sequence[str]) -> str:
    return ", ".join(name for name in names if name)
