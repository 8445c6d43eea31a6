"""Which worker a run belongs to.

`attempt` is a fencing token: whoever claims a run raises it, and every write asks for the attempt it was claimed
with, so that a worker that was given up for dead cannot write beside its successor.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from inference.choices import RunState
from inference.models import ModelRun
from inference.run_errors import SupersededError

log = logging.getLogger(__name__)
Clock = Callable[[], datetime]
# Two heartbeats may fail before a run counts as abandoned.
_BEATS_PER_STALE = 3


def stale_before(now: datetime) -> datetime:
    """A running run whose heartbeat is older than this has lost its worker."""
    return now - timedelta(seconds=settings.MODEL_RUN_STALE_SECONDS)


def heartbeat_seconds() -> float:
    """How often a worker says that it lives, and how often others look."""
    return max(1.0, float(settings.MODEL_RUN_STALE_SECONDS) / _BEATS_PER_STALE)


def claim(run_id: int, *, now: datetime) -> ModelRun | None:
    """Makes the run this worker's, if it waits or its worker has died. One statement, so that only one worker succeeds."""
    free = Q(state=RunState.QUEUED) | Q(state=RunState.RUNNING, heartbeat_at__lt=stale_before(now))
    claimed = ModelRun.objects.filter(free, pk=run_id).update(
        state=RunState.RUNNING,
        attempt=F("attempt") + 1,
        heartbeat_at=now,
        started_at=Coalesce("started_at", now),
        finished_at=None,
        error="",
    )
    if not claimed:
        return None
    return ModelRun.objects.select_related("artefact", "study", "created_by").get(pk=run_id)


def held(run: ModelRun) -> QuerySet[ModelRun]:
    """The run's row as long as it is this worker's; nothing once another worker has it."""
    return ModelRun.objects.filter(pk=run.pk, attempt=run.attempt, state=RunState.RUNNING)


def keep(run: ModelRun, *, now: datetime, **fields: Any) -> None:
    """Writes into the run's row, with a heartbeat. Raises SupersededError once another worker has it."""
    if not held(run).update(heartbeat_at=now, **fields):
        raise SupersededError


@contextmanager
def beating(run: ModelRun, clock: Clock) -> Iterator[None]:
    """Inside, heartbeats go on however long one batch, or opening the network, takes."""
    stop = threading.Event()
    thread = threading.Thread(target=_beat_and_close, args=(run, clock, stop.wait), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _beat_and_close(run: ModelRun, clock: Clock, wait: Callable[[float], bool]) -> None:
    try:
        beat(run, clock, wait)
    finally:
        connection.close()  # the thread's own


def beat(run: ModelRun, clock: Clock, wait: Callable[[float], bool]) -> None:
    """Heartbeats until `wait(seconds)` says to stop, or the run is another worker's."""
    while not wait(heartbeat_seconds()):
        try:
            if not held(run).update(heartbeat_at=clock()):
                return
        except DatabaseError as error:
            log.warning("no heartbeat of run %s: %s", run.public_id, error)
