"""Stored photographs become tensors in child processes, one for a core.

Pillow holds Python's lock while it copies what a decoder gave, a quarter of the time of decoding WebP, and the hashes and
copies that come after are Python's too: threads would wait for one another. The children hand the tensor over in memory.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from inference import engine
from inference.engine.preparing import Key, Loader
from readerstudy.core.children import CRASHES, Children

MODULE = "inference.tensor_child"


@dataclass(frozen=True)
class StoredFile:
    """Where a photograph's file is: a path, or a function that fetches its bytes from elsewhere."""

    name: str
    sha256: str
    path: Path | None
    fetch: Callable[[], bytes]


@dataclass(frozen=True)
class PreparingInChildren:
    """Calling it gives the tensor of a photograph: from pixels that `store` holds, else of its file, and kept there.

    Raises ImageError where the file is not the one that `sha256` tells, cannot be decoded, or cannot be prepared as the
    spec says.
    """

    spec: engine.ModelSpec
    file_of: Callable[[Key], StoredFile]
    store: engine.FolderOfPixels | None = None

    def __call__(self, key: Key, _loader: Loader) -> engine.PreparedTensor:
        file = self.file_of(key)
        kept = self.store.path_of(key) if self.store else None
        answer, parts = _asked(file, {**self._told, "kept": str(kept or "")}, kept)
        if self.store and len(parts) > 1:
            self.store.put(key, _array(parts[1], answer["pixels"]))
        return engine.PreparedTensor(_array(parts[0], answer["tensor"]), answer["sha256"])

    @cached_property
    def _told(self) -> dict[str, str]:
        return {"spec": json.dumps(self.spec.to_json())}


def _asked(
    file: StoredFile, header: dict[str, str], kept: Path | None
) -> tuple[dict[str, Any], list[bytes]]:
    header |= {"name": file.name, "sha256": file.sha256, "path": str(file.path or "")}
    # What is fetched from elsewhere goes along, unless the pixels are here.
    content = b"" if file.path or (kept and kept.exists()) else file.fetch()
    try:
        answer, parts = _children.ask(header, content)
        if answer.get("missing"):
            answer, parts = _children.ask({**header, "kept": ""}, file.fetch())
    except CRASHES as error:
        raise engine.ImageError(
            f"{file.name} cannot be decoded: the decoder crashed, or needed more memory or time than a photograph does."
        ) from error
    if "error" in answer:
        raise engine.ImageError(answer["error"])
    return answer, parts


def _array(content: bytes, told: dict[str, Any]) -> np.ndarray:
    return np.frombuffer(content, told["dtype"]).reshape(told["shape"])


_children = Children(MODULE)
close_children = _children.close
