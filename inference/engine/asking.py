"""What the files leave open about a network is asked, never guessed.

A convention reads its own files. Where they are silent it asks here: what another file of the upload states comes
first, then what the admin has answered; otherwise the question is kept, and all of them are told together.
"""

import reprlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from inference.engine.answers import ANSWERED, read_answer
from inference.engine.errors import SpecError

Kind = Literal["choice", "size", "side", "three", "names", "positive"]


@dataclass(frozen=True)
class Question:
    """One open field of a spec.

    `kind` says what an answer looks like: one of `options`, a size in pixels (224 or 224 × 224) or one side, three
    numbers, or names with commas; for `positive`, some of the classes in `options`.
    """

    field: str
    sentence: str
    kind: Kind
    options: tuple[str, ...] = ()
    # The networks of an upload that are asked about, where there are several.
    networks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fault:
    """An answer that cannot be used; `words` are the rest of a sentence that begins with it."""

    field: str
    answer: str
    words: str

    @property
    def beside_field(self) -> str:
        """For who sees the field."""
        return f"{reprlib.repr(self.answer)} {self.words}"

    @property
    def sentence(self) -> str:
        return f"The answer to {self.field}, {reprlib.repr(self.answer)}, {self.words}"


@dataclass(frozen=True)
class Stated:
    """A value that a file states, and the words that say where."""

    value: Any
    origin: str


@dataclass
class Asking:
    """The fields that are known from elsewhere, the answers, and what was asked so far."""

    stated: dict[str, Stated] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    origin: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def state(self, name: str, value: Any, origin: str) -> None:
        """Keeps what the file that is being read says; it goes before what other files say."""
        self.stated[name] = Stated(value, origin)

    def ask(self, question: Question) -> Any:
        """The value of the question's field, or None: then it is kept as open, or its answer as wrong."""
        known = self.stated.get(question.field)
        if known is not None:
            self.origin[question.field] = known.origin
            return known.value
        answer = self.answers.get(question.field, "").strip()
        if not answer:
            self.questions.append(question)
            return None
        self.origin[question.field] = ANSWERED
        try:
            return read_answer(question.kind, answer, question.options)
        except ValueError as error:
            self.faults.append(Fault(question.field, answer, str(error)))
            return None

    def doubt(self, name: str, words: str) -> None:
        """Keeps that an answer does not fit. What a file states is told with the contradictions of the whole spec."""
        if self.origin.get(name) == ANSWERED:
            self.faults.append(Fault(name, self.answers[name].strip(), words))

    def ask_choice(self, name: str, sentence: str, options: Sequence[str]) -> Any:
        """One of `options`, or None."""
        return self.ask(Question(name, sentence, "choice", tuple(options)))

    def finish(self, *, place: str, preface: str = "") -> None:
        """Raises SpecError with every problem and every open question, if there are any."""
        if self.problems or self.faults or self.questions:
            raise self._refusal(place, preface)

    def _refusal(self, place: str, preface: str) -> SpecError:
        wrong = [*self.problems, *(fault.sentence for fault in self.faults)]
        # Further questions come once what was answered can be used.
        error = refusal(wrong, [] if self.faults else self.questions, place=place, preface=preface)
        error.faults = () if self.problems else tuple(self.faults)
        return error


def refusal(
    problems: Iterable[str], questions: Iterable[Question], *, place: str, preface: str = ""
) -> SpecError:
    """Both together as one error; who cannot be asked reads the questions as sentences.

    Questions are worth an answer only where nothing else is wrong.
    """
    wrong, asked = tuple(problems), tuple(questions)
    # The way out by a file is for those who have no answers.
    preface = "" if wrong else preface
    sentences = (preface, *wrong, *(question.sentence for question in asked))
    told = tuple(dict.fromkeys(filter(None, sentences)))
    error = SpecError(
        "\n".join(told), place=place, code="no_spec" if preface else "", problems=told
    )
    error.questions = () if wrong else asked
    return error
