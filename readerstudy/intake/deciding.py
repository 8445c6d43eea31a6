"""Malignant or benign: what the manifest states, what its layout says of a diagnosis, and what has to be asked."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from readerstudy.core.errors import InvalidInput
from readerstudy.intake.guessing import likely_class
from readerstudy.intake.layouts import KNOWN, Layout
from readerstudy.intake.mapping import BENIGN, LEFT_OUT, MALIGNANT
from readerstudy.intake.values import BENIGN as SAYS_BENIGN
from readerstudy.intake.values import MALIGNANT as SAYS_MALIGNANT
from readerstudy.intake.values import malignant, required_text

# Stands for a cell without a value, where a published set leaves some blank.
EMPTY = "(empty)"
# Words of a column for malignancy that are neither; any other word there is a mistake.
UNDECIDED = {
    "indeterminate": "",
    "indeterminate/benign": BENIGN,
    "indeterminate/malignant": MALIGNANT,
    "gutartig": BENIGN,
    "benigne": BENIGN,
    "bösartig": MALIGNANT,
    "maligne": MALIGNANT,
}
DECIDED = (MALIGNANT, BENIGN)
# More than a person would answer one by one.
MAX_ASKED = 200


@dataclass(frozen=True)
class Classes:
    """What the values of one column mean. `known` is shown in the report; `asked` is value → guess.

    `by_diagnosis` is what a diagnosis counts as whatever a column for malignancy says of it, "" where that is asked.
    """

    source: str
    known: dict[str, str] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    by_key: dict[str, str] = field(default_factory=dict)
    by_diagnosis: dict[str, str] = field(default_factory=dict)
    leaves_blanks: bool = False

    def of(self, cell: str, diagnosis: str = "") -> str:
        """malignant, benign, left out, or "" for what is asked. Raises InvalidInput for what no answer can decide."""
        word = self.of_cell(cell)
        return self.by_diagnosis.get(diagnosis.casefold(), word) if word in DECIDED else word

    def of_cell(self, cell: str) -> str:
        """The same, by the column alone."""
        key = cell.casefold() or EMPTY
        if key in self.by_key:
            return self.by_key[key]
        if self.source == MALIGNANT:
            return MALIGNANT if malignant(cell) else BENIGN
        required_text(cell)
        return ""

    def fills(self, diagnosis: str) -> bool:
        """Whether the class stands for a diagnosis that the layout leaves blank."""
        return self.leaves_blanks and not diagnosis


def decide_classes(
    cells: Iterable[str],
    *,
    source: str,
    layout: Layout,
    said: Mapping[str, str],
    diagnoses: Collection[str] = (),
) -> Classes:
    """What each different cell of the column for `source` (malignant or diagnosis) means.

    The admin's answers win over the column's own words, these over what the layout says. `diagnoses` are those that stand
    beside a column for malignancy: what is said of a word that is one of them, and needs no answer as a word of the
    column, is said of the diagnosis.
    """
    others = {value.casefold() for value in diagnoses} & (SAYS_MALIGNANT | SAYS_BENIGN)
    answers = {value: word for value, word in in_any_case(said).items() if value not in others}
    classes = Classes(source, leaves_blanks=layout.leaves_blanks)
    for key, cell in _different(cells, layout).items():
        word = answers.get(key) or layout.classes.get(key, "")
        if word:
            classes.known[cell] = classes.by_key[key] = word
        elif _is_asked(key, source, layout):
            classes.asked[cell] = _guess(key, layout)
            classes.by_key[key] = ""
    _check_count(classes)
    return classes


def in_any_case(said: Mapping[str, str]) -> dict[str, str]:
    """The answers by what they are about, as it is compared."""
    return {value.casefold(): word for value, word in said.items()}


def _different(cells: Iterable[str], layout: Layout) -> dict[str, str]:
    """Key → first spelling, in the order of the manifest."""
    found: dict[str, str] = {}
    for cell in cells:
        if cell or layout.leaves_blanks:
            found.setdefault(cell.casefold() or EMPTY, cell or EMPTY)
    return found


def _is_asked(key: str, source: str, layout: Layout) -> bool:
    if source != MALIGNANT:
        return True
    if key in SAYS_MALIGNANT | SAYS_BENIGN:
        return False
    return key in UNDECIDED or key in layout.asked or key == EMPTY


def _guess(key: str, layout: Layout) -> str:
    if key == EMPTY:
        return LEFT_OUT
    guesses = {**UNDECIDED, **layout.asked}
    return guesses[key] if key in guesses else class_of(key, layout)


def class_of(diagnosis: str, layout: Layout) -> str:
    """What the authors of this set, else those of any other, say the diagnosis counts as; else what is likely, or ""."""
    key = " ".join(diagnosis.casefold().split())
    return layout.classes.get(key) or KNOWN.get(key) or likely_class(key)


def _check_count(classes: Classes) -> None:
    if len(classes.asked) > MAX_ASKED:
        message = f"There are {len(classes.asked)} diagnoses of which it is not known whether they are malignant; at most {MAX_ASKED} are asked. Add a column malignant."
        raise InvalidInput(message, code="too_many_diagnoses")
