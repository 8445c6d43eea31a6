"""The faults: each breaks something of a stage and returns once the cause is gone. What they find out is theirs to mend."""

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress

from tools.soak.memory import descendants
from tools.soak.schedule import Moment
from tools.soak.stage import Stage

Fault = Callable[[Stage, Moment], None]
# As far as sessions reach: whoever is idle for half an hour is signed out, which a larger jump would do to everybody.
FARTHEST_CLOCK = 25 * 60
_KINDS: dict[str, Fault] = {}


def kinds() -> list[str]:
    """All that there are, in the order in which they come."""
    return list(_KINDS)


def strike(stage: Stage, moment: Moment) -> None:
    """Breaks something for as long as the moment says."""
    _KINDS[moment.kind](stage, moment)


def _named(name: str) -> Callable[[Fault], Fault]:
    def kept(fault: Fault) -> Fault:
        _KINDS[name] = fault
        return fault

    return kept


@_named("kill-web")
def kill_web(stage: Stage, _moment: Moment) -> None:
    """The web server's first process dies, and with it all of its container."""
    stage.site.parts["web"].kill()


@_named("kill-web-worker")
def kill_web_worker(stage: Stage, moment: Moment) -> None:
    """One process that answers requests dies; gunicorn makes another."""
    _kill_one_below(stage.site.parts["web"].pid, moment.seed)


@_named("kill-worker")
def kill_worker(stage: Stage, _moment: Moment) -> None:
    """The Celery worker dies with everything below it."""
    stage.site.parts["worker"].kill()


@_named("kill-worker-child")
def kill_worker_child(stage: Stage, moment: Moment) -> None:
    """One process below the worker dies: of the pool, or one that decodes photographs or runs the network."""
    _kill_one_below(stage.site.parts["worker"].pid, moment.seed)


@_named("kill-beat")
def kill_beat(stage: Stage, _moment: Moment) -> None:
    """Beat dies."""
    stage.site.parts["beat"].kill()


@_named("redis-restart")
def redis_restart(stage: Stage, moment: Moment) -> None:
    """Redis is away for some seconds and comes back with what it had written down."""
    stage.redis.stop(signal.SIGKILL if moment.seed % 2 else signal.SIGTERM)
    time.sleep(moment.lasting)
    stage.redis.start()


@_named("redis-emptied")
def redis_emptied(stage: Stage, moment: Moment) -> None:
    """Redis comes back with nothing: every message is lost."""
    stage.redis.stop(signal.SIGKILL)
    stage.redis.forget()
    time.sleep(moment.lasting / 3)
    stage.redis.start()


@_named("postgres-fast")
def postgres_fast(stage: Stage, moment: Moment) -> None:
    """PostgreSQL ends all sessions and is started again."""
    _postgres_away(stage, "fast", moment.lasting / 2)


@_named("postgres-immediate")
def postgres_immediate(stage: Stage, moment: Moment) -> None:
    """PostgreSQL crashes, and reads its log when it is started again."""
    _postgres_away(stage, "immediate", moment.lasting / 2)


@_named("disk-full")
def disk_full(stage: Stage, moment: Moment) -> None:
    """The disk of the photographs and uploads is full for some seconds, or soon will be."""
    stage.disk.fill(spare=moment.seed % 400_000)
    try:
        time.sleep(2 * moment.lasting)
    finally:
        stage.disk.empty()


@_named("clock")
def clock(stage: Stage, moment: Moment) -> None:
    """The clock of web, worker or both goes wrong for some seconds, by up to 25 minutes either way, and is set right."""
    rng = random.Random(moment.seed)  # nosec B311  # noqa: S311 (no secret)
    seconds = rng.choice([-1, 1]) * rng.randint(60, FARTHEST_CLOCK)
    names = rng.choice([["web"], ["worker"], ["web", "worker"]])
    for name in names:
        stage.clocks.move(name, seconds)
    time.sleep(moment.lasting + 1)
    for name in names:
        stage.clocks.move(name, 0)


@_named("net-reset")
def net_reset(stage: Stage, moment: Moment) -> None:
    """Every connection of the worker to the database is reset, and none can be made for some seconds."""
    stage.wire.reset()
    time.sleep(moment.lasting)
    stage.wire.mend()


@_named("net-swallowed")
def net_swallowed(stage: Stage, moment: Moment) -> None:
    """Nothing comes through between worker and database; afterwards it does again, or the connections are forgotten."""
    stage.wire.swallow()
    time.sleep(2 * moment.lasting)
    stage.wire.mend(forget=bool(moment.seed % 2))


def _postgres_away(stage: Stage, mode: str, seconds: float) -> None:
    stage.postgres.stop(mode)
    time.sleep(seconds)
    stage.postgres.start()


def _kill_one_below(leader: int, seed: int) -> None:
    """Whichever the seed picks; nothing where nothing runs below."""
    below = sorted(descendants(leader))
    with suppress(ProcessLookupError, IndexError, ZeroDivisionError):
        os.kill(below[seed % len(below)], signal.SIGKILL)
