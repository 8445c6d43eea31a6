"""The process in which stored photographs are decoded for a network: `python -m inference.pixel_child`, see `decoding`."""

import json
import resource
from functools import lru_cache
from pathlib import Path
from typing import Any

from inference import engine
from inference.decoding import pixels_of
from readerstudy.core.child_loop import serve

CPU_SECONDS = 60
LIMITS = {
    resource.RLIMIT_AS: 3 * 2**30,
    resource.RLIMIT_FSIZE: 0,
    resource.RLIMIT_NOFILE: 64,
}


def main() -> None:
    """Answers one photograph after the other until the pipe is closed."""
    serve(_answer, limits=LIMITS, cpu_seconds=CPU_SECONDS)


def _answer(header: dict[str, Any], content: bytes) -> tuple[dict[str, Any], list[bytes]]:
    try:
        pixels = _pixels(header, content)
    except engine.ImageError as error:
        return {"error": error.message}, []
    except OSError as error:
        return {"error": f"{header['name']} cannot be read: {error.strerror or error}."}, []
    return {"shape": pixels.shape}, [pixels.tobytes()]


def _pixels(header: dict[str, Any], content: bytes) -> engine.Pixels:
    content = Path(header["path"]).read_bytes() if header["path"] else content
    spec = _spec(json.dumps(header["spec"]))
    return pixels_of(content, header["name"], header["sha256"], spec)


@lru_cache(maxsize=8)
def _spec(told: str) -> engine.ModelSpec:
    return engine.ModelSpec.from_json(json.loads(told))


if __name__ == "__main__":
    main()
