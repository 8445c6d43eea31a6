"""Photographs that look alike: perceptual hashes a few bits from each other, found without comparing all pairs.

The index cuts the 64 bits into one band more than bits may differ. Two hashes within the radius then agree in at least
one whole band (pigeonhole), so that looking up the bands misses none (multi-index hashing: Norouzi et al., CVPR 2012).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key")
BITS = 64
# Measured on 585 photographs of ISIC 2017 and PAD-UFES-20 (docs/study.md): copies of half the size, of 64 pixels or of
# JPEG quality 20 and more are 0 to 4 bits away (1 of 267 was 6); of 101,000 pairs of different files one is within
# 4 bits, and it shows the same lesion; from 6 bits on different lesions are among them.
RADIUS = 4
_ALL_BITS = 2**BITS - 1
# Bits of the odd columns and rows of the 8 × 8 frequencies, the first frequency being the highest bit.
_ODD_COLUMNS = 0x5555555555555555
_ODD_ROWS = 0x00FF00FF00FF00FF


@dataclass(frozen=True)
class Near(Generic[Key]):
    """One entry of the index and how many bits it is away."""

    key: Key
    distance: int


class NearIndex(Generic[Key]):
    """Perceptual hashes (64 bits, signed or not) with a key each."""

    def __init__(self, entries: Iterable[tuple[int, Key]] = (), *, radius: int = RADIUS) -> None:
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
        bits = perceptual_hash & _ALL_BITS
        near = []
        for place in sorted(self._candidates(bits)):
            other, key = self._entries[place]
            distance = (bits ^ other).bit_count()
            if distance <= self.radius:
                near.append(Near(key, distance))
        return sorted(near, key=lambda one: one.distance)

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
    frequency lies above the median, which is near zero but not zero: of mirrored copies 8 in 10 are within the radius.
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
