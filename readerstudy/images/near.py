"""Photographs that look alike: hashes a few bits from each other and the same mean colour, found without comparing all pairs.

The index cuts the 64 bits into four bands. Of two hashes within 7 bits one band at least differs in no more than one bit
(pigeonhole), so that looking up each band as it is and with each of its bits turned over misses none (multi-index
hashing: Norouzi et al., CVPR 2012).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key")
BITS = 64
BANDS = 4
# Measured on 585 photographs of ISIC 2017 and PAD-UFES-20. Of 170,820 pairs of different files 5 are within 6 bits, 4 of them
# different lesions, and none of these has the same mean colour within 0.03; nor has any pair within 6 bits of one that is
# turned, mirrored or cropped. Copies of 64 pixels and JPEG of quality 50 are within 2 bits.
RADIUS = 6
RADIUS_OF_ANY_COLOUR = 2
RADIUS_WITHOUT_COLOUR = 4
SAME_COLOUR = 0.03
_ALL_BITS = 2**BITS - 1
# Bits of the odd columns and rows of the 8 × 8 frequencies, the first frequency being the highest bit.
_ODD_COLUMNS = 0x5555555555555555
_ODD_ROWS = 0x00FF00FF00FF00FF


@dataclass(frozen=True)
class Look:
    """What a photograph is compared by: its perceptual hash, and mean red, green and blue from 0 to 1 where known.

    `turned` are the hashes of it mirrored and turned; without them they are derived, which finds fewer. `parts` are
    central parts of it, for copies that were cropped.
    """

    perceptual_hash: int
    colour: tuple[float, ...] | None = None
    turned: tuple[int, ...] = ()
    parts: tuple["Look", ...] = ()

    def variants(self) -> Iterator["Look"]:
        """Every other look that a copy of the photograph may have, once each."""
        turned = self.turned or turned_hashes(self.perceptual_hash)[1:]
        others = [*(Look(bits, self.colour) for bits in turned), *self.parts]
        for one in dict.fromkeys(others):
            if one.perceptual_hash != self.perceptual_hash:
                yield one


@dataclass(frozen=True)
class Near(Generic[Key]):
    """One entry of the index and how many bits it is away."""

    key: Key
    distance: int


class NearIndex(Generic[Key]):
    """Perceptual hashes (64 bits, signed or not) with a key each. `radius` is at most 7."""

    def __init__(self, entries: Iterable[tuple[int, Key]] = (), *, radius: int) -> None:
        if radius >= 2 * BANDS:
            raise ValueError(radius)
        self.radius = radius
        self._masks = _band_masks(BANDS)
        # What is looked up in each band: itself, and where no band need be the same, each that is one bit away.
        self._flips = [_flips(mask) if radius >= BANDS else [0] for mask in self._masks]
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
        for mask, flips, buckets in zip(self._masks, self._flips, self._buckets, strict=True):
            band = bits & mask
            for flip in flips:
                if places := buckets.get(band ^ flip):
                    found.update(places)
        return found


def _band_masks(bands: int) -> list[int]:
    """Disjoint masks over all bits, each with every `bands`-th bit: neighbouring frequencies go into different bands."""
    return [sum(1 << bit for bit in range(start, BITS, bands)) for start in range(bands)]


def _flips(mask: int) -> list[int]:
    """Nothing, and each single bit of the mask."""
    return [0, *(1 << bit for bit in range(BITS) if mask >> bit & 1)]


def turned_hashes(perceptual_hash: int) -> tuple[int, ...]:
    """Of a hash alone: itself, and what it becomes, but for a few bits, for the photograph mirrored or turned by 90, 180 or 270°.

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
    """Photographs by their looks, also mirrored, turned and cropped."""

    def __init__(self) -> None:
        self._whole: NearIndex[tuple[Look, Key]] = NearIndex(radius=RADIUS)
        self._variants: NearIndex[tuple[Look, Key]] = NearIndex(radius=RADIUS)

    def add(self, look: Look, key: Key) -> None:
        """One photograph more."""
        self._whole.add(look.perceptual_hash, (look, key))
        for variant in look.variants():
            self._variants.add(variant.perceptual_hash, (variant, key))

    def of(self, look: Look) -> list[Near[Key]]:
        """The photographs that this one may be a copy of, or a copy of this one: upright ones first, then by distance."""
        found = [
            *_near(look, self._whole, other_colour=RADIUS_OF_ANY_COLOUR),
            *_near(look, self._variants),
            *(near for part in look.parts for near in _near(part, self._whole)),
        ]
        # A key is the same object wherever it was put.
        return list({id(near.key): near for near in reversed(found)}.values())[::-1]


def _near(
    look: Look, index: NearIndex[tuple[Look, Key]], *, other_colour: int = -1
) -> Iterator[Near[Key]]:
    for near in index.within(look.perceptual_hash):
        other, key = near.key
        if near.distance <= _allowed(look, other, other_colour):
            yield Near(key, near.distance)


def _allowed(look: Look, other: Look, other_colour: int) -> int:
    """How many bits two photographs may be apart, by what their colours say."""
    if look.colour is None or other.colour is None:
        return RADIUS_WITHOUT_COLOUR
    differences = (abs(a - b) for a, b in zip(look.colour, other.colour, strict=True))
    return RADIUS if max(differences) <= SAME_COLOUR else other_colour
