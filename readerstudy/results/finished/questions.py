"""What a file leaves open. A guess is shown, never used unasked."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from readerstudy.intake.guessing import likely_class
from readerstudy.intake.mapping import BENIGN, MALIGNANT
from readerstudy.results.finished.said import CLASSES, LEFT_OUT, NEGATIVE, POSITIVE

_TRUE = frozenset({"1", "1.0", "true", "yes", "malignant", "positive", "biopsy", "biopsy / further treatment", "recall"})  # fmt: skip
_FALSE = frozenset({"0", "0.0", "false", "no", "benign", "negative", "no further treatment"})
# Understood without asking; other words mean this in one study and that in another.
_CERTAIN = frozenset({"1", "1.0", "0", "0.0", "true", "false", "malignant", "benign", "biopsy / further treatment", "no further treatment"})  # fmt: skip
# Not answered. "nan" is not among them: a program that writes it has failed to compute something.
UNREAD = frozenset({"", "NA", "N/A", "."})
_MOST_VALUES = 60


@dataclass(frozen=True)
class Question:
    """One question; `kind` is the field of `Said` that answers it, `key` what of it, `guess` empty where nothing is likely."""

    kind: str
    key: str = ""
    guess: str = ""
    choices: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """As the report has it."""
        return {**asdict(self), "choices": list(self.choices)}


def class_of(text: str) -> str:
    """The class that a text likely names, "" where none is likely."""
    plain = text.strip().casefold()
    if plain in _TRUE:
        return POSITIVE
    if plain in _FALSE:
        return NEGATIVE
    return {MALIGNANT: POSITIVE, BENIGN: NEGATIVE, "": ""}.get(likely_class(text), LEFT_OUT)


def classes_of(
    kind: str, texts: Sequence[str], known: Mapping[str, str], said: Mapping[str, str]
) -> tuple[dict[str, str], list[Question]]:
    """Text → class where it is said, known or certain, and a question for each other one."""
    found: dict[str, str] = {}
    questions = []
    for text in texts:
        plain = text.casefold()
        told = said.get(text) or known.get(plain) or (class_of(text) if plain in _CERTAIN else "")
        if told:
            found[text] = told
        elif text not in UNREAD:
            questions.append(Question(kind, text, class_of(text), CLASSES))
    return found, questions


def too_many_values(texts: Sequence[str]) -> bool:
    """Whether a column has so many texts that it is none of classes."""
    return len(texts) > _MOST_VALUES
