"""The questions of a plan: what could not be recognised, with a guess."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass

from readerstudy.core.csvio import Table
from readerstudy.intake.columns import IMAGE, SYNONYMS, TRUTH, Columns
from readerstudy.intake.contradicting import OTHER, Contradiction
from readerstudy.intake.deciding import Classes
from readerstudy.intake.guessing import guess_column
from readerstudy.intake.layouts import PLAIN, Layout
from readerstudy.intake.mapping import CLASSES, MALIGNANT

# Those that cells tell come first, so that they are not taken for anything else by their names.
IN_ORDER = tuple(dict.fromkeys((IMAGE, MALIGNANT, "diagnosis", *SYNONYMS)))


@dataclass(frozen=True)
class ColumnQuestion:
    """Which column holds this field? `guess` is one of the choices, or empty."""

    field: str
    guess: str
    choices: tuple[str, ...]

    def as_dict(self) -> dict[str, str | list[str]]:
        """The question as the report has it."""
        return {"kind": "column", **asdict(self), "choices": list(self.choices)}


@dataclass(frozen=True)
class ClassQuestion:
    """Is this value of the column for `field` malignant, benign or left out?"""

    field: str
    value: str
    guess: str
    choices: tuple[str, ...] = CLASSES

    def as_dict(self) -> dict[str, str | list[str]]:
        """The question as the report has it."""
        return {"kind": "class", **asdict(self), "choices": list(self.choices)}


@dataclass(frozen=True)
class ContradictionQuestion:
    """Is this diagnosis malignant, benign or left out? It is known as one, and the `column` says the other in `rows` rows.

    Nothing is guessed: a question that comes with an answer would be answered without being read.
    """

    value: str
    column: str
    known: str
    stated: str
    rows: int
    field: str = "diagnosis"
    guess: str = ""
    choices: tuple[str, ...] = CLASSES

    def as_dict(self) -> dict[str, str | int | list[str]]:
        """The question as the report has it."""
        return {"kind": "class", **asdict(self), "choices": list(self.choices)}


Question = ColumnQuestion | ClassQuestion | ContradictionQuestion


def ask_columns(
    table: Table,
    columns: Columns,
    *,
    layout: Layout,
    said: Collection[str],
    names_file: Callable[[str], bool],
) -> list[ColumnQuestion]:
    """Questions for what the plan cannot do without; then for all else that has a likely column, too.

    `said` are the fields of which it is known which column holds them, or that none does.
    """
    wanting = [field for field in IN_ORDER if field not in said and not _is_found(field, columns)]
    guesses = _guesses(wanting, table, columns, names_file)
    needed = {field for field in wanting if _is_needed(field, columns, layout, guesses)}
    return [
        ColumnQuestion(field, guesses[field], tuple(one for one in table.header if one))
        for field in SYNONYMS
        if needed and field in guesses and (field in needed or guesses[field])
    ]


def _is_found(field: str, columns: Columns) -> bool:
    return bool(columns.image) if field == IMAGE else field in columns.used


def _guesses(
    wanting: list[str], table: Table, columns: Columns, names_file: Callable[[str], bool]
) -> dict[str, str]:
    """Field → likely column; no column is likely to be two fields."""
    free = list(columns.ignored)
    guesses = {}
    for field in wanting:
        guesses[field] = guess_column(field, table, free, names_file)
        free = [column for column in free if column != guesses[field]]
    return guesses


def _is_needed(field: str, columns: Columns, layout: Layout, guesses: Mapping[str, str]) -> bool:
    """The image and the diagnosis always; malignancy if there is no diagnosis to derive it from, or a column for it."""
    if field == MALIGNANT:
        has_diagnosis = "diagnosis" in columns.used
        return layout is PLAIN and (not has_diagnosis or bool(guesses[MALIGNANT]))
    return field == IMAGE or field in TRUTH


def ask_classes(classes: Classes) -> list[ClassQuestion]:
    """A question for every value of which it is not known what it counts as."""
    return [ClassQuestion(classes.source, value, guess) for value, guess in classes.asked.items()]


def ask_contradictions(found: Iterable[Contradiction], column: str) -> list[ContradictionQuestion]:
    """A question for every diagnosis of which the column for malignancy says the other thing than is known of it."""
    return [
        ContradictionQuestion(one.diagnosis, column, one.known, OTHER[one.known], one.rows)
        for one in found
    ]
