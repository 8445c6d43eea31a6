"""A worker that is asked to stop tells the work it has in hand.

The signal reaches the worker's main process; the work is done by its children. Both see one byte of shared memory,
which is made when this module is loaded, before the children are forked.
"""

import mmap
from typing import Any

from celery.signals import worker_init, worker_shutting_down

_shared = mmap.mmap(-1, 1)


class WorkerStoppingError(Exception):
    """Raised between two steps of long work: what is done is stored, and another worker goes on."""


def is_stopping() -> bool:
    """Whether this worker was asked to stop."""
    return _shared[0] == 1


@worker_shutting_down.connect
def stop_soon(**_kwargs: Any) -> None:
    """SIGTERM came: long work gives itself back at its next step."""
    _shared[0] = 1


@worker_init.connect
def go_on(**_kwargs: Any) -> None:
    """A worker begins."""
    _shared[0] = 0
