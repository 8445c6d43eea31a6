"""The reading order: a permutation of the cases for every reader and session.

Derived from the study's seed alone, so that anybody can repeat it: the bytes of HMAC-SHA256 (RFC 2104) drive a
Fisher-Yates shuffle (Durstenfeld 1964), with rejection sampling, so that every permutation is equally likely.
"""

import hashlib
import hmac
from collections.abc import Iterable, Iterator

# Written into the lock manifest. Another way to shuffle is another version.
ALGORITHM = "hmac-sha256-fisher-yates-1"
_WORD = 8  # bytes of one draw


def reading_order(
    *, seed: str, reader_code: str, session: int, case_ids: Iterable[str]
) -> list[str]:
    """The case ids in the order in which this reader sees them in this session.

    The result does not depend on the order of `case_ids`. `seed` is hexadecimal.
    """
    return shuffled(case_ids, seed=seed, label=f"{ALGORITHM}|{reader_code}|{session}")


def practice_order(
    *, seed: str, reader_code: str, practice_round: int, case_ids: Iterable[str]
) -> list[str]:
    """The practice case ids in the order in which this reader sees them in this round."""
    label = f"{ALGORITHM}|practice|{reader_code}|{practice_round}"
    return shuffled(case_ids, seed=seed, label=label)


def shuffled(names: Iterable[str], *, seed: str, label: str) -> list[str]:
    """The names in the order that seed and label give, whatever order they came in."""
    drawn = sorted(names)
    words = _words(bytes.fromhex(seed), label)
    for last in range(len(drawn) - 1, 0, -1):
        other = _below(last + 1, words)
        drawn[last], drawn[other] = drawn[other], drawn[last]
    return drawn


def drawn_number(limit: int, *, seed: str, label: str) -> int:
    """The number in 0 … limit − 1 that seed and label give, each equally likely."""
    return _below(limit, _words(bytes.fromhex(seed), label))


def _words(key: bytes, label: str) -> Iterator[int]:
    counter = 0
    while True:
        block = hmac.new(key, f"{label}|{counter}".encode(), hashlib.sha256).digest()
        for start in range(0, len(block), _WORD):
            yield int.from_bytes(block[start : start + _WORD], "big")
        counter += 1


def _below(limit: int, words: Iterator[int]) -> int:
    """A number in 0 … limit − 1, each equally likely."""
    # Words above the last whole multiple of `limit` would favour small numbers.
    usable = 2 ** (8 * _WORD) // limit * limit
    return next(word for word in words if word < usable) % limit
