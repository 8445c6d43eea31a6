"""Work goes to the queue, or waits in its row until somebody sends it."""

import logging
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from celery import Task
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)
# Whoever fails in one of these while a message is handed over has lost the queue.
_TRANSPORT = frozenset({"kombu", "redis", "amqp"})


def send(task: Task, **arguments: Any) -> bool:
    """Sends a task once its row is committed; False where the queue cannot be reached.

    The row is stored by then: whoever asked for the work has it, and the sweep sends what was not sent.
    """
    return send_with(task, (), arguments)


def send_with(task: Task, args: Sequence[Any], kwargs: Mapping[str, Any]) -> bool:
    """As `send`, for a message that is known by its arguments."""
    try:
        task.apply_async(args, kwargs)
    except Exception as error:
        if not _is_of_the_queue(error):
            raise
        log.warning("%s waits for the queue, which cannot be reached: %s", task.name, error)
        return False
    return True


def _is_of_the_queue(error: Exception) -> bool:
    """Whether the queue failed, and not the task itself, where it runs at once.

    A connection that goes away between two steps of kombu gives an AttributeError or whatever else; by its place it is told.
    """
    if isinstance(error, OperationalError):
        return True
    frames = traceback.extract_tb(error.__traceback__)
    return not _TRANSPORT.isdisjoint(Path(frames[-1].filename).parts)
