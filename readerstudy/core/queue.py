"""Work goes to the queue, or waits in its row until somebody sends it."""

import logging
from typing import Any

from celery import Task
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def send(task: Task, **arguments: Any) -> bool:
    """Sends a task once its row is committed; False where the queue cannot be reached.

    The row is stored by then: whoever asked for the work has it, and the sweep sends what was not sent.
    """
    try:
        task.delay(**arguments)
    except OperationalError as error:
        log.warning("%s waits for the queue, which cannot be reached: %s", task.name, error)
        return False
    return True
