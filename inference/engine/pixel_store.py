"""Prepared pixels, shared between the training runs of one model: the photograph is decoded and scaled once.

What is kept are the whole numbers after resize and crop, byte for byte as a run would make them, so that a family with
other means, or of another layout, shares them too. A photograph has a folder, and a file in it for every family.
"""

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Hashable, Iterator
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import Protocol

import numpy as np
import PIL

from inference.engine.preprocess import Pixels
from inference.engine.spec import PreprocessSpec

_DIGEST = 32
_SUFFIX = ".pixels"


class PixelStore(Protocol):
    """Where pixels are kept by the key of their photograph. Used by several threads at once."""

    def get(self, key: Hashable) -> Pixels | None: ...

    def put(self, key: Hashable, pixels: Pixels) -> None: ...


def family_of(spec: PreprocessSpec) -> str:
    """Specs with the same text make the same pixels of the same photograph, with one version of Pillow."""
    steps = {name: asdict(getattr(spec, name)) for name in ("decode", "resize", "crop")}
    told = json.dumps({**steps, "pillow": PIL.__version__}, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


@dataclass(frozen=True)
class FolderOfPixels:
    """Pixels as files, found by what identifies the photograph's content: `name_of` gives the SHA-256 of its file.

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
        name = self.name_of(key)
        return self.folder / name[:2] / name / (self.family + _SUFFIX)


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


def photographs_in(folder: Path) -> Iterator[str]:
    """The name of every photograph of which something is kept."""
    return (path.name for path in folder.glob("*/*"))


def forget(folder: Path, name: str) -> None:
    """Removes everything that is kept of a photograph."""
    path = folder / name[:2] / name
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:  # as earlier versions kept it
        path.unlink(missing_ok=True)


def bytes_in(folder: Path) -> int:
    """How much is kept."""
    return sum(size for _used_at, size, _path in _used(folder))


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
