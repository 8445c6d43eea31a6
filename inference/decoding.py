"""Large stored photographs become pixels in child processes, one for a core.

Pillow holds Python's lock while it copies what WebP's decoder gave, a quarter of the time for a photograph of 12
megapixels: threads would wait for one another. For small ones the way to another process costs more than it saves.
"""

import hashlib
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from inference import engine
from readerstudy.core.children import CRASHES, Children

LARGE = 2_000_000
MODULE = "inference.pixel_child"


@dataclass(frozen=True)
class StoredFile:
    """Where a photograph's file is: a path, or a function that fetches its bytes from elsewhere."""

    name: str
    sha256: str
    path: Path | None
    fetch: Callable[[], bytes]
    count_of_pixels: int


@dataclass(frozen=True)
class DecodedPixels:
    """The pixels of photographs as a network takes them: from the store, else made of their files and kept there.

    It is a store itself, one that always has what it is asked for. `get` raises ImageError where the file is not the one
    that `sha256` tells, cannot be decoded, or cannot be prepared as the spec says.
    """

    spec: engine.ModelSpec
    file_of: Callable[[Hashable], StoredFile]
    store: engine.PixelStore | None = None

    def get(self, key: Hashable) -> engine.Pixels:
        held = self.store.get(key) if self.store else None
        return held if held is not None else self._made(key)

    def put(self, key: Hashable, pixels: engine.Pixels) -> None:
        """Nothing: it has what it is asked for."""

    def _made(self, key: Hashable) -> engine.Pixels:
        file = self.file_of(key)
        made = _in_child if file.count_of_pixels >= LARGE else _here
        pixels = made(file, self.spec)
        if self.store:
            self.store.put(key, pixels)
        return pixels


def pixels_of(content: bytes, file_name: str, sha256: str, spec: engine.ModelSpec) -> engine.Pixels:
    """The pixels of a stored file for a network. Raises ImageError, also where it is not the file that was imported."""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise engine.ImageError(
            f"The stored file of image {file_name} has changed since it was imported."
        )
    image = engine.load_image(content, spec.preprocess, name=file_name)
    return engine.to_pixels(image, spec.preprocess, name=file_name)


def _here(file: StoredFile, spec: engine.ModelSpec) -> engine.Pixels:
    return pixels_of(file.fetch(), file.name, file.sha256, spec)


def _in_child(file: StoredFile, spec: engine.ModelSpec) -> engine.Pixels:
    header = {
        "name": file.name,
        "sha256": file.sha256,
        "path": str(file.path) if file.path else "",
        "spec": spec.to_json(),
    }
    content = b"" if file.path else file.fetch()
    try:
        answer, parts = _children.ask(header, content)
    except CRASHES as error:
        raise engine.ImageError(
            f"{file.name} cannot be decoded: the decoder crashed, or needed more memory or time than a photograph does."
        ) from error
    if "error" in answer:
        raise engine.ImageError(answer["error"])
    return np.frombuffer(parts[0], np.uint8).reshape(answer["shape"])


_children = Children(MODULE)
close_children = _children.close
