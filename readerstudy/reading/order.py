"""How far a reader is in their order, asked for once and then kept in step with what is stored."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile
from typing import NamedTuple

from readerstudy.reading.models import Reading
from readerstudy.reading.selectors import PREFETCH, Progress, in_order, session_number
from readerstudy.reading.stages import answers_wanted
from readerstudy.reading.washout import NO_GATE, Gate, gate_of
from readerstudy.studies.choices import ArmKind
from readerstudy.studies.models import Enrolment, Position


class Place(NamedTuple):
    """One position of the order; `version` is that of its newest answer, 0 where there is none.

    Where it is answered twice, the answer is that of level 2, and `level` the one that is to be answered next.
    A tuple, since hundreds of them are made for every answer.
    """

    pk: int
    public_id: str
    version: int
    session: int = 1
    first_answered_at: datetime | None = None
    level: int = 1
    levels: int = 1
    arm: str = ArmKind.UNAIDED

    @property
    def is_aided(self) -> bool:
        """Whether what is answered next is answered with the aid."""
        return self.arm == ArmKind.AIDED or (self.arm == ArmKind.SEQUENTIAL and self.level > 1)

    def answered(self, level: int, version: int, at: datetime) -> "Place":
        """The place with one answer more, in whatever order they come."""
        if level < self.levels:
            return self._replace(level=self.levels)
        first = at if version == 1 else self.first_answered_at
        newest = max(version, self.version)
        return Place(
            self.pk, self.public_id, newest, self.session, first, level, self.levels, self.arm
        )


@dataclass(frozen=True)
class OrderState:
    """A reader's order without withdrawn cases, and what is answered of it, as it is at `now`."""

    places: tuple[Place, ...]
    now: datetime
    gate: Gate = NO_GATE

    @property
    def progress(self) -> Progress:
        """How many positions are answered, of how many."""
        return Progress(sum(place.version > 0 for place in self.places), len(self.places))

    @property
    def answered_at(self) -> list[datetime]:
        """When each case was done for the first time, in order of time."""
        return sorted(place.first_answered_at for place in self.places if place.first_answered_at)

    @property
    def last_read(self) -> Place | None:
        """The answered position that is furthest in the order; None once a later session is open, for that one is final."""
        last = next((place for place in reversed(self.places) if place.version), None)
        following = self.next_unread
        is_final = last and following and following.session != last.session
        return None if is_final else last

    @property
    def opens_at(self) -> datetime | None:
        """When the session opens that comes next; None where nothing is waited for."""
        following = self._first_unread()
        opening = self._opening(following.session) if following else None
        return opening if opening and opening > self.now else None

    @property
    def next_unread(self) -> Place | None:
        """What comes next; None when all is done, or the next session has not opened yet."""
        return None if self.opens_at else self._first_unread()

    @property
    def upcoming(self) -> list[Place]:
        """The next position and those of its session that may be fetched ahead, in order."""
        following = self.next_unread
        unread = (
            place
            for place in self.places
            if following and not place.version and place.session == following.session
        )
        return [place for place, _ in zip(unread, range(1 + PREFETCH), strict=False)]

    @property
    def known_ahead(self) -> list[Place]:
        """What comes after the next position for certain and without a word of the server: nothing of it is aided.

        Where a position may be answered twice nothing is: what follows the answer must not be known before it.
        """
        if any(place.levels > 1 for place in self.places):
            return []
        return list(takewhile(lambda place: not place.is_aided, self.upcoming[1:]))

    @property
    def within_reach(self) -> set[int]:
        """The keys of the positions whose images may be shown: upcoming ones, those answered in their session, the last."""
        shown = {place.pk for place in self.upcoming}
        last, following = self.last_read, self.next_unread
        session = following.session if following else last.session if last else None
        shown |= {place.pk for place in self.places if place.version and place.session == session}
        return shown | ({last.pk} if last else set())

    def levels_at(self, pk: int) -> int:
        """How many answers the position wants; none where it is no part of the order any more."""
        return next((place.levels for place in self.places if place.pk == pk), 0)

    def after(self, readings: Iterable[Reading]) -> "OrderState":
        """The state once these readings are stored."""
        places = {place.pk: place for place in self.places}
        for one in readings:
            place = places[one.position_id]
            places[place.pk] = place.answered(one.level, one.version, one.received_at)
        return replace(self, places=tuple(places.values()))

    def _first_unread(self) -> Place | None:
        return next((place for place in self.places if not place.version), None)

    def _opening(self, session: int) -> datetime | None:
        """When the session opens: so long after the one before it was completed."""
        before = [place for place in self.places if place.session < session]
        if not before:
            return None
        last = max(place.session for place in before)
        times = [
            place.first_answered_at
            for place in before
            if place.session == last and place.first_answered_at
        ]
        return self.gate.opens_at(session, completed_at=max(times)) if times else None


def order_state(enrolment: Enrolment, *, now: datetime) -> OrderState:
    """One query, however long the order is; two more where there are several sessions."""
    return order_states([enrolment], now=now)[enrolment.pk]


def order_states(enrolments: Sequence[Enrolment], *, now: datetime) -> dict[int, OrderState]:
    """The states of several enrolments by their keys: as many queries as for one, but for those with several sessions."""
    levels = {
        one.pk: {arm.value: answers_wanted(one.study.protocol, arm) for arm in ArmKind}
        for one in enrolments
    }
    places: dict[int, dict[int, Place]] = {pk: {} for pk in levels}
    rows = in_order(Position.objects.filter(enrolment__in=levels)).values_list(
        "enrolment_id",
        "pk",
        "public_id",
        session_number(),
        "arm",
        "readings__level",
        "readings__version",
        "readings__received_at",
    )
    for owner, pk, public_id, session, arm, level, version, at in rows:
        own = places[owner]
        place = own.get(pk) or Place(pk, public_id, 0, session, None, 1, levels[owner][arm], arm)
        own[pk] = place.answered(level, version, at) if version else place
    return {one.pk: _state(one, tuple(places[one.pk].values()), now) for one in enrolments}


def _state(enrolment: Enrolment, places: tuple[Place, ...], now: datetime) -> OrderState:
    several = len({place.session for place in places}) > 1
    return OrderState(places, now, gate_of(enrolment) if several else NO_GATE)
