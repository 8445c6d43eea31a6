"""Files that were written for a row which then was refused."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import InterfaceError, OperationalError, transaction


@contextmanager
def stored_or_removed(remove: Callable[[], None]) -> Iterator[None]:
    """A transaction that stores a row whose files are written; where it is refused, `remove` takes them away.

    What is raised after the commit (by the queue, say) leaves them: the row is there. Where the database is lost nobody
    knows whether it is, and they stay as well.
    """
    stored: list[bool] = []
    try:
        with transaction.atomic():
            # The first of what is done after the commit: whatever fails then fails later.
            transaction.on_commit(lambda: stored.append(True))
            yield
    except (OperationalError, InterfaceError):
        raise
    except BaseException:
        if not stored:
            remove()
        raise
