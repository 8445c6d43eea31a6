"""Work that is given up is parked where an administrator sees it, and its row says that it failed."""

import logging
import traceback
from pathlib import Path
from typing import Any

from celery.signals import task_failure, task_unknown
from django.dispatch import receiver

from readerstudy.core.background import MOST_DEATHS, KillsItsWorkerError
from readerstudy.core.canonical import canonical_json
from readerstudy.core.clock import now
from readerstudy.core.consumer import message_unreadable
from readerstudy.core.timers import brief_connection
from readerstudy.operations.models import DeadLetter
from readerstudy.operations.rows import give_up

log = logging.getLogger(__name__)
_MOST_BYTES = 10_000
UNREADABLE = "(no task)"


def _reason_of(error: BaseException) -> str:
    """The kind of error and where it was raised. Its message is left out: it may hold what somebody typed."""
    if isinstance(error, KillsItsWorkerError):
        return f"{MOST_DEATHS} workers died at it within an hour"
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"


@task_failure.connect
def park_failed_task(
    sender: Any, exception: BaseException, args: Any, kwargs: Any, **_rest: Any
) -> None:
    """The last try has failed."""
    with brief_connection():
        reason = _reason_of(exception)
        give_up(sender.name, args or (), kwargs or {})
        _park(sender.name, args or (), kwargs or {}, reason, tries=sender.request.retries + 1)


@task_unknown.connect
def park_unknown_task(message: Any, name: str, **_rest: Any) -> None:
    """No worker of this version knows the task: while a new version is rolled out, an old worker may get new work."""
    with brief_connection():
        args, kwargs = _arguments(message)
        _park(str(name)[:200], args, kwargs, "No such task in this version", tries=1)


@receiver(message_unreadable)
def park_unreadable_message(reason: str, **_rest: Any) -> None:
    """Nothing of it can be sent again."""
    with brief_connection():
        _park(UNREADABLE, (), {}, f"A message that cannot be read: {reason}", tries=1)


def _arguments(message: Any) -> tuple[Any, Any]:
    try:
        args, kwargs, _embed = message.payload
        if len(canonical_json([args, kwargs])) <= _MOST_BYTES:
            return args, kwargs
    except (ValueError, TypeError, KeyError):
        pass
    return (), {}


def _park(task: str, args: Any, kwargs: Any, reason: str, *, tries: int) -> None:
    letter = DeadLetter.objects.create(
        task=task,
        args=list(args),
        kwargs=dict(kwargs),
        reason=reason[:300],
        tries=tries,
        parked_at=now(),
    )
    log.error("given up: %s after %d tries (%s), %s", task, tries, reason, letter.public_id)
