"""Work that a worker's timer does beside its tasks."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def brief_connection() -> Iterator[None]:
    """Closes the database connection afterwards.

    The timer may call from a thread of its own, or from the parent of the workers' pool, where nothing else would.
    """
    try:
        yield
    finally:
        if not connection.in_atomic_block:
            connection.close()
