"""A sign in the cache that a piece of work is being done, renewed as long as its process lives.

It lies where the messages lie and expires by itself: who is killed, or loses the cache, need not take it away.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.cache import cache

from readerstudy.core.outages import done_without

RENEWED_SECONDS = 15
# Long enough that a process which computes without a pause is not taken for a dead one.
LASTS_SECONDS = 60


@contextmanager
def at_work(name: str) -> Iterator[None]:
    """Shows the sign for the work of this name until the block ends."""
    over = threading.Event()
    threading.Thread(target=_renew, args=(name, over), daemon=True).start()
    try:
        yield
    finally:
        over.set()


def is_at_work(name: str) -> bool:
    """Whether somebody has shown the sign for the work of this name within the last minute."""
    return cache.get(_key(name)) is not None


def _renew(name: str, over: threading.Event) -> None:
    while True:
        _show(name)
        if over.wait(RENEWED_SECONDS):
            return


def _show(name: str) -> None:
    """Work goes on where the cache is away; the next sign may reach it again."""
    with done_without():
        cache.set(_key(name), 1, LASTS_SECONDS)


def _key(name: str) -> str:
    return f"at-work:{name}"
