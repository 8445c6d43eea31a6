"""How far an import is, told while it works: whoever is not heard of for a minute is taken for dead."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TypeVar

Progress = Callable[[int, int], None]
Alive = Callable[[], None]
Item = TypeVar("Item")
# Some thousand rows a second are compared or checked.
EACH = 100


def unheard() -> None:
    """Where nobody listens."""


def uncounted(on_progress: Progress | None, done: int = 0) -> Alive:
    """Says that the work goes on, without more of it being done than `done` photographs."""
    return partial(on_progress, done, done) if on_progress else unheard


def telling(items: Iterable[Item], on_alive: Alive) -> Iterator[Item]:
    """The items, and a sign of life again and again between them."""
    for number, item in enumerate(items):
        if number % EACH == 0:
            on_alive()
        yield item
