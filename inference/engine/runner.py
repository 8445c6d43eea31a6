"""Many photographs through one network, results in order.

Every worker takes a batch of photographs, prepares them and runs the network on them, one thread a call: decoder,
resizing and network release Python's lock, so that all cores are busy whatever their share of the work is. On a
provider other than the CPU the network is one: photographs are prepared one by one on all cores, and it takes them in
batches.

Memory: at most `workers × batch_size` tensors are held at once, each worker holding one decoded picture of up to
`preprocess.MAX_PIXELS` pixels besides, however many sources there are. Sources are drawn one by one, as room becomes
free; twice as many batches as workers are under way, so that nobody waits for one slow photograph.
"""

import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import groupby, islice

import numpy as np

from inference.engine.errors import ImageError
from inference.engine.preparing import Key, Loader, Prepare, PreparedTensor, preparing_here
from inference.engine.providers import CPU, usable_cores
from inference.engine.session import CnnSession
from inference.engine.tta import score_batch

Source = tuple[Key, Loader]
# While a GPU works on one batch, the next one is put together and handed over.
CALLS_AT_ONCE = 2


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
    made: PreparedTensor
    milliseconds: float


Outcome = Scored | Failed
# The outcomes of a batch, in parts.
ScoreBatch = Callable[[Sequence[Source]], list[list[Outcome]]]
OnBatch = Callable[[Sequence[Outcome]], None]


def score_images(
    session: CnnSession,
    sources: Iterable[Source],
    *,
    batch_size: int = 1,
    on_batch: OnBatch | None = None,
    workers: int | None = None,
    prepare: Prepare | None = None,
) -> Iterator[Outcome]:
    """A `Scored` or a `Failed` for each source, in the order of the sources.

    A source is a key and a function that gives the file's bytes or path; the function is called in another thread.
    An image that cannot be read is a `Failed`, and the others go on; so is one whose outputs are not finite.
    `on_batch` is called with each batch's outcomes before they are yielded. The reference is `batch_size=1`: larger
    batches may differ in the last digits. `prepare` makes the tensors, by default `preparing_here`.
    """
    work = _Work(session, prepare or preparing_here(session.spec.preprocess))
    if session.provider != CPU:
        _check_batch_size(batch_size)
        return _flat(_pipelined(work, sources, batch_size, workers or usable_cores()), on_batch)
    return score_batches(
        partial(_score, work), sources, batch_size=batch_size, on_batch=on_batch, workers=workers
    )


def score_batches(
    score: ScoreBatch,
    sources: Iterable[Source],
    *,
    batch_size: int = 1,
    on_batch: OnBatch | None = None,
    workers: int | None = None,
) -> Iterator[Outcome]:
    """As `score_images`, with whatever scores a batch: `score` is called from so many threads at once."""
    _check_batch_size(batch_size)
    return _flat(_in_order(score, sources, batch_size, workers or usable_cores()), on_batch)


def _check_batch_size(batch_size: int) -> None:
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1, but is {batch_size}")


def _flat(batches: Generator[list[Outcome]], on_batch: OnBatch | None) -> Iterator[Outcome]:
    try:
        for outcomes in batches:
            if on_batch is not None:
                on_batch(outcomes)
            yield from outcomes
    finally:
        batches.close()


@dataclass(frozen=True)
class _Work:
    session: CnnSession
    prepare: Prepare


def _in_order(
    score: ScoreBatch, sources: Iterable[Source], batch_size: int, workers: int
) -> Generator[list[Outcome]]:
    waiting: deque[Future[list[list[Outcome]]]] = deque()
    remaining = iter(sources)
    pool = ThreadPoolExecutor(workers, thread_name_prefix="score-images")
    try:
        while True:
            while len(waiting) <= 2 * workers and (batch := list(islice(remaining, batch_size))):
                waiting.append(pool.submit(score, batch))
            if not waiting:
                return
            yield from waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _pipelined(
    work: _Work, sources: Iterable[Source], batch_size: int, workers: int
) -> Generator[list[Outcome]]:
    """Every photograph is prepared by itself, so that few of them keep all cores busy too; the network takes batches."""
    prepared: deque[Future[_Prepared | Failed]] = deque()
    running: deque[Future[list[list[Outcome]]]] = deque()
    remaining = iter(sources)
    cores = ThreadPoolExecutor(workers, thread_name_prefix="score-images")
    network = ThreadPoolExecutor(CALLS_AT_ONCE, thread_name_prefix="score-images-network")
    try:
        while True:
            room = workers + 2 * batch_size - len(prepared)
            prepared.extend(
                cores.submit(_prepare, key, loader, work)
                for key, loader in islice(remaining, max(0, room))
            )
            batch = [prepared.popleft().result() for _ in range(min(batch_size, len(prepared)))]
            if batch:
                running.append(network.submit(_run, work.session, batch))
            if running and (not batch or len(running) > CALLS_AT_ONCE):
                yield from running.popleft().result()
            elif not batch:
                return
    finally:
        cores.shutdown(cancel_futures=True)
        network.shutdown(cancel_futures=True)


def _score(work: _Work, batch: Sequence[Source]) -> list[list[Outcome]]:
    """The outcomes of one batch, in parts: a new one begins where the tensors' shape changes."""
    return _run(work.session, [_prepare(key, loader, work) for key, loader in batch])


def _run(session: CnnSession, prepared: Sequence[_Prepared | Failed]) -> list[list[Outcome]]:
    return [_outcomes(session, part) for part in _parts(prepared)]


def _prepare(key: Key, loader: Loader, work: _Work) -> _Prepared | Failed:
    start = time.perf_counter()
    try:
        made = work.prepare(key, loader)
    except ImageError as error:
        return Failed(key, error.message)
    except OSError as error:
        return Failed(key, f"{key} cannot be read: {error.strerror or error}.")
    return _Prepared(key, made, _since(start))


def _parts(prepared: Sequence[_Prepared | Failed]) -> list[list[_Prepared | Failed]]:
    """Neighbours of one shape; a failed image, which has no tensor, stays with those before it, or else after it."""
    shape = next((item.made.tensor.shape for item in prepared if isinstance(item, _Prepared)), None)
    shapes = []
    for item in prepared:
        shape = item.made.tensor.shape if isinstance(item, _Prepared) else shape
        shapes.append(shape)
    pairs = groupby(zip(shapes, prepared, strict=True), key=lambda pair: pair[0])
    return [[item for _, item in group] for _, group in pairs]


def _outcomes(session: CnnSession, batch: list[_Prepared | Failed]) -> list[Outcome]:
    ready = [item for item in batch if isinstance(item, _Prepared)]
    if not ready:
        return [item for item in batch if isinstance(item, Failed)]
    start = time.perf_counter()
    outputs, scores = score_batch(session, np.stack([item.made.tensor for item in ready]))
    share = _since(start) / len(ready)
    scored = (
        _outcome(item, float(score), tuple(map(float, row)), share)
        for item, score, row in zip(ready, scores, outputs, strict=True)
    )
    return [next(scored) if isinstance(item, _Prepared) else item for item in batch]


def _outcome(item: _Prepared, score: float, outputs: tuple[float, ...], share: float) -> Outcome:
    if not np.isfinite([score, *outputs]).all():
        return Failed(item.key, f"The network gave no finite number for {item.key}.")
    return Scored(item.key, score, outputs, item.made.sha256, item.milliseconds + share)


def _since(start: float) -> float:
    return (time.perf_counter() - start) * 1000
