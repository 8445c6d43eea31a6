"""Runs ask child processes: one for every core that scores or prepares, and one that has the network of a GPU."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from queue import Queue
from typing import Any

import numpy as np

from inference import engine
from inference.engine.preparing import Key, Loader
from inference.network_child import GPU
from readerstudy.core.children import CRASHES, Child, Children
from readerstudy.core.wire import Part

MODULE = "inference.network_child"
# CUDA takes seconds to start, TensorRT builds an engine for minutes.
OPENING_SECONDS = 900
# Room for a batch of 200 tensors of 224 × 224; what is not written takes no memory.
PLACE_BYTES = 2**27
_ERRORS: dict[str, type[engine.EngineError]] = {
    "provider": engine.ProviderError,
    "network": engine.ArtefactError,
    "image": engine.ImageError,
}
Answer = tuple[dict[str, Any], list[bytes]]


@dataclass(frozen=True)
class StoredFile:
    """Where a photograph's file is: a path, or a function that fetches its bytes from elsewhere."""

    name: str
    sha256: str
    path: Path | None
    fetch: Callable[[], bytes]


@dataclass(frozen=True)
class StoredNetwork:
    """A network's file on this machine's disk, its spec, and the provider that is asked for."""

    artefact: engine.Artefact
    path: Path
    providers: str

    @cached_property
    def told(self) -> dict[str, str]:
        return {
            "path": str(self.path),
            "sha256": self.artefact.sha256,
            "spec": json.dumps(self.artefact.spec.to_json()),
            "name": self.artefact.file_name,
            "providers": self.providers,
        }


@dataclass(frozen=True)
class OnlySpec:
    """What a child is told that makes pixels and runs no network."""

    spec: engine.ModelSpec

    @cached_property
    def told(self) -> dict[str, str]:
        return {"spec": json.dumps(self.spec.to_json())}


class ChildSession(engine.CnnSession):
    """A network that is open in a child process; its calls follow one another where it is on a GPU.

    Raises ProviderError or ArtefactError as `engine.open_session` does, and ArtefactError where the child ends.
    """

    def __init__(self, network: StoredNetwork) -> None:
        self.network = network
        self.artefact = network.artefact
        self._on_gpu = engine.asks_for_gpu(network.providers)
        told, _ = self._asked({"do": "open"}, b"", seconds=OPENING_SECONDS)
        self.provider = told["provider"]
        self.runtime_version = told["runtime"]
        self.threads = told["threads"]
        self.facts = told["facts"]
        self.fixed_batch = told["fixed_batch"]

    def run_raw(self, batch: np.ndarray) -> np.ndarray:
        header = {"do": "run", "dtype": str(batch.dtype), "shape": batch.shape}
        answer, parts = self._asked(header, np.ascontiguousarray(batch).data.cast("B"))
        return array_of(parts[0], answer["outputs"])

    def _asked(
        self, header: dict[str, Any], content: Part, *, seconds: float | None = None
    ) -> Answer:
        ask = _gpu.ask if self._on_gpu else children.ask
        header = {**header, "network": self.network.told}
        try:
            return checked(ask(header, content, seconds=seconds))
        except CRASHES as error:
            name = self.artefact.file_name
            message = f"{name} ended its process: it may need more memory or time than a network is given."
            raise engine.ArtefactError(message, place=name, code="died") from error


@dataclass(frozen=True)
class Photographs:
    """The stored photographs of a run, and what is kept of their pixels."""

    network: StoredNetwork | OnlySpec
    file_of: Callable[[Key], StoredFile]
    store: engine.FolderOfPixels | None = None

    def prepare(self, key: Key, _loader: Loader) -> engine.PreparedTensor:
        """The tensor. Raises ImageError where the file is not the one that was imported, or cannot be prepared."""
        answer, parts = self.ask("prepare", key)
        tensor = array_of(parts[0], answer["tensor"])
        return engine.PreparedTensor(tensor, answer["sha256"])

    def ask(self, what: str, key: Key) -> Answer:
        """A child's answer about a photograph; its pixels are kept. Raises ImageError or ArtefactError."""
        file = self.file_of(key)
        header: dict[str, Any] = {
            "do": what,
            "name": file.name,
            "sha256": file.sha256,
            "path": str(file.path or ""),
            "network": self.network.told,
            "kept": self._kept(key),
        }
        content = b"" if file.path or header["kept"] else file.fetch()
        answer, parts = _asked_twice(header, content, file.name)
        if answer.get("missing"):  # what was kept is damaged, and the file is not on this disk
            answer, parts = _asked_twice({**header, "kept": ""}, file.fetch(), file.name)
        if self.store and "pixels" in answer:
            self.store.put(key, array_of(parts[-1], answer["pixels"]))
        return answer, parts

    def _kept(self, key: Key) -> str:
        path = self.store.path_of(key) if self.store else None
        return str(path) if path and path.exists() else ""


def _asked_twice(header: dict[str, Any], content: bytes, name: str) -> Answer:
    """Once more where the child ended: it may have been somebody else who took the memory."""
    try:
        return checked(children.ask(header, content))
    except CRASHES:
        try:
            return checked(children.ask(header, content))
        except CRASHES as error:
            message = (
                f"{name} cannot be scored: the process that decodes it and runs the network ended twice, "
                "by itself or after two minutes. It may need more memory or time than it is given."
            )
            raise engine.ImageError(message) from error


def checked(answer: Answer) -> Answer:
    """The answer. Raises what the child has told."""
    told = answer[0]
    if "error" in told:
        raise _ERRORS[told["about"]](told["error"])
    return answer


def array_of(content: bytes, told: dict[str, Any]) -> np.ndarray:
    """The array that a child has sent."""
    return np.frombuffer(content, told["dtype"]).reshape(told["shape"])


class _OneChild:
    """The child that has the GPU. It answers one message at a time; the next one's tensors are copied to it meanwhile."""

    def __init__(self) -> None:
        self._child: Child | None = None
        self._starting, self._turn = threading.Lock(), threading.Lock()
        self._places: Queue[int] = Queue()
        for number in range(engine.CALLS_AT_ONCE):
            self._places.put(number * PLACE_BYTES)

    def ask(self, header: dict[str, Any], content: Part, *, seconds: float | None = None) -> Answer:
        at = self._places.get()
        try:
            child = self._living()
            if len(content) <= PLACE_BYTES and child.hand_over(content, at=at):
                header, content = {**header, "in_area": (at, len(content))}, b""
            with self._turn:
                return child.ask(header, content, seconds=seconds)
        finally:
            self._places.put(at)

    def _living(self) -> Child:
        with self._starting:
            if self._child is None or not self._child.lives:
                self.close()
                shared = engine.CALLS_AT_ONCE * PLACE_BYTES
                self._child = Child(MODULE, GPU, shared_bytes=shared)
            return self._child

    def close(self) -> None:
        if self._child:
            self._child.close()
        self._child = None


children = Children(MODULE)
_gpu = _OneChild()


def close_children() -> None:
    """Ends them all; new ones start when they are needed."""
    children.close()
    _gpu.close()
