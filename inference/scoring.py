"""The photographs of a run through its network, in child processes, results in order."""

import time
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

import numpy as np

from inference import engine
from inference.network_children import ChildSession, Photographs

# The reference is one image at a time (M-01), and on a CPU a larger batch is no faster.
CPU_BATCH = 1


def batch_size_on(session: engine.CnnSession, wanted: int) -> int:
    """How many images go into one call: `wanted` on a GPU, one on the CPU."""
    return CPU_BATCH if session.provider == engine.CPU else wanted


def scored(
    session: ChildSession,
    photographs: Photographs,
    sources: Iterable[engine.Source],
    *,
    batch_size: int,
) -> Iterator[engine.Outcome]:
    """A `Scored` or a `Failed` for each source, as `engine.score_images` gives them.

    On the CPU every child takes a photograph all the way. On a GPU the children prepare, and one has the network.
    """
    if session.provider == engine.CPU:
        return engine.score_batches(partial(_in_children, photographs), sources)
    return engine.score_images(session, sources, batch_size=batch_size, prepare=photographs.prepare)


def _in_children(
    photographs: Photographs, batch: Sequence[engine.Source]
) -> list[list[engine.Outcome]]:
    return [[_scored(photographs, key) for key, _loader in batch]]


def _scored(photographs: Photographs, key: engine.Key) -> engine.Outcome:
    start = time.perf_counter()
    try:
        told, _ = photographs.ask("score", key)
    except engine.ImageError as error:
        return engine.Failed(key, error.message)
    if not np.isfinite([told["score"], *told["outputs"]]).all():
        return engine.Failed(key, f"The network gave no finite number for {key}.")
    milliseconds = (time.perf_counter() - start) * 1000
    return engine.Scored(key, told["score"], tuple(told["outputs"]), told["sha256"], milliseconds)
