"""The process in which stored photographs are prepared for a network: `python -m inference.tensor_child`, see `preparing`."""

import hashlib
import json
import resource
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from inference import engine
from readerstudy.core.child_loop import serve
from readerstudy.core.wire import Part

CPU_SECONDS = 60
LIMITS = {
    resource.RLIMIT_AS: 3 * 2**30,
    resource.RLIMIT_FSIZE: 0,
    resource.RLIMIT_NOFILE: 64,
}


def main() -> None:
    """Answers one photograph after the other until the pipe is closed."""
    serve(_answer, limits=LIMITS, cpu_seconds=CPU_SECONDS)


def _answer(header: dict[str, Any], content: bytes) -> tuple[dict[str, Any], Sequence[Part]]:
    """The tensor, and the pixels where they were not kept already."""
    spec = _spec(header["spec"])
    pixels = engine.read_pixels(Path(header["kept"])) if header["kept"] else None
    if pixels is not None:
        return _told(engine.prepared(pixels, spec.preprocess))
    if not (header["path"] or content):
        return {"missing": True}, []
    try:
        pixels = _made(header, content, spec.preprocess)
    except engine.ImageError as error:
        return {"error": error.message}, []
    except OSError as error:
        return {"error": f"{header['name']} cannot be read: {error.strerror or error}."}, []
    answer, parts = _told(engine.prepared(pixels, spec.preprocess))
    return {**answer, "pixels": _shape(pixels)}, [
        *parts,
        np.ascontiguousarray(pixels).data.cast("B"),
    ]


def _told(made: engine.PreparedTensor) -> tuple[dict[str, Any], list[Part]]:
    return {"tensor": _shape(made.tensor), "sha256": made.sha256}, [made.tensor.data.cast("B")]


def _shape(values: np.ndarray) -> dict[str, Any]:
    return {"shape": values.shape, "dtype": str(values.dtype)}


def _made(header: dict[str, Any], content: bytes, spec: engine.PreprocessSpec) -> engine.Pixels:
    """Raises ImageError, also where it is not the file that was imported."""
    content = Path(header["path"]).read_bytes() if header["path"] else content
    name = header["name"]
    if hashlib.sha256(content).hexdigest() != header["sha256"]:
        raise engine.ImageError(
            f"The stored file of image {name} has changed since it was imported."
        )
    return engine.to_pixels(engine.load_image(content, spec, name=name), spec, name=name)


@lru_cache(maxsize=8)
def _spec(told: str) -> engine.ModelSpec:
    return engine.ModelSpec.from_json(json.loads(told))


if __name__ == "__main__":
    main()
