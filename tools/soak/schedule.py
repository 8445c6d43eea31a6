"""When which fault comes: drawn from a seed, so that a run can be had again."""

import random
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Moment:
    """One fault: so many seconds after the readers have recovered from the last one, for so long, with numbers of its own."""

    kind: str
    number: int
    after: float
    lasting: float
    seed: int


def schedule(
    kinds: Sequence[str], *, repeats: int, seconds: float, seed: int
) -> dict[str, list[Moment]]:
    """`repeats` moments of each kind, whose waits add up to `seconds` for each kind. Raises ValueError for nothing to do."""
    if repeats < 1 or seconds <= 0:
        raise ValueError("A schedule needs at least one repeat and some seconds.")
    return {kind: _moments(kind, repeats, seconds, seed) for kind in kinds}


def _moments(kind: str, repeats: int, seconds: float, seed: int) -> list[Moment]:
    # Its own stream for each kind: leaving one out changes none of the others.
    rng = random.Random(f"{seed}:{kind}")  # nosec B311  # noqa: S311 (no secret)
    shares = [rng.uniform(0.2, 1.8) for _ in range(repeats)]
    waits = [share * seconds / sum(shares) for share in shares]
    return [
        Moment(kind, number, wait, rng.uniform(1.0, 6.0), rng.getrandbits(32))
        for number, wait in enumerate(waits, start=1)
    ]
