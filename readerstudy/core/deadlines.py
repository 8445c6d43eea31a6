"""Ends what takes too long: one thread looks after everything that has a deadline, so that setting one costs nothing."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

# How often it looks while there is a deadline at all.
TICK_SECONDS = 0.25
Deadline = tuple[float, Callable[[], None]]


class Deadlines:
    """What is to be called when its time has come, unless it was done before."""

    def __init__(self) -> None:
        self._waiting: dict[object, Deadline] = {}
        self._lock = threading.Lock()
        self._looks = False

    @contextmanager
    def within(self, seconds: float, on_late: Callable[[], None]) -> Iterator[None]:
        """Calls `on_late`, in another thread, if the block is not done after so many seconds (and a quarter)."""
        key = object()
        with self._lock:
            self._begin()
            self._waiting[key] = (time.monotonic() + seconds, on_late)
        try:
            yield
        finally:
            with self._lock:
                self._waiting.pop(key, None)

    def _begin(self) -> None:
        if not self._looks:
            threading.Thread(target=self._look, name="deadlines", daemon=True).start()
            self._looks = True

    def _look(self) -> None:
        """Ends when nothing has waited for a whole tick; the next deadline starts it again."""
        while True:
            time.sleep(TICK_SECONDS)
            with self._lock:
                if not self._waiting:
                    self._looks = False
                    return
                late = self._take_late()
            for on_late in late:
                on_late()

    def _take_late(self) -> list[Callable[[], None]]:
        now = time.monotonic()
        late = [key for key, (until, _) in self._waiting.items() if until <= now]
        return [self._waiting.pop(key)[1] for key in late]


_deadlines = Deadlines()


def within(seconds: float, on_late: Callable[[], None]) -> AbstractContextManager[None]:
    """`Deadlines.within` of this process."""
    return _deadlines.within(seconds, on_late)


def _anew() -> None:
    # A fork has no thread but the one that forked, and the lock may be held by one that is gone.
    global _deadlines  # noqa: PLW0603 (the process is a new one)
    _deadlines = Deadlines()


os.register_at_fork(after_in_child=_anew)
