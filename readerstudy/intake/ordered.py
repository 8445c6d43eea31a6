"""Work on several cores, results in the order of the input, and never more in memory than the cores can chew."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def usable_cores() -> int:
    """The cores this process may use, which in a container are fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def map_in_order(
    function: Callable[[Item], Result], items: Iterable[Item], *, workers: int | None = None
) -> Iterator[Result]:
    """`function` of every item, in order. The first exception ends it; items are taken only as they are needed.

    Threads, not processes: decoders and encoders release Python's lock while they work.
    """
    size = workers or usable_cores()
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(size) as pool:
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) > size:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
