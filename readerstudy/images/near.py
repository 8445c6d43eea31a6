"""Photographs that look alike: hashes a few bits from each other and the same mean colour, found without comparing all pairs.

The index cuts the 64 bits into one band more than bits may differ. Two hashes within the radius then agree in at least
one whole band (pigeonhole), so that looking up the bands misses none (multi-index hashing: Norouzi et al., CVPR 2012).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key")
BITS = 64
# Measured on 585 photographs of ISIC 2017 and PAD-UFES-20 (docs/study.md). Of 170,820 pairs of different files 5 are within
# 6 bits, 4 of them different lesions, and none of these has the same mean colour within 0.03; copies of 64 pixels and JPEG of
# quality 50 are within 2 bits, and of copies turned by 1° 93 in 100 within 6, all with a colour less than 0.02 away.
RADIUS = 6
RADIUS_OF_ANY_COLOUR = 2
RADIUS_WITHOUT_COLOUR = 4
# Turned pictures have seven chances to be alike by accident.
RADIUS_TURNED = 4
SAME_COLOUR = 0.03
_ALL_BITS = 2**BITS - 1
# Bits of the odd columns and rows of the 8 × 8 frequencies, the first frequency being the highest bit.
_ODD_COLUMNS = 0x5555555555555555
_ODD_ROWS = 0x00FF00FF00FF00FF


@dataclass(frozen=True)
class Look:
    """What a photograph is compared by: its perceptual hash, and mean red, green and blue from 0 to 1 where known."""

    perceptual_hash: int
    colour: tuple[float, ...] | None = None


@dataclass(frozen=True)
class Near(Generic[Key]):
    """One entry of the index and how many bits it is away."""

    key: Key
    distance: int


class NearIndex(Generic[Key]):
    """Perceptual hashes (64 bits, signed or not) with a key each."""

    def __init__(self, entries: Iterable[tuple[int, Key]] = (), *, radius: int) -> None:
        self.radius = radius
        self._masks = _band_masks(radius + 1)
        self._entries: list[tuple[int, Key]] = []
        self._buckets: list[defaultdict[int, list[int]]] = [defaultdict(list) for _ in self._masks]
        for perceptual_hash, key in entries:
            self.add(perceptual_hash, key)

    def add(self, perceptual_hash: int, key: Key) -> None:
        """One entry more; the same hash may stand there several times."""
        bits = perceptual_hash & _ALL_BITS
        for mask, buckets in zip(self._masks, self._buckets, strict=True):
            buckets[bits & mask].append(len(self._entries))
        self._entries.append((bits, key))

    def within(self, perceptual_hash: int) -> list[Near[Key]]:
        """All entries within the radius, the nearest first and the earlier before the later."""
        bits, entries, radius = perceptual_hash & _ALL_BITS, self._entries, self.radius
        near = [
            (distance, place)
            for place in self._candidates(bits)
            if (distance := (bits ^ entries[place][0]).bit_count()) <= radius
        ]
        return [Near(entries[place][1], distance) for distance, place in sorted(near)]

    def _candidates(self, bits: int) -> set[int]:
        found: set[int] = set()
        for mask, buckets in zip(self._masks, self._buckets, strict=True):
            found.update(buckets.get(bits & mask, ()))
        return found


def _band_masks(bands: int) -> list[int]:
    """Disjoint masks over all bits, each with every `bands`-th bit: neighbouring frequencies go into different bands."""
    return [sum(1 << bit for bit in range(start, BITS, bands)) for start in range(bands)]


def turned_hashes(perceptual_hash: int) -> tuple[int, ...]:
    """The hash itself and what it becomes, but for a few bits, for the photograph mirrored or turned by 90, 180 or 270°.

    Mirroring changes the sign of every odd frequency, turning changes rows with columns as well. The bits say whether a
    frequency lies above the median, which is near zero but not zero: of mirrored copies 8 in 10 are within 4 bits.
    """
    bits = perceptual_hash & _ALL_BITS
    mirrored = [
        one ^ columns ^ rows
        for one in (bits, _transposed(bits))
        for columns in (0, _ODD_COLUMNS)
        for rows in (0, _ODD_ROWS)
    ]
    return tuple(dict.fromkeys(mirrored))


def _transposed(bits: int) -> int:
    """The 8 × 8 bits with rows and columns changed (Warren, Hacker's Delight, section 7-3)."""
    for shift, mask in (
        (7, 0x00AA00AA00AA00AA),
        (14, 0x0000CCCC0000CCCC),
        (28, 0x00000000F0F0F0F0),
    ):
        swap = (bits ^ (bits >> shift)) & mask
        bits ^= swap ^ (swap << shift)
    return bits & _ALL_BITS


class LookAlikes(Generic[Key]):
    """Photographs by their looks, also mirrored and turned."""

    def __init__(self) -> None:
        self._upright: NearIndex[tuple[Look, Key]] = NearIndex(radius=RADIUS)
        self._turned: NearIndex[tuple[Look, Key]] = NearIndex(radius=RADIUS_TURNED)

    def add(self, look: Look, key: Key) -> None:
        """One photograph more."""
        upright, *turned = turned_hashes(look.perceptual_hash)
        self._upright.add(upright, (look, key))
        for bits in turned:
            self._turned.add(bits, (look, key))

    def of(self, look: Look) -> list[Near[Key]]:
        """The photographs that this one may be a copy of: upright ones first, then by distance."""
        return [
            Near(key, near.distance)
            for index, is_turned in ((self._upright, False), (self._turned, True))
            for near in index.within(look.perceptual_hash)
            for other, key in [near.key]
            if near.distance <= _allowed(look, other, is_turned=is_turned)
        ]


def _allowed(look: Look, other: Look, *, is_turned: bool) -> int:
    """How many bits two photographs may be apart, by what their colours say."""
    if look.colour is None or other.colour is None:
        return RADIUS_WITHOUT_COLOUR
    differences = (abs(a - b) for a, b in zip(look.colour, other.colour, strict=True))
    if max(differences) <= SAME_COLOUR:
        return RADIUS
    return -1 if is_turned else RADIUS_OF_ANY_COLOUR
