"""Work on several cores, results in the order of the input, and never more in memory than the cores can chew."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from django.conf import settings

Item = TypeVar("Item")
Result = TypeVar("Result")


def map_in_order(
    function: Callable[[Item], Result], items: Iterable[Item], *, workers: int | None = None
) -> Iterator[Result]:
    """`function` of every item, in order. The first exception ends it; items are taken only as they are needed.

    Threads, not processes: decoders and encoders release Python's lock while they work.
    """
    size = workers or settings.IMPORT_WORKERS
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(size) as pool:
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) > size:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
