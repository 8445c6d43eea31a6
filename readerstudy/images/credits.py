"""Whom a page with photographs has to name: licence and attribution, where the licence asks for it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

# Dedications to the public domain ask for nothing; every other licence is taken to ask for its attribution.
_ASKS_FOR_NOTHING = re.compile(r"cc[\s_-]?0|cc[\s_-]?pdm|public\s+domain", re.IGNORECASE)


class HasSource(Protocol):
    """A photograph, stored or about to be."""

    @property
    def licence(self) -> str: ...

    @property
    def attribution(self) -> str: ...


Pictured = TypeVar("Pictured", bound=HasSource)


@dataclass(frozen=True)
class Credit:
    """One source on a page, under its number there."""

    number: int
    licence: str
    attribution: str


@dataclass(frozen=True)
class Credited(Generic[Pictured]):
    """Images each with the credit it needs, or None, and all credits of the page once."""

    images: tuple[tuple[Pictured, Credit | None], ...]
    credits: tuple[Credit, ...]


def asks_for_attribution(*, licence: str, attribution: str) -> bool:
    """Whether a page that shows the image has to name its source."""
    return bool(licence or attribution) and not _ASKS_FOR_NOTHING.match(licence.strip())


def credited(images: Iterable[Pictured]) -> Credited[Pictured]:
    """The images in their order with what has to be said of them; sources are numbered as they come."""
    found: dict[tuple[str, str], Credit] = {}
    shown = [(image, _credit(image, found)) for image in images]
    return Credited(tuple(shown), tuple(found.values()))


def _credit(image: HasSource, found: dict[tuple[str, str], Credit]) -> Credit | None:
    licence, attribution = image.licence, image.attribution
    if not asks_for_attribution(licence=licence, attribution=attribution):
        return None
    new = Credit(len(found) + 1, licence, attribution)
    return found.setdefault((licence, attribution), new)
