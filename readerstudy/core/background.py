"""What every task has in common: retries that end, and work that kills its worker is not begun for ever.

The rows of runs, imports, analyses and reports say what is done; a message only says that somebody should look. What
fails unexpectedly is tried again after a while, a bounded number of times; `operations.parking` keeps what is given up.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from celery.contrib.django.task import DjangoTask
from celery.exceptions import Ignore, Reject, Retry
from django.conf import settings
from django.core.cache import cache
from django.db import InterfaceError, OperationalError

from readerstudy.core.canonical import sha256_of
from readerstudy.core.errors import DomainError
from readerstudy.core.outages import done_without, is_outage

MOST_RETRIES = 4
# With the longest wait between them about eight hours.
MOST_RETRIES_OF_AN_OUTAGE = 50
LONGEST_WAIT = 600
MOST_DEATHS = 5
# Deaths are counted within an hour: a worker that is stopped now and then is no sign of a task that kills it.
DEATHS_WITHIN = 3600


class KillsItsWorkerError(Exception):
    """Workers that began this work have died again and again."""


_NOT_RETRIED = (Retry, Ignore, Reject, DomainError, KillsItsWorkerError)


class WorkTask(DjangoTask):
    """The class of every task. `revive` makes a row that has failed ready for the next try, due in so many seconds."""

    abstract = True
    max_retries = MOST_RETRIES_OF_AN_OUTAGE  # the fewer ones of other faults are counted below
    revive: Callable[..., None] | None = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        # Called as a function, or in place in a test, there is no worker that could come back to it.
        if self.request.called_directly or self.request.is_eager:
            return self.run(*args, **kwargs)
        try:
            with _deaths_counted(self.name, args, kwargs):
                if self.request.retries and self.revive:
                    # After the try before there may have been no database to write it into.
                    self.revive(*args, seconds=0, **kwargs)
                return self.run(*args, **kwargs)
        except _NOT_RETRIED:
            raise
        except Exception as error:
            if self.request.retries >= most_retries(error):
                raise
            raise self._again(error, args, kwargs) from error

    def _again(self, error: Exception, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Retry:
        """Sends the work once more, for later."""
        seconds = wait_before(self.request.retries)
        if self.revive:
            with suppress(OperationalError, InterfaceError):
                self.revive(*args, seconds=seconds, **kwargs)
        try:
            again: Retry = self.retry(exc=error, countdown=seconds, throw=False)
        except Reject as refusal:
            # The queue is away too. Celery would throw the message away, and the work would be given up after one try.
            raise Reject(refusal.reason, requeue=True) from refusal
        return again


def most_retries(error: Exception) -> int:
    """The work is not to blame where a part of the site is away, which it may be for a night; without end nothing is tried."""
    return MOST_RETRIES_OF_AN_OUTAGE if is_outage(error) else MOST_RETRIES


def wait_before(retries: int) -> float:
    """Seconds before the next try: twice as long each time, and not the same for all that failed together."""
    longest = min(LONGEST_WAIT, settings.WORK_RETRY_SECONDS * 2**retries)
    return float(longest * random.uniform(0.75, 1.25))  # nosec B311  # noqa: S311 (no secret)


@contextmanager
def _deaths_counted(name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Iterator[None]:
    """Counts what was begun and not ended, which only the death of the process leaves behind."""
    key = f"begun:{name}:{sha256_of([list(args), dict(kwargs)])}"
    if int(cache.get(key, 0)) >= MOST_DEATHS:
        cache.delete(key)
        raise KillsItsWorkerError
    if not cache.add(key, 1, DEATHS_WITHIN):
        _change(key, 1)
    try:
        yield
    finally:
        _end_counted(key)


def _end_counted(key: str) -> None:
    """Work that is done stays done where nobody can count any more."""
    with done_without():
        _change(key, -1)


def _change(key: str, by: int) -> None:
    with suppress(ValueError):  # the hour was over
        cache.incr(key, by)
        # A cache of files would keep it for five minutes from now, whatever was said before.
        cache.touch(key, DEATHS_WITHIN)
