"""The stored photographs of a study as the engine takes them: the files that were imported, and no others."""

from collections.abc import Hashable, Iterator, Mapping
from functools import partial

from django.conf import settings

from inference import engine
from inference.network_children import Photographs, StoredNetwork
from inference.stored_files import stored_bytes, stored_file
from readerstudy.images.models import Image


def sources_of(images: Mapping[str, Image]) -> Iterator[engine.Source]:
    """Every image by its public id. The bytes are read in threads: no database there."""
    return ((key, partial(stored_bytes, image)) for key, image in images.items())


def photographs_for(network: StoredNetwork, images: Mapping[str, Image]) -> Photographs:
    """The images for a network, with the pixels that another run of the family has made of the same files."""
    engine.trim(
        settings.PIXELS_DIR,
        max_bytes=settings.PIXELS_MAX_BYTES,
        max_seconds=settings.PIXELS_MAX_SECONDS,
    )

    def hash_of(key: Hashable) -> str:
        return images[str(key)].sha256

    family = engine.family_of(network.artefact.spec.preprocess)
    store = engine.FolderOfPixels(settings.PIXELS_DIR, family, name_of=hash_of)
    return Photographs(network, lambda key: stored_file(images[str(key)]), store)
