"""Work on several cores, results in the order of the input, and never more in memory than the cores can chew."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TypeVar

from django.conf import settings

from readerstudy.intake.progress import Alive, unheard

Item = TypeVar("Item")
Result = TypeVar("Result")
# One photograph may take two minutes; whoever is not heard of for one is taken for dead.
WAIT_SECONDS = 5


def map_in_order(
    function: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    workers: int | None = None,
    on_alive: Alive = unheard,
) -> Iterator[Result]:
    """`function` of every item, in order. The first exception ends it; items are taken only as they are needed.

    `on_alive` is called now and then while an item takes its time. Threads, not processes: decoders and encoders release Python's lock while they work.
    """
    size = workers or settings.IMPORT_WORKERS
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(size) as pool:
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) > size:
                yield _awaited(waiting.popleft(), on_alive)
        while waiting:
            yield _awaited(waiting.popleft(), on_alive)


def _awaited(future: Future[Result], on_alive: Alive) -> Result:
    while not wait([future], timeout=WAIT_SECONDS).done:
        on_alive()
    return future.result()
