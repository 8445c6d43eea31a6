"""An allocation in numbers: groups of readers with the same sessions, and how many readers each case has in each arm."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from readerstudy.studies.allocation import Row
from readerstudy.studies.choices import ArmKind, DesignKind

_ARMS = list(ArmKind)


@dataclass(frozen=True, order=True)
class Part:
    """So many cases of one session that one reader reads alike. `first_place` tells which part comes first.

    Repeats are one part of their session, whatever blocks they are from; their block is 0.
    """

    session: int
    is_repeat: bool
    first_place: int
    arm: ArmKind
    block: int
    cases: int


@dataclass(frozen=True)
class Group:
    """So many readers whose sessions have the same parts."""

    readers: int
    sessions: tuple[tuple[Part, ...], ...]


@dataclass(frozen=True)
class Coverage:
    """By how many readers a case is read in one arm: the fewest and the most. Repeats are not counted."""

    arm: ArmKind
    fewest: int
    most: int


@dataclass(frozen=True)
class Flow:
    """The allocation of a study in numbers."""

    kind: str
    readers: int
    cases: int
    groups: tuple[Group, ...]
    coverage: tuple[Coverage, ...]

    @property
    def sessions(self) -> int:
        return max((len(group.sessions) for group in self.groups), default=0)


def parts_of(rows: Iterable[Row]) -> list[Part]:
    """The parts of one reader's rows."""
    return merged(
        Part(row.session, row.repeat_of is not None, row.place, row.arm, row.block, 1)
        for row in rows
    )


def merged(parts: Iterable[Part]) -> list[Part]:
    """Parts that are read alike, put together."""
    alike: dict[tuple[int, bool, ArmKind, int], Part] = {}
    for part in parts:
        block = 0 if part.is_repeat else part.block
        key = (part.session, part.is_repeat, part.arm, block)
        known = alike.get(key, replace(part, block=block, cases=0))
        first = min(known.first_place, part.first_place)
        alike[key] = replace(known, first_place=first, cases=known.cases + part.cases)
    return list(alike.values())


def groups_of(kind: str, parts: Iterable[Sequence[Part]]) -> tuple[Group, ...]:
    """Readers whose parts are alike, counted. In the crossover it matters which part comes first, elsewhere not."""
    alike = Counter(_ordered(kind, of_reader) for of_reader in parts)
    return tuple(
        Group(readers, sessions) for sessions, readers in sorted(alike.items()) if sessions
    )


def _ordered(kind: str, parts: Sequence[Part]) -> tuple[tuple[Part, ...], ...]:
    in_order = sorted(parts) if kind == DesignKind.CROSSOVER else sorted(parts, key=_by_arm)
    sessions: dict[int, list[Part]] = defaultdict(list)
    for part in in_order:
        of_session = sessions[part.session]
        # Where a part begins is drawn for each reader; what is left of it is its rank.
        rank = len(of_session) + 1
        of_session.append(replace(part, first_place=rank))
    return tuple(tuple(sessions[number]) for number in sorted(sessions))


def _by_arm(part: Part) -> tuple[int, bool, int, int]:
    return part.session, part.is_repeat, _ARMS.index(part.arm), part.block


def coverage_of(counts: Iterable[tuple[str, int]], *, cases: int) -> tuple[Coverage, ...]:
    """The fewest and the most readers per case and arm. `counts` are (arm, readers) of each case read in the arm."""
    of_arm: dict[str, list[int]] = defaultdict(list)
    for arm, readers in counts:
        of_arm[arm].append(readers)
    return tuple(
        Coverage(arm, min(of_arm[arm]) if len(of_arm[arm]) == cases else 0, max(of_arm[arm]))
        for arm in _ARMS
        if of_arm[arm]
    )
