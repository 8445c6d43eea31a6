"""Pixels of stored photographs are made ahead of the runs that will ask for them, and let go of with the photographs.

They save time and nothing else: they are byte for byte what a run makes of the stored file, and a run makes them
itself where they are missing. Every worker keeps them on its own disk.
"""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from django.conf import settings

from inference import engine
from inference.choices import ModelKind
from inference.models import Artefact
from inference.network_children import OnlySpec, Photographs, StoredFile
from inference.recovery import unfinished_runs
from inference.stored_files import stored_file
from readerstudy.images.models import Image

# Runs, imports and analyses that wait in the same queue come in between.
SLICE_SECONDS = 5.0
AT_ONCE = 4
NAMES_AT_ONCE = 500
_Item = TypeVar("_Item")


def store_of(spec: engine.PreprocessSpec) -> engine.FolderOfPixels:
    """Where the pixels of a family are kept; the key is the SHA-256 of the stored file."""
    return engine.FolderOfPixels(settings.PIXELS_DIR, engine.family_of(spec), name_of=str)


def make_pixels(image_set_id: int, *, seconds: float = SLICE_SECONDS) -> bool:
    """Makes the pixels that the loaded networks will ask of an image set, for so long.

    True where it made some and others are left. It ends where a run waits, which makes its own, and where the room ends.
    """
    end, made = time.monotonic() + seconds, 0
    room = settings.PIXELS_MAX_BYTES - engine.bytes_in(settings.PIXELS_DIR)
    images = list(Image.objects.filter(case__image_set=image_set_id).order_by("pk"))
    with ThreadPoolExecutor(engine.usable_cores()) as pool:
        for asked, some in _missing(_specs(), images):
            if made >= room or unfinished_runs().exists():
                return False
            if time.monotonic() > end:
                return made > 0
            made += sum(pool.map(partial(_make, asked), some))
    return False


def _specs() -> list[engine.ModelSpec]:
    """One for each family, that of the network loaded last first."""
    rows = Artefact.objects.filter(model__kind=ModelKind.NETWORK).order_by("-pk")
    specs = [engine.ModelSpec.from_json(spec) for spec in rows.values_list("spec", flat=True)]
    return list({engine.family_of(one.preprocess): one for one in reversed(specs)}.values())[::-1]


def _missing(
    specs: list[engine.ModelSpec], images: list[Image]
) -> Iterator[tuple[Photographs, Sequence[str]]]:
    """Some photographs of a family at a time, by the SHA-256 of their files."""
    by_hash = {image.sha256: image for image in images}

    def file_of(key: engine.Key) -> StoredFile:
        return stored_file(by_hash[str(key)])

    for spec in specs:
        store = store_of(spec.preprocess)
        asked = Photographs(OnlySpec(spec), file_of, store)
        missing = [sha256 for sha256 in by_hash if not store.path_of(sha256).exists()]
        for some in _batched(missing, AT_ONCE * engine.usable_cores()):
            yield asked, some


def _make(asked: Photographs, sha256: str) -> int:
    """How many bytes it made; a photograph that cannot be prepared is for the run to tell of."""
    try:
        return sum(map(len, asked.ask("pixels", sha256)[1]))
    except (engine.ImageError, OSError):
        return 0


def tidy_pixels() -> int:
    """Lets go of what was not used for long or has no room, and of photographs that are gone. Gives how many these were."""
    folder = settings.PIXELS_DIR
    engine.trim(
        folder, max_bytes=settings.PIXELS_MAX_BYTES, max_seconds=settings.PIXELS_MAX_SECONDS
    )
    gone: set[str] = set()
    for names in _batched(sorted(set(engine.photographs_in(folder))), NAMES_AT_ONCE):
        stored = Image.objects.filter(sha256__in=names)
        gone |= set(names) - set(stored.values_list("sha256", flat=True))
    for name in gone:
        engine.forget(folder, name)
    return len(gone)


def _batched(items: Sequence[_Item], size: int) -> Iterator[Sequence[_Item]]:
    return (items[at : at + size] for at in range(0, len(items), size))
