"""How far a reader is in their order, asked for once and then kept in step with what is stored."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from readerstudy.reading.models import Reading
from readerstudy.reading.selectors import PREFETCH, Progress, positions_of
from readerstudy.studies.models import Enrolment


class Place(NamedTuple):
    """One position of the order; `version` is that of its newest answer, 0 where there is none.

    A tuple, since hundreds of them are made for every answer.
    """

    pk: int
    public_id: str
    version: int


@dataclass(frozen=True)
class OrderState:
    """A reader's order without withdrawn cases, and what is answered of it."""

    places: tuple[Place, ...]

    @property
    def progress(self) -> Progress:
        """How many positions are answered, of how many."""
        return Progress(sum(place.version > 0 for place in self.places), len(self.places))

    @property
    def last_read(self) -> Place | None:
        """The answered position that is furthest in the order."""
        return next((place for place in reversed(self.places) if place.version), None)

    @property
    def next_unread(self) -> Place | None:
        """What comes next; None when all is done."""
        return next((place for place in self.places if not place.version), None)

    @property
    def upcoming(self) -> list[Place]:
        """The next position and those that may be fetched ahead, in order."""
        unread = (place for place in self.places if not place.version)
        return [place for place, _ in zip(unread, range(1 + PREFETCH), strict=False)]

    def after(self, readings: Iterable[Reading]) -> "OrderState":
        """The state once these readings are stored."""
        versions = {reading.position_id: reading.version for reading in readings}
        return OrderState(
            tuple(
                Place(place.pk, place.public_id, versions.get(place.pk, place.version))
                for place in self.places
            )
        )


def order_state(enrolment: Enrolment) -> OrderState:
    """One query, however long the order is."""
    places: dict[int, Place] = {}
    rows = positions_of(enrolment).values_list("pk", "public_id", "readings__version")
    for pk, public_id, version in rows:
        known = places.get(pk)
        places[pk] = Place(pk, public_id, max(version or 0, known.version if known else 0))
    return OrderState(tuple(places.values()))
