"""One opened network: tensors in, raw outputs and scores out."""

import threading
from contextlib import nullcontext
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.engine.artefact import Artefact
from inference.engine.binding import calls_of
from inference.engine.errors import ArtefactError
from inference.engine.providers import (
    CPU,
    CUDA,
    TENSORRT,
    choose_providers,
    confirm_provider,
    quiet_runtime,
    runtime,
)
from inference.engine.session_facts import session_facts
from inference.engine.spec import ModelSpec, OutputSpec

Floats = NDArray[np.float64]
_EXTERNAL_FOLDER = "session.model_external_initializers_file_folder_path"


class CnnSession:
    """An artefact on a provider. Made by `open_session`; one per process, made after a worker has forked."""

    def __init__(self, session: Any, artefact: Artefact, *, threads: int) -> None:
        self._session = session
        # Workers share the network of a GPU: its memory is for one batch.
        self._turn = nullcontext() if session.get_providers()[0] == CPU else threading.Lock()
        self.artefact = artefact
        self.threads = threads
        self.provider: str = session.get_providers()[0]
        self.facts: dict[str, Any] = session_facts(session)
        self.runtime_version: str = runtime().__version__
        entry = session.get_inputs()[0]
        self._input: str = entry.name
        self._call = calls_of(session, self._input, artefact.spec.output.name)
        # A batch dimension is a number only in a graph exported for that many images.
        self.fixed_batch: int | None = entry.shape[0] if isinstance(entry.shape[0], int) else None

    @property
    def spec(self) -> ModelSpec:
        return self.artefact.spec

    def run(self, batch: NDArray[Any]) -> NDArray[Any]:
        """Raw outputs, (N, outputs), of N tensors; raises ArtefactError where they do not fit the network.

        A graph of a fixed batch is fed in pieces, the last one filled up with copies whose outputs are dropped.
        """
        if len(batch) == 0:
            return np.zeros((0, len(self.spec.output.classes)), np.float32)
        size = self.fixed_batch or len(batch)
        pieces = [self._padded(batch[at : at + size], size) for at in range(0, len(batch), size)]
        return np.concatenate(pieces)

    def run_raw(self, batch: NDArray[Any]) -> NDArray[Any]:
        """The output in the shape that the graph gives it, for a batch of just the size that it takes."""
        try:
            with self._turn:
                outputs = self._call(batch)
        except Exception as error:
            if not is_runtime_error(error):
                raise
            raise ArtefactError(
                f"{self.artefact.file_name} does not take images of shape {batch.shape[1:]}: {error}",
                place=self.artefact.file_name,
                code="run_failed",
            ) from error
        return np.asarray(outputs)

    def score(self, batch: NDArray[Any]) -> Floats:
        """One number per tensor, (N,): larger means more suspicious."""
        return scores_of(self.run(batch), self.spec.output)

    def _padded(self, piece: NDArray[Any], size: int) -> NDArray[Any]:
        wanted = len(piece)
        if wanted < size:
            piece = np.concatenate([piece, np.repeat(piece[-1:], size - wanted, axis=0)])
        return self.run_raw(piece).reshape(size, -1)[:wanted]


def open_session(
    artefact: Artefact, providers: str = "auto", threads: int | None = None
) -> CnnSession:
    """The artefact ready to run: `providers` is cpu, auto, cuda or tensorrt, `threads` are those of one call, 1 by default.

    The runner calls the network from as many workers as there are cores, which keeps them busier than one call that
    uses them all: there is no waiting for one another within a layer.

    Raises ProviderError where a GPU's provider is demanded and not used, ArtefactError where onnxruntime refuses the graph.
    """
    ort = runtime()
    names = choose_providers(providers)
    options = _session_options(ort, threads or 1)
    try:
        with quiet_runtime():
            session = ort.InferenceSession(
                artefact.onnx_bytes, options, providers=[_with_options(name) for name in names]
            )
    except Exception as error:
        if not is_runtime_error(error):
            raise
        raise ArtefactError(
            f"{artefact.file_name} cannot be run by onnxruntime {ort.__version__}: {error}",
            place=artefact.file_name,
            code="not_runnable",
        ) from error
    confirm_provider(providers, session.get_providers()[0])
    return CnnSession(session, artefact, threads=threads or 1)


def _session_options(ort: Any, threads: int) -> Any:
    options = ort.SessionOptions()
    options.log_severity_level = 4
    # An explicit number also keeps onnxruntime from pinning threads to cores that a container may not have.
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.use_deterministic_compute = True
    # The second fence: `graph` refuses a file that keeps weights elsewhere.
    options.add_session_config_entry(_EXTERNAL_FOLDER, "/nonexistent")
    return options


def _with_options(name: str) -> str | tuple[str, dict[str, str]]:
    # TF32 moves scores by about 1e-3, ten times what a run may differ from the CPU; half precision more.
    options = {CUDA: {"use_tf32": "0"}, TENSORRT: {"trt_fp16_enable": "0", "trt_int8_enable": "0"}}
    return (name, options[name]) if name in options else name


def is_runtime_error(error: Exception) -> bool:
    """Whether onnxruntime raised it: its exceptions share a module, but no base class."""
    return type(error).__module__.startswith("onnxruntime.") or isinstance(error, RuntimeError)


def scores_of(outputs: NDArray[Any], spec: OutputSpec) -> Floats:
    """Sum of the positive classes' probabilities, (N,), from raw outputs (N, classes), in float64."""
    probabilities = activate(outputs, spec.activation)
    return np.asarray(probabilities[:, list(spec.positive)].sum(axis=1), np.float64)


def activate(outputs: NDArray[Any], activation: str) -> Floats:
    """Outputs after softmax over the classes, sigmoid, or nothing; no input overflows."""
    values = np.asarray(outputs, np.float64)
    if activation == "softmax":
        with np.errstate(invalid="ignore"):  # infinite outputs become NaN, which the runner refuses
            powers = np.exp(values - values.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float64)
    if activation == "sigmoid":
        # exp of a negative number only: the two branches are the same function.
        small = np.exp(-np.abs(values))
        return np.where(values >= 0, 1.0, small) / (1.0 + small)
    return values
