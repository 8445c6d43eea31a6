"""Sentences of errors and reports in the language of the page that shows them.

They are composed, stored and sent in English, so that reports, JSON and the audit trail are the same for everybody.
A page looks each one up: the catalogue has its message with named placeholders (`%(name)s is empty.`, collected by
`tools/messages.py`), and what stands in their places is carried over as it is.

What stands there may come from a stranger's file. Messages are therefore matched by splitting at their literal parts,
from left to right and without going back; the time it takes grows with the length of a sentence and no faster.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import get_language
from django.utils.translation.trans_real import translation

from readerstudy.core.errors import Problem

CONTEXT = "sentence\x04"
# Places for words of our own, which are looked up in their turn; a number may follow. All others are carried over.
OWN_WORDS = frozenset(
    {
        "subject",
        "words",
        "expected",
        "held",
        "what",
        "needed",
        "message",
        "otherwise",
        "patient",
        "target",
        "many",
        "near",
        "part",
        "label",
        "place",
        "state",
        "value",
        "w",
    }
)
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
# What may follow upon a name: `model.onnx` + ` has more than 9 nodes`.
_PREDICATE = re.compile(
    r"[a-z] (.* )?(must|is|has|holds|gives|takes|expects|uses|says|names|cannot|already|prepares|scales|missing|needs|by|as)\b"
)
_END_OF_SENTENCE = re.compile(r"(?<=[.?!]) ")
_MOST_PARTS = 8
_DEEPEST = 3


@dataclass(frozen=True)
class Pattern:
    """One message: what stands between its placeholders, their names, and its translation."""

    literals: tuple[str, ...]
    names: tuple[str, ...]
    words: str

    @property
    def weight(self) -> int:
        """How much of a sentence is this message's own text."""
        return sum(map(len, self.literals))

    @property
    def whole_words(self) -> list[str]:
        """The words that stand in every sentence of this message with blanks, or nothing, around them."""
        last = len(self.literals) - 1
        parts = [literal.split(" ") for literal in self.literals]
        cut = [part[at > 0 : len(part) - (at < last)] for at, part in enumerate(parts)]
        return [word for part in cut for word in part if word]

    def values_in(self, sentence: str) -> dict[str, str] | None:
        """What stands in the places; None where the sentence is not this message."""
        first, *middle, last = self.literals
        at, end = len(first), len(sentence) - len(last)
        if at > end or not sentence.startswith(first) or not sentence.endswith(last):
            return None
        values = []
        for literal in middle:
            found = sentence.find(literal, at, end)
            if found < 0:
                return None
            values.append(sentence[at:found])
            at = found + len(literal)
        return dict(zip(self.names, (*values, sentence[at:end]), strict=True))


class Sentences:
    """All messages of one language, each found by the word in it that the fewest others have."""

    def __init__(self, messages: Mapping[str, str]) -> None:
        patterns = [one for message in messages.items() for one in _patterns(*message)]
        self._whole = {one.literals[0]: one.words % {} for one in patterns if not one.names}
        self._by_word: dict[str, list[Pattern]] = defaultdict(list)
        uses = Counter(word for one in patterns for word in one.whole_words)
        for one in filter(lambda one: one.names, patterns):
            self._by_word[min(one.whole_words, key=uses.__getitem__, default="")].append(one)

    def translated(self, text: str) -> str:
        """The text, line by line; what is not known stays as it is."""
        return "\n".join(self._line(line, 0) or line for line in text.split("\n"))

    def _line(self, line: str, depth: int) -> str | None:
        """The best reading of the line as one or several sentences; None where nothing of it is known."""
        if (whole := self._whole.get(line)) is not None:
            return whole
        parts = _END_OF_SENTENCE.split(line, maxsplit=_MOST_PARTS - 1)
        # For every end, the reading of all before it: how much of it is known text, and the words.
        best: list[tuple[int, tuple[str, ...]]] = [(0, ())]
        for end in range(1, len(parts) + 1):
            readings = [
                (best[begin][0] + weight, (*best[begin][1], words))
                for begin in range(end)
                for weight, words in [self._one(" ".join(parts[begin:end]), depth)]
            ]
            best.append(max(readings, key=lambda reading: (reading[0], -len(reading[1]))))
        weight, told = best[-1]
        return " ".join(told) if weight else None

    def _one(self, sentence: str, depth: int) -> tuple[int, str]:
        """How much of the sentence is known text, and its words in the language."""
        if (whole := self._whole.get(sentence)) is not None:
            return len(sentence), whole
        matching = (
            (one, values)
            for one in self._candidates(sentence)
            if (values := one.values_in(sentence)) is not None
        )
        one, values = max(matching, key=lambda pair: pair[0].weight, default=(None, {}))
        if one is None:
            return 0, sentence
        return one.weight, one.words % {
            name: self._value(name, value, depth) for name, value in values.items()
        }

    def _candidates(self, sentence: str) -> Iterator[Pattern]:
        for word in {"", *sentence.split(" ")}:
            yield from self._by_word.get(word, ())

    def _value(self, name: str, value: str, depth: int) -> str:
        if name.rstrip("0123456789") not in OWN_WORDS or depth >= _DEEPEST:
            return value
        before, colon, last = value.rpartition(": ")
        return self._line(value, depth + 1) or before + colon + self._whole.get(last, last)


def _patterns(message: str, words: str) -> Iterator[Pattern]:
    """The message, and what it becomes as the end of a longer sentence where it begins like one."""
    message, words = message.strip(), words.strip()
    yield _pattern(message, words)
    ends = not message.endswith((".", "?", ")s"))
    if ends:
        yield _pattern(f"{message}.", f"{words}.")
    if message[0] == "," or _PREDICATE.match(f"{message[0]} {message}"):
        blank = "" if message[0] == "," else " "
        told, translated = f"%(subject)s{blank}{message}", f"%(subject)s{blank}{words}"
        yield _pattern(told, translated)
        if ends:
            yield _pattern(f"{told}.", f"{translated}.")


def _pattern(message: str, words: str) -> Pattern:
    pieces = _PLACEHOLDER.split(message)
    literals = tuple(piece.replace("%%", "%") for piece in pieces[::2])
    return Pattern(literals, tuple(pieces[1::2]), words)


def translated(text: str) -> str:
    """The text in the active language, as a page shows it. English stays as it is, and so does what is not known."""
    language = get_language() or "en"
    return text if language.partition("-")[0] == "en" else _translated(language, str(text))


def problem_words(problem: Problem) -> str:
    """The problem with its place, in the active language."""
    places = (
        problem.file,
        translated(f"row {problem.row}") if problem.row else "",
        translated(f"column {problem.column}") if problem.column else "",
    )
    where, message = ", ".join(filter(None, places)), translated(problem.message)
    return f"{where}: {message}" if where else message


@lru_cache(maxsize=2_000)
def _translated(language: str, text: str) -> str:
    return _sentences(language).translated(text)


@lru_cache
def _sentences(language: str) -> Sentences:
    return Sentences(dict(_messages(translation(language)._catalog.items())))  # type: ignore[attr-defined]  # noqa: SLF001 (nothing else lists it)


def _messages(entries: Iterable[tuple[object, str]]) -> Iterator[tuple[str, str]]:
    for key, words in entries:
        if isinstance(key, str) and key.startswith(CONTEXT):
            yield key.removeprefix(CONTEXT), words
