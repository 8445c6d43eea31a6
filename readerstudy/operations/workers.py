"""Workers check the installation before they begin, and say that they live."""

import threading
from datetime import timedelta
from typing import Any

from celery.signals import worker_init, worker_ready, worker_shutdown
from django.db import DatabaseError

from readerstudy.core.clock import now
from readerstudy.core.health import not_ready
from readerstudy.core.timers import brief_connection
from readerstudy.operations.models import WorkerBeat

BEAT_SECONDS = 15
LIVES = timedelta(seconds=6 * BEAT_SECONDS)
_stop = threading.Event()


@worker_init.connect
def refuse_to_start_unready(**_kwargs: Any) -> None:
    """Ends the process, with a sentence, where the work would only fail: no database, an old one, or no room for files."""
    with brief_connection():
        missing = not_ready(("database", "migrations", "media"))
    if missing:
        raise SystemExit(f"The worker does not start: {', '.join(missing)} not ready.")


@worker_ready.connect
def begin_to_beat(sender: Any, **_kwargs: Any) -> None:
    """Every worker writes down that it lives; in a thread, since one that works alone is busy for hours with a run."""
    queues = ",".join(sorted(sender.app.amqp.queues.consume_from))
    _stop.clear()
    threading.Thread(target=_beat, args=(sender.hostname, queues), daemon=True).start()


def _beat(name: str, queues: str) -> None:
    hear_of(name, queues)
    while not _stop.wait(BEAT_SECONDS):
        hear_of(name, queues)


@worker_shutdown.connect
def say_goodbye(sender: Any, **_kwargs: Any) -> None:
    """A worker that stops in order is no longer waited for."""
    _stop.set()
    with brief_connection():
        WorkerBeat.objects.filter(name=sender.hostname).delete()


def hear_of(name: str, queues: str) -> None:
    """One heartbeat. A database that does not answer now is asked again at the next one."""
    with brief_connection():
        try:
            WorkerBeat.objects.update_or_create(
                name=name, defaults={"queues": queues, "heard_of_at": now()}
            )
        except DatabaseError:
            return


def living_workers() -> int:
    """How many workers were heard of within the last minute and a half."""
    return WorkerBeat.objects.filter(heard_of_at__gt=now() - LIVES).count()


def lives(name: str) -> bool:
    """Whether the worker of this name was heard of lately."""
    return WorkerBeat.objects.filter(name=name, heard_of_at__gt=now() - LIVES).exists()
