"""Pseudonyms of readers."""

from collections.abc import Callable, Collection, Sequence

# No vowels and no look-alikes, as in public ids.
ALPHABET = "23456789BCDFGHJKMNPQRSTVWXZ"
_LETTERS = 4  # 27 ** 4 = 531 441 codes in a study


def new_reader_code(*, taken: Collection[str], choose: Callable[[Sequence[str]], str]) -> str:
    """A pseudonym such as R-7K2M that is not yet taken. `choose` draws one letter at random."""
    while True:
        code = "R-" + "".join(choose(ALPHABET) for _ in range(_LETTERS))
        if code not in taken:
            return code
