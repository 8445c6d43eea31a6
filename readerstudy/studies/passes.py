"""What one reader reads in each session, in order and with the arm, for every kind of design.

Pure, and derived from the study's seed alone: every order within a session is `order.reading_order` (so that a plain
unaided design without shared patients gives what it always gave), kept apart by `separating.separated`. What concerns
all readers (halves, blocks, windows) comes from one shuffle of the cases and one of the readers who took part at the
lock. A reader who comes later is not in that shuffle; theirs is a draw of its own, so that nobody else's row changes.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest

from readerstudy.studies.choices import ArmKind, DesignKind, RepeatWhen
from readerstudy.studies.order import drawn_number, reading_order, shuffled
from readerstudy.studies.separating import separated

# Written into the lock manifest. Another way to allocate is another version.
ALGORITHM = "allocation-hmac-sha256-1"
_CELLS = 4  # of the crossover: which half is unaided first, and which arm comes first
AIDED_KINDS = (DesignKind.SEQUENTIAL, DesignKind.CROSSOVER, DesignKind.ONCE)


@dataclass(frozen=True)
class Options:
    """A design, as it is stored."""

    kind: DesignKind = DesignKind.UNAIDED
    aided_percent: int = 50
    batch_size: int = 10
    blocks: int = 2
    repeat_percent: int = 0
    repeat_when: RepeatWhen = RepeatWhen.LATER_SESSION

    @property
    def has_aided_arm(self) -> bool:
        return self.kind in AIDED_KINDS

    @property
    def sessions(self) -> int:
        """How many sessions there are, a further one for repeats included."""
        passes = 2 if self.kind == DesignKind.CROSSOVER else 1
        return passes + (self.repeat_percent > 0 and self.repeat_when == RepeatWhen.LATER_SESSION)


@dataclass(frozen=True)
class Panel:
    """What is allocated: the seed, the readers at the lock, and the cases with the numbers of their patients."""

    seed: str
    readers: tuple[str, ...]
    patients: Mapping[str, int | None]

    @cached_property
    def seats(self) -> dict[str, int]:
        """Each reader's number in the shuffled panel, counted from 0."""
        order = shuffled(self.readers, seed=self.seed, label=f"{ALGORITHM}|readers")
        return {reader: seat for seat, reader in enumerate(order)}

    @cached_property
    def cases(self) -> list[str]:
        """All cases in the one order from which halves, blocks and windows are cut."""
        return shuffled(self.patients, seed=self.seed, label=f"{ALGORITHM}|cases")

    def seat(self, reader: str, limit: int, *, of: str) -> int:
        """A number below `limit`: dealt out evenly over the panel, drawn for a reader who came later."""
        if reader in self.seats:
            return self.seats[reader] % limit
        return self.late_draw(reader, limit, of=of)

    def late_draw(self, reader: str, limit: int, *, of: str) -> int:
        """A draw of a reader's own; `of` says what for, so that two draws have nothing to do with each other."""
        return drawn_number(limit, seed=self.seed, label=f"{ALGORITHM}|late|{of}|{reader}")


@dataclass(frozen=True)
class Slot:
    """One case to be read, before it has a place."""

    case: str
    arm: ArmKind = ArmKind.UNAIDED
    block: int = 1
    is_repeat: bool = False


Pass = list[Slot]


def passes_of(options: Options, panel: Panel, reader: str) -> list[Pass]:
    """What one reader reads in each session, in order, without repeats."""
    return _PASSES[options.kind](options, panel, reader)


def ordered(
    panel: Panel, reader: str, session: int, cases: Iterable[str], *, after: str | None = None
) -> list[str]:
    """The reader's own order of these cases in this session, cases of one patient kept apart."""
    order = reading_order(seed=panel.seed, reader_code=reader, session=session, case_ids=cases)
    return separated(order, panel.patients, after=after)


def _unaided(_options: Options, panel: Panel, reader: str) -> list[Pass]:
    return [[Slot(case) for case in ordered(panel, reader, 1, panel.patients)]]


def _sequential(options: Options, panel: Panel, reader: str) -> list[Pass]:
    """Every case unaided; after the locked answer a share of them aided, another share for every reader."""
    aided = _window(panel, reader, round(len(panel.patients) * options.aided_percent / 100))
    order = ordered(panel, reader, 1, panel.patients)
    return [
        [Slot(case, ArmKind.SEQUENTIAL if case in aided else ArmKind.UNAIDED) for case in order]
    ]


def _once(options: Options, panel: Panel, reader: str) -> list[Pass]:
    """Half of the cases aided, the others unaided, in batches that alternate (Jain et al. 2021, JAMA Netw Open)."""
    aided = _window(panel, reader, len(panel.patients) // 2)
    order = ordered(panel, reader, 1, panel.patients)
    arms = [
        [Slot(case, ArmKind.UNAIDED) for case in order if case not in aided],
        [Slot(case, ArmKind.AIDED) for case in order if case in aided],
    ]
    if panel.seat(reader, 2, of="first_arm"):
        arms.reverse()
    return [_apart(panel, _alternating(*arms, size=options.batch_size))]


def _alternating(first: Pass, second: Pass, *, size: int) -> list[Pass]:
    pairs = zip_longest(_batches(first, size), _batches(second, size))
    return [batch for pair in pairs for batch in pair if batch]


def _batches(slots: Pass, size: int) -> list[Pass]:
    return [slots[start : start + size] for start in range(0, len(slots), size)]


def _apart(panel: Panel, batches: Iterable[Pass]) -> Pass:
    """The batches one after the other, each reordered where cases of one patient would meet."""
    joined: Pass = []
    for batch in batches:
        by_case = {slot.case: slot for slot in batch}
        last = joined[-1].case if joined else None
        joined += [by_case[case] for case in separated(list(by_case), panel.patients, after=last)]
    return joined


def _crossover(_options: Options, panel: Panel, reader: str) -> list[Pass]:
    """Two sessions of two parts. Each half of the cases changes its arm between the sessions.

    Both sessions begin with the same half, so that the time between the two readings of a case is alike for all; the
    four cells are which half comes first and which arm it has in the first session.
    """
    cell = panel.seat(reader, _CELLS, of="cell")
    halves = _parts(panel, 2)
    first = cell % 2
    arms = [ArmKind.UNAIDED, ArmKind.AIDED]
    if cell // 2:
        arms.reverse()
    return [
        _crossover_session(
            panel, reader, session, halves, first, arms if session == 1 else arms[::-1]
        )
        for session in (1, 2)
    ]


def _crossover_session(  # noqa: PLR0917 (all of one kind, private)
    panel: Panel,
    reader: str,
    session: int,
    halves: Sequence[Sequence[str]],
    first: int,
    arms: Sequence[ArmKind],
) -> Pass:
    slots: Pass = []
    for half, arm in zip((first, 1 - first), arms, strict=True):
        last = slots[-1].case if slots else None
        order = ordered(panel, reader, session, halves[half], after=last)
        slots += [Slot(case, arm, half + 1) for case in order]
    return slots


def _in_blocks(options: Options, panel: Panel, reader: str) -> list[Pass]:
    """The cases of the reader's block, unaided."""
    block = panel.seat(reader, options.blocks, of="block")
    cases = _parts(panel, options.blocks)[block]
    return [[Slot(case, block=block + 1) for case in ordered(panel, reader, 1, cases)]]


def _parts(panel: Panel, count: int) -> list[list[str]]:
    """The cases dealt out into so many parts, whose sizes differ by one at most."""
    return [panel.cases[start::count] for start in range(count)]


def _window(panel: Panel, reader: str, size: int) -> frozenset[str]:
    """So many cases from the reader's own start on, round the circle of all.

    The starts of the readers at the lock lie evenly on the circle: no case is in more than one window more than another.
    """
    cases = panel.cases
    if reader in panel.seats:
        start = panel.seats[reader] * len(cases) // len(panel.seats)
    else:
        start = panel.late_draw(reader, max(len(cases), 1), of="window")
    return frozenset((cases + cases)[start : start + size])


_PASSES: dict[DesignKind, Callable[[Options, Panel, str], list[Pass]]] = {
    DesignKind.UNAIDED: _unaided,
    DesignKind.SEQUENTIAL: _sequential,
    DesignKind.CROSSOVER: _crossover,
    DesignKind.ONCE: _once,
    DesignKind.BLOCKS: _in_blocks,
}
