"""Which reader reads which case in which session, at which place and in which arm, repeats included.

The one way from a design to its rows: the lock stores what `allocate` gives, and `verify_study` compares.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from readerstudy.studies.choices import ArmKind, RepeatWhen
from readerstudy.studies.order import drawn_number, shuffled
from readerstudy.studies.passes import ALGORITHM, Options, Panel, Pass, Slot, ordered, passes_of

# In one session a case comes again after so many others at the earliest, or half of the session where it is short.
MINIMUM_DISTANCE = 20


@dataclass(frozen=True)
class Row:
    """One row of a reader's order. `repeat_of` is the (session, place) of the first reading of the same case."""

    reader: str
    session: int
    place: int
    case: str
    arm: ArmKind
    block: int
    repeat_of: tuple[int, int] | None = None


def allocate(options: Options, panel: Panel, reader: str) -> list[Row]:
    """The rows of one reader, by session and place. They depend on nobody who came after the lock."""
    passes = passes_of(options, panel, reader)
    if options.repeat_percent and options.repeat_when == RepeatWhen.LATER_SESSION:
        passes.append(_later_session(options, panel, reader, passes))
    elif options.repeat_percent:
        passes = [_with_repeats(options, panel, reader, slots) for slots in passes]
    return list(_rows(passes, reader))


def minimum_distance(cases: int) -> int:
    """By how many places a repeat follows upon its first reading in a session of so many cases."""
    return max(1, min(MINIMUM_DISTANCE, cases // 2))


def _rows(passes: Iterable[Sequence[Slot]], reader: str) -> Iterator[Row]:
    """The slots with their sessions and places, both counted from 1; a repeat points at the first reading."""
    first: dict[str, tuple[int, int]] = {}
    for session, slots in enumerate(passes, start=1):
        for place, slot in enumerate(slots, start=1):
            repeat_of = first[slot.case] if slot.is_repeat else None
            if slot.arm != ArmKind.AIDED:
                first.setdefault(slot.case, (session, place))
            yield Row(reader, session, place, slot.case, slot.arm, slot.block, repeat_of)


def _later_session(options: Options, panel: Panel, reader: str, passes: list[Pass]) -> Pass:
    """A share of the cases that the reader read unaided, in an order of their own."""
    unaided = {slot.case: slot for slots in passes for slot in slots if _is_unaided(slot)}
    chosen = _chosen(options, panel, reader, among=unaided, of=len(unaided))
    order = ordered(panel, reader, len(passes) + 1, chosen)
    return [replace(unaided[case], is_repeat=True) for case in order]


def _with_repeats(options: Options, panel: Panel, reader: str, slots: Pass) -> Pass:
    """The session with a share of its unaided cases read again further on, among the others."""
    distance = minimum_distance(len(slots))
    unaided = sum(map(_is_unaided, slots))
    early = {
        slot.case: index
        for index, slot in enumerate(slots)
        if _is_unaided(slot) and index + distance <= len(slots)
    }
    chosen = _chosen(options, panel, reader, among=early, of=unaided)
    gaps: dict[int, list[Slot]] = defaultdict(list)
    # Those with the fewest gaps left choose first.
    for case in sorted(chosen, key=lambda one: -early[one]):
        gap = _gap(panel, reader, slots, gaps, case, early[case] + distance)
        gaps[gap].append(replace(slots[early[case]], is_repeat=True))
    return [
        slot
        for index in range(len(slots) + 1)
        for slot in [*gaps.get(index, ()), *slots[index : index + 1]]
    ]


def _gap(  # noqa: PLR0917 (private)
    panel: Panel, reader: str, slots: Pass, gaps: dict[int, list[Slot]], case: str, first: int
) -> int:
    """The gap, counted by the cases before it, in which the case comes again: a free one, away from its patient."""
    possible = list(range(first, len(slots) + 1))
    free = [gap for gap in possible if gap not in gaps] or possible
    patient = panel.patients[case]
    apart = [
        gap
        for gap in free
        if patient is None
        or all(panel.patients[slot.case] != patient for slot in slots[max(gap - 1, 0) : gap + 1])
    ]
    candidates = apart or free
    label = f"{ALGORITHM}|gap|{reader}|{case}"
    return candidates[drawn_number(len(candidates), seed=panel.seed, label=label)]


def _chosen(
    options: Options, panel: Panel, reader: str, *, among: Iterable[str], of: int
) -> list[str]:
    """The cases that are read again: so many percent of all, at least one where there is any."""
    wanted = max(1, round(of * options.repeat_percent / 100))
    return shuffled(among, seed=panel.seed, label=f"{ALGORITHM}|repeats|{reader}")[:wanted]


def _is_unaided(slot: Slot) -> bool:
    return slot.arm == ArmKind.UNAIDED
