"""Prepared pixels, shared between the training runs of one model: the photograph is decoded and scaled once.

What is kept are the whole numbers after resize and crop, so that a family with other means, or of another layout, shares
them too.
"""

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable, Hashable
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import Protocol

import numpy as np

from inference.engine.preprocess import Pixels
from inference.engine.spec import PreprocessSpec

_DIGEST = 32
_SUFFIX = ".pixels"


class PixelStore(Protocol):
    """Where pixels are kept by the key of their photograph. Used by several threads at once."""

    def get(self, key: Hashable) -> Pixels | None: ...

    def put(self, key: Hashable, pixels: Pixels) -> None: ...


def family_of(spec: PreprocessSpec) -> str:
    """Specs with the same text make the same pixels of the same photograph."""
    steps = {name: asdict(getattr(spec, name)) for name in ("decode", "resize", "crop")}
    return hashlib.sha256(json.dumps(steps, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class FolderOfPixels:
    """Pixels as files, found by what identifies the photograph's content.

    A file that was cut off or altered is as if it were not there. What cannot be written is not kept: the store saves
    time, and no result depends on it.
    """

    folder: Path
    family: str
    name_of: Callable[[Hashable], str]

    def get(self, key: Hashable) -> Pixels | None:
        return read_pixels(self.path_of(key))

    def put(self, key: Hashable, pixels: Pixels) -> None:
        packed = BytesIO()
        np.save(packed, np.ascontiguousarray(pixels), allow_pickle=False)
        content = packed.getvalue()
        path = self.path_of(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as part:
                part.write(hashlib.sha256(content).digest() + content)
            Path(part.name).replace(path)
        except OSError:
            return

    def path_of(self, key: Hashable) -> Path:
        """Where the pixels of this photograph are, or would be."""
        name = hashlib.sha256(f"{self.family} {self.name_of(key)}".encode()).hexdigest()
        return self.folder / name[:2] / (name + _SUFFIX)


def read_pixels(path: Path) -> Pixels | None:
    """The pixels in a file of the store, or None."""
    try:
        content = path.read_bytes()
        os.utime(path)
    except OSError:
        return None
    digest, packed = content[:_DIGEST], content[_DIGEST:]
    if hashlib.sha256(packed).digest() != digest:
        return None
    pixels: Pixels = np.load(BytesIO(packed), allow_pickle=False)
    return pixels


def trim(folder: Path, *, max_bytes: int, max_seconds: float) -> int:
    """Removes what was not used for so long, then the longest unused until the rest fits; gives how many files went."""
    files = sorted(_used(folder), reverse=True)
    now, total, removed = time.time(), 0, 0
    for used, size, path in files:
        total += size
        if total > max_bytes or now - used > max_seconds:
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def _used(folder: Path) -> list[tuple[float, int, Path]]:
    found = []
    for path in folder.rglob("*"):
        try:
            facts = path.stat()
        except FileNotFoundError:
            continue  # another worker trims too
        if path.is_file():
            found.append((facts.st_mtime, facts.st_size, path))
    return found
