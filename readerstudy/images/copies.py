"""Photographs that are stored already: the same pixels, or a picture that looks like it."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from readerstudy.images.models import Image
from readerstudy.images.near import BLOCK, Look, LookAlikes

_COLOURS = ("mean_red", "mean_green", "mean_blue")


@dataclass(frozen=True)
class Fingerprint:
    """What a photograph is known again by; without a look by its pixels alone."""

    pixels_sha256: str
    look: Look | None = None


def look_of(perceptual_hash: int | None, origin: Mapping[str, Any]) -> Look | None:
    """The look of a photograph from its hash and the facts of its file, or None without a hash.

    Photographs that were imported before their turned and central hashes were taken have none of them.
    """
    if perceptual_hash is None:
        return None
    known = [origin[name] for name in _COLOURS if origin.get(name) is not None]
    return Look(
        perceptual_hash,
        tuple(known) if len(known) == len(_COLOURS) else None,
        tuple(int(bits, 16) for bits in origin.get("turned_hashes", ())),
        tuple(Look(int(bits, 16), tuple(colour)) for bits, *colour in origin.get("parts", ())),
    )


@dataclass(frozen=True)
class StoredCopy:
    """A stored photograph that the one at `place` is a copy of. `distance` in bits; None where the pixels are the same."""

    place: int
    image_id: str
    image_set: str
    is_training_set: bool
    distance: int | None

    @property
    def is_exact(self) -> bool:
        return self.distance is None


_FIELDS = (
    "pixels_sha256",
    "perceptual_hash",
    "origin",
    "public_id",
    "case__image_set__name",
    "case__image_set__is_training_set",
)


def stored_copies(
    photographs: Sequence[Fingerprint],
    *,
    among: QuerySet[Image],
    on_block: Callable[[], None] | None = None,
) -> list[StoredCopy]:
    """The closest copy of each photograph in each image set, turned and mirrored ones included, place by place.

    The stored photographs pass by in blocks: what is held in memory grows with `photographs` alone. `on_block` is
    called for each block, since there may be very many.
    """
    places, alike = _index(photographs)
    closest: dict[tuple[int, str], StoredCopy] = {}
    rows = among.order_by("pk").values_list(*_FIELDS).iterator(chunk_size=BLOCK)
    while block := list(islice(rows, BLOCK)):
        if on_block:
            on_block()
        looks = [look_of(bits, origin) for _pixels, bits, origin, *_ in block]
        near = iter(alike.of_each([look for look in looks if look]))
        for look, row in zip(looks, block, strict=True):
            pixels, _bits_of, _origin, image_id, image_set, is_training = row
            distances: dict[int, int | None] = dict.fromkeys(places.get(pixels, ()))
            for one in next(near) if look else ():
                distances.setdefault(one.key, one.distance)
            for place, distance in distances.items():
                copy = StoredCopy(place, image_id, image_set, is_training, distance)
                _keep_closest(closest, copy)
    return sorted(closest.values(), key=lambda one: (one.place, one.image_set))


def _keep_closest(closest: dict[tuple[int, str], StoredCopy], copy: StoredCopy) -> None:
    known = closest.setdefault((copy.place, copy.image_set), copy)
    if _bits(copy) < _bits(known):
        closest[copy.place, copy.image_set] = copy


def _bits(copy: StoredCopy) -> int:
    return -1 if copy.distance is None else copy.distance


def _index(photographs: Sequence[Fingerprint]) -> tuple[dict[str, list[int]], LookAlikes[int]]:
    """Places by pixels and by looks."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(photographs):
        places[one.pixels_sha256].append(place)
    return places, LookAlikes(
        (one.look, place) for place, one in enumerate(photographs) if one.look
    )
