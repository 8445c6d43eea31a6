"""The process in which a run's network is open: `python -m inference.network_child`, started by `network_children`.

It reads stored photographs and runs what a stranger made of nodes and weights. So it has no secret and no database, may
write no file, and has bounded memory and time. On the CPU there is one for every core, which takes a photograph all the
way from its file to its score; on a GPU one child has the network, and the others prepare tensors for it.
"""

import hashlib
import json
import resource
import sys
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from inference import engine
from readerstudy.core.child_loop import serve
from readerstudy.core.wire import Part

CPU_SECONDS = 600
# The largest file that is read has 512 MiB; onnxruntime holds its weights three times while it opens it.
MEMORY_BYTES = 6 * 2**30
LIMITS = {resource.RLIMIT_FSIZE: 0, resource.RLIMIT_NOFILE: 256}
GPU = "gpu"

Header = dict[str, Any]
Answer = tuple[Header, Sequence[Part]]


def main() -> None:
    """Answers one message after the other until the pipe is closed. CUDA maps more addresses than there is memory."""
    on_gpu = sys.argv[2:] == [GPU]
    serve(
        _answer,
        limits=LIMITS if on_gpu else {**LIMITS, resource.RLIMIT_AS: MEMORY_BYTES},
        cpu_seconds=CPU_SECONDS,
    )


class _MissingError(Exception):
    """There is neither a path nor content, nor what was said to be kept."""


def _answer(header: Header, content: Part) -> Answer:
    try:
        return _DO[header["do"]](header, content)
    except _MissingError:
        return {"missing": True}, []
    except engine.ProviderError as error:
        return {"error": error.message, "about": "provider"}, []
    except engine.ArtefactError as error:
        return {"error": error.message, "about": "network"}, []
    except engine.ImageError as error:
        return {"error": error.message, "about": "image"}, []
    except OSError as error:
        name = header.get("name", "The network")
        return {"error": f"{name} cannot be read: {error.strerror or error}.", "about": "image"}, []


def _opened(header: Header, _content: Part) -> Answer:
    """What the session says of itself."""
    session = _session(header["network"])
    told = {
        "provider": session.provider,
        "runtime": session.runtime_version,
        "threads": session.threads,
        "facts": session.facts,
        "fixed_batch": session.fixed_batch,
    }
    return told, []


def _run(header: Header, content: Part) -> Answer:
    """The raw outputs of a batch of tensors."""
    batch = np.frombuffer(content, header["dtype"]).reshape(header["shape"])
    outputs = np.ascontiguousarray(_session(header["network"]).run_raw(batch))
    return {"outputs": _shape(outputs)}, [outputs.data.cast("B")]


def _prepare(header: Header, content: Part) -> Answer:
    """The tensor, and the pixels where they were not kept already."""
    made = _prepared(header, content)
    parts: list[Part] = [made.tensor.tensor.data.cast("B"), *made.parts]
    told = {"tensor": _shape(made.tensor.tensor), "sha256": made.tensor.sha256, **made.told}
    return told, parts


def _make(header: Header, content: Part) -> Answer:
    """The pixels, for a run to come."""
    pixels = _pixels(header, content, _spec(header["network"]["spec"]).preprocess)
    return {"pixels": _shape(pixels)}, [np.ascontiguousarray(pixels).data.cast("B")]


def _score(header: Header, content: Part) -> Answer:
    """The score, and the pixels where they were not kept already."""
    made = _prepared(header, content)
    outputs, scores = engine.score_batch(
        _session(header["network"]), made.tensor.tensor[np.newaxis]
    )
    told = {"score": float(scores[0]), "outputs": [float(one) for one in outputs[0]]}
    return {**told, "sha256": made.tensor.sha256, **made.told}, made.parts


class _Prepared:
    """A photograph's tensor; `told` and `parts` hold its pixels where they were made anew."""

    def __init__(self, pixels: engine.Pixels, spec: engine.PreprocessSpec, *, new: bool) -> None:
        self.tensor = engine.prepared(pixels, spec)
        self.told: Header = {"pixels": _shape(pixels)} if new else {}
        self.parts: list[Part] = [np.ascontiguousarray(pixels).data.cast("B")] if new else []


def _prepared(header: Header, content: Part) -> _Prepared:
    spec = _spec(header["network"]["spec"]).preprocess
    pixels = engine.read_pixels(Path(header["kept"])) if header["kept"] else None
    if pixels is not None:
        return _Prepared(pixels, spec, new=False)
    return _Prepared(_pixels(header, content, spec), spec, new=True)


def _pixels(header: Header, content: Part, spec: engine.PreprocessSpec) -> engine.Pixels:
    """Raises ImageError, also where it is not the file that was imported."""
    name = header["name"]
    if not (header["path"] or content):
        raise _MissingError
    stored = Path(header["path"]).read_bytes() if header["path"] else bytes(content)
    if hashlib.sha256(stored).hexdigest() != header["sha256"]:
        message = f"The stored file of image {name} has changed since it was imported."
        raise engine.ImageError(message)
    return engine.to_pixels(engine.load_image(stored, spec, name=name), spec, name=name)


def _session(network: dict[str, str]) -> engine.CnnSession:
    return _open(network["path"], network["sha256"], network["spec"], network["name"], network["providers"])  # fmt: skip


# Five training runs follow one another; each is open but once.
@lru_cache(maxsize=1)
def _open(path: str, sha256: str, spec: str, name: str, providers: str) -> engine.CnnSession:
    content = Path(path).read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        message = f"The stored file of {name} has changed since it was loaded."
        raise engine.ArtefactError(message, code="changed")
    return engine.open_session(engine.build_artefact(content, _spec(spec), name), providers)


@lru_cache(maxsize=8)
def _spec(told: str) -> engine.ModelSpec:
    return engine.ModelSpec.from_json(json.loads(told))


def _shape(values: np.ndarray) -> Header:
    return {"shape": values.shape, "dtype": str(values.dtype)}


_DO: dict[str, Callable[[Header, Part], Answer]] = {
    "open": _opened,
    "pixels": _make,
    "run": _run,
    "prepare": _prepare,
    "score": _score,
}

if __name__ == "__main__":
    main()
