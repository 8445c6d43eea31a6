"""How many readers the server bears: with think time and without, for each number of processes and threads of gunicorn.

A reader thinks (lognormal, median 8 s unless said otherwise), sends the answer and fetches the next photograph ahead. The
clients share the cores with the server. Loaded once Django is set up.
"""

import argparse
import asyncio
import random
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import psycopg
from django.db import connection

from tools.load_client import LoadedReader, Tally
from tools.soak.readers import Grader, Panel, grade_together
from tools.soak.stage import Stage
from tools.soak.watching import Watch
from tools.soak.world import build_reading

LIMIT = 0.3
SHARE = 0.95
# Readers begin at moments of their own within the first think time, so that measuring begins after it.
STAGE_SECONDS = 30.0
SETTINGS = ((1, 4), (2, 4), (3, 4), (4, 4), (3, 1), (3, 2), (3, 8))
AT_ONCE = (1, 2, 4, 8, 16, 32)
CLOSED_SECONDS = 15.0
FEWEST, MOST = 50, 1600


@dataclass(frozen=True)
class Point:
    """What so many readers met."""

    readers: int
    answers: int
    seconds: float
    p50: float
    p95: float
    faults: int

    @property
    def is_borne(self) -> bool:
        return self.faults == 0 and self.p95 < LIMIT

    def __str__(self) -> str:
        per_second = self.answers / self.seconds
        return f"{self.readers} readers: {per_second:.1f} answers/s, p50 {self.p50 * 1000:.0f} ms, p95 {self.p95 * 1000:.0f} ms, {self.faults} faults"


def run(options: argparse.Namespace, stage: Stage) -> bool:
    """Prints what was measured; holds where the readers of the study are borne by the setting that is shipped."""
    readers = build_reading(readers=MOST, cases=40)
    print(f"load: {len(readers)} readers are ready", flush=True)
    most: dict[tuple[int, int], int] = {}
    for workers, threads in settings_of(options.settings):
        bench = _Bench(stage, readers, options, workers=workers, threads=threads)
        most[workers, threads] = bench.measured()
    print("| gunicorn processes | threads of each | readers with p95 < 300 ms |\n|---|---|---|")
    for (workers, threads), count in most.items():
        print(f"| {workers} | {threads} | {count} |")
    return most.get((options.workers, options.threads), MOST) >= options.readers


def settings_of(words: str) -> Sequence[tuple[int, int]]:
    """`3x4,4x4` as processes and threads; all that are usual where nothing is said. Raises SystemExit for anything else."""
    if not words:
        return SETTINGS
    found = [re.fullmatch(r"([1-9]\d?)x([1-9]\d?)", word) for word in words.split(",")]
    if None in found:
        raise SystemExit(f"{words} is no list of settings such as 3x4,4x4.")
    return [(int(one[1]), int(one[2])) for one in found if one]


class _Bench:
    """One setting of gunicorn."""

    def __init__(
        self,
        stage: Stage,
        readers: Sequence[LoadedReader],
        options: argparse.Namespace,
        *,
        workers: int,
        threads: int,
    ) -> None:
        self.stage, self.readers, self.options = stage, readers, options
        self.name = f"{workers} x {threads}"
        stage.site.halt()
        stage.site.start(workers=workers, threads=threads)
        self._wait_for_web()

    def measured(self) -> int:
        """The most readers that are borne with think time. Prints every point."""
        for at_once in AT_ONCE:
            print(f"load: {self.name}, without thinking, {self._closed(at_once)}", flush=True)
        return most_borne(self._thinking, fewest=FEWEST, most=len(self.readers))

    def _thinking(self, count: int) -> Point:
        panel = Panel(self.stage.ports.web, self.options.think)
        begun = time.perf_counter()
        warm: list[int] = []

        def look() -> None:
            if not warm and time.perf_counter() - begun > self.options.think:
                warm.append(len(panel.tally.seconds))

        seconds = self.options.think + STAGE_SECONDS
        asyncio.run(
            grade_together(
                self.readers[:count],
                panel,
                seed=self.options.seed,
                seconds=seconds,
                each_second=look,
            )
        )
        told = panel.tally.seconds[warm[0] :] if warm else panel.tally.seconds
        point = point_of(
            count, Tally(told, faults=panel.tally.faults + panel.refused), STAGE_SECONDS
        )
        self._forget()
        print(f"load: {self.name}, thinking {self.options.think:g} s, {point}", flush=True)
        return point

    def _closed(self, at_once: int) -> Point:
        panel = Panel(self.stage.ports.web, 0.0)
        asyncio.run(_without_thinking(self.readers, at_once, panel))
        self._forget()
        faults = panel.tally.faults + panel.refused
        return point_of(at_once, Tally(panel.tally.seconds, faults=faults), CLOSED_SECONDS)

    def _forget(self) -> None:
        """The study as nobody has read it yet: what guards evidence is told to look away, in a database of our own."""
        connection.close()
        with psycopg.connect(self.stage.postgres.url(), autocommit=True) as one:
            one.execute("SET session_replication_role = replica")
            one.execute("TRUNCATE reading_reading CASCADE")
            one.execute("VACUUM ANALYZE reading_reading")

    def _wait_for_web(self) -> None:
        watch = Watch(self.stage, Panel(self.stage.ports.web, 0.0), 60)
        watch.web_answers_within(60)


def point_of(readers: int, tally: Tally, seconds: float) -> Point:
    """The times of a tally in short."""
    if not tally.seconds:
        return Point(readers, 0, seconds, float("inf"), float("inf"), max(1, len(tally.faults)))
    p50, p95 = tally.percentile(0.5), tally.percentile(SHARE)
    return Point(readers, len(tally.seconds), seconds, p50, p95, len(tally.faults))


def most_borne(measure: Callable[[int], Point], *, fewest: int, most: int) -> int:
    """The highest number of readers that is borne, to within a tenth: doubled until it is not, then halved in between.

    0 where not even the fewest are borne.
    """
    borne, refused = 0, 0
    count = fewest
    while not refused:
        if measure(count).is_borne:
            borne = count
            if count == most:
                return borne
            count = min(2 * count, most)
        else:
            refused = count
    while borne and refused - borne > max(10, borne // 10):
        middle = (borne + refused) // 2
        if measure(middle).is_borne:
            borne = middle
        else:
            refused = middle
    return borne


async def _without_thinking(readers: Sequence[LoadedReader], at_once: int, panel: Panel) -> None:
    """So many slots; in each a reader grades without a pause, then the next one sits down."""
    rows = [readers[slot::at_once] for slot in range(at_once)]
    work = asyncio.gather(*(_slot(row, panel) for row in rows))
    await asyncio.sleep(CLOSED_SECONDS)
    panel.is_over.set()
    await work


async def _slot(readers: Sequence[LoadedReader], panel: Panel) -> None:
    for number, reader in enumerate(readers):
        if panel.is_over.is_set():
            return
        await Grader(reader, panel, random.Random(number)).read()  # nosec B311  # noqa: S311 (no secret is drawn)
