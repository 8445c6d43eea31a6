"""The answers to a spec's open questions, as a person types them."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from inference.engine.errors import SpecError
from inference.engine.fields import LARGEST_SIDE
from inference.engine.positive import positive_indices

ANSWERED = "answered when the model was added"
_LARGEST = 1e6
COLOURS = 3
_SIZE = re.compile(r"(\d{1,5})(?:\s*[x×,; ]\s*(\d{1,5}))?")


def read_answer(kind: str, answer: str, options: Sequence[str] = ()) -> Any:
    """The value that an answer stands for; raises ValueError with the rest of a sentence."""
    return _READERS[kind](answer, options)


def _choice(answer: str, options: Sequence[str]) -> str:
    if answer not in options:
        raise ValueError(f"must be one of {', '.join(options)}.")
    return answer


def _size(answer: str, _options: Sequence[str]) -> tuple[int, int]:
    found = _SIZE.fullmatch(answer)
    sides = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if not all(0 < side <= LARGEST_SIDE for side in sides):
        raise ValueError(f"must be height × width in pixels, each from 1 to {LARGEST_SIDE}.")
    return sides


def _side(answer: str, _options: Sequence[str]) -> int:
    if not answer.isdecimal() or not 0 < int(answer[:6]) <= LARGEST_SIDE:
        raise ValueError(f"must be a number of pixels from 1 to {LARGEST_SIDE}.")
    return int(answer)


def _three(answer: str, _options: Sequence[str]) -> tuple[float, ...]:
    try:
        numbers = tuple(float(word) for word in _words(answer))
    except ValueError:
        numbers = ()
    if len(numbers) != COLOURS or not all(abs(number) < _LARGEST for number in numbers):
        raise ValueError("must be three numbers, one for each colour.")
    return numbers


def _words(answer: str) -> list[str]:
    """Three words with blanks or semicolons between them may have a comma before their decimals."""
    words = [word.strip(",") for word in re.split(r"[;\s]+", answer.strip())]
    if len(words) == COLOURS:
        return [word.replace(",", ".") for word in words]
    return re.split(r"[,;\s]+", answer.strip())


def _names(answer: str, _options: Sequence[str]) -> tuple[str, ...]:
    names = tuple(name.strip() for name in answer.split(","))
    if not all(names) or len(set(names)) < len(names):
        raise ValueError("must be different names with commas between them.")
    return names


def _positive(answer: str, options: Sequence[str]) -> tuple[int, ...]:
    try:
        return positive_indices(answer, tuple(options), source="It")
    except SpecError as error:
        raise ValueError(f"must be one or some of {', '.join(options)}.") from error


_READERS: dict[str, Callable[[str, Sequence[str]], Any]] = {
    "choice": _choice,
    "size": _size,
    "side": _side,
    "three": _three,
    "names": _names,
    "positive": _positive,
}
