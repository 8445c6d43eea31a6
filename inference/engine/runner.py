"""Many photographs through one network: decoding and preparing beside the network, results in order.

Memory: at most `2 × batch_size + workers` photographs are under way at once - as tensors, or, in the `workers`
threads, as decoded pictures of up to `preprocess.MAX_PIXELS` pixels - however many sources there are. Sources are
drawn one by one, as room becomes free.
"""

import hashlib
import time
from collections import deque
from collections.abc import Callable, Generator, Hashable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from inference.engine.errors import ImageError
from inference.engine.preprocess import Tensor, load_image, to_tensor
from inference.engine.providers import usable_cores
from inference.engine.session import CnnSession, scores_of
from inference.engine.spec import PreprocessSpec

Key = Hashable
Loader = Callable[[], bytes | Path]
_MOST_WORKERS = 4


@dataclass(frozen=True)
class Scored:
    """One photograph's score (larger means more suspicious) and how it came about.

    `outputs` are the network's raw outputs, `tensor_sha256` is of the prepared tensor's bytes in C order, and
    `milliseconds` is its own preparation plus its share of its batch.
    """

    key: Key
    score: float
    outputs: tuple[float, ...]
    tensor_sha256: str
    milliseconds: float


@dataclass(frozen=True)
class Failed:
    """One photograph that could not be scored, with the sentence that says why."""

    key: Key
    sentence: str


@dataclass(frozen=True)
class _Prepared:
    key: Key
    tensor: Tensor
    sha256: str
    milliseconds: float


Outcome = Scored | Failed
OnBatch = Callable[[Sequence[Outcome]], None]


def score_images(
    session: CnnSession,
    sources: Iterable[tuple[Key, Loader]],
    *,
    batch_size: int = 1,
    on_batch: OnBatch | None = None,
    workers: int | None = None,
) -> Iterator[Outcome]:
    """A `Scored` or a `Failed` for each source, in the order of the sources.

    A source is a key and a function that gives the file's bytes or path; the function is called in another thread.
    An image that cannot be read is a `Failed`, and the others go on; so is one whose outputs are not finite.
    `on_batch` is called with each batch's outcomes before they are yielded. The reference is `batch_size=1`: larger
    batches may differ in the last digits.
    """
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1, but is {batch_size}")
    threads = workers or min(usable_cores(), _MOST_WORKERS)
    prepared = _prepared(session.spec.preprocess, sources, threads, threads + batch_size)
    try:
        for batch in _batches(prepared, batch_size):
            outcomes = _outcomes(session, batch)
            if on_batch is not None:
                on_batch(outcomes)
            yield from outcomes
    finally:
        prepared.close()


def _prepared(
    spec: PreprocessSpec, sources: Iterable[tuple[Key, Loader]], threads: int, room: int
) -> Generator[_Prepared | Failed]:
    waiting: deque[Future[_Prepared | Failed]] = deque()
    remaining = iter(sources)
    pool = ThreadPoolExecutor(threads, thread_name_prefix="prepare-image")
    try:
        while True:
            for key, loader in islice(remaining, room - len(waiting)):
                waiting.append(pool.submit(_prepare, key, loader, spec))
            if not waiting:
                return
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _prepare(key: Key, loader: Loader, spec: PreprocessSpec) -> _Prepared | Failed:
    start = time.perf_counter()
    try:
        tensor = to_tensor(load_image(loader(), spec, name=str(key)), spec, name=str(key))
    except ImageError as error:
        return Failed(key, error.message)
    except OSError as error:
        return Failed(key, f"{key} cannot be read: {error.strerror or error}.")
    digest = hashlib.sha256(tensor.tobytes()).hexdigest()
    return _Prepared(key, tensor, digest, _since(start))


def _batches(
    prepared: Iterable[_Prepared | Failed], batch_size: int
) -> Iterator[list[_Prepared | Failed]]:
    """Up to `batch_size` in each; a new one begins where the tensors' shape changes."""
    batch: list[_Prepared | Failed] = []
    shape: tuple[int, ...] | None = None
    for item in prepared:
        own = item.tensor.shape if isinstance(item, _Prepared) else None
        if batch and (len(batch) == batch_size or (None not in (own, shape) and own != shape)):
            yield batch
            batch, shape = [], None
        batch.append(item)
        shape = shape or own
    if batch:
        yield batch


def _outcomes(session: CnnSession, batch: list[_Prepared | Failed]) -> list[Outcome]:
    ready = [item for item in batch if isinstance(item, _Prepared)]
    if not ready:
        return [item for item in batch if isinstance(item, Failed)]
    start = time.perf_counter()
    outputs = session.run(np.stack([item.tensor for item in ready]))
    scores = scores_of(outputs, session.spec.output)
    share = _since(start) / len(ready)
    scored = (
        _outcome(item, float(score), tuple(map(float, row)), share)
        for item, score, row in zip(ready, scores, outputs, strict=True)
    )
    return [next(scored) if isinstance(item, _Prepared) else item for item in batch]


def _outcome(item: _Prepared, score: float, outputs: tuple[float, ...], share: float) -> Outcome:
    if not np.isfinite([score, *outputs]).all():
        return Failed(item.key, f"The network gave no finite number for {item.key}.")
    return Scored(item.key, score, outputs, item.sha256, item.milliseconds + share)


def _since(start: float) -> float:
    return (time.perf_counter() - start) * 1000
