"""Faults under load, one kind after the other. Loaded once Django is set up: see `__main__`."""

import argparse
import asyncio
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from django.db import DatabaseError, connection

from inference.models import ModelRun
from readerstudy.intake.models import ImportJob
from tools.soak import checking, faults, report
from tools.soak.ledger import Ledger
from tools.soak.operator import UNFINISHED, Operator, Work
from tools.soak.readers import Panel, grade_together
from tools.soak.schedule import Moment, schedule
from tools.soak.servers import MissingPartError
from tools.soak.stage import Stage
from tools.soak.watching import Watch
from tools.soak.world import World, build_world

SETTLED_WITHIN = 240.0
RECOVERED_WITHIN = 120.0
# One that fails however often it is pressed again is stuck as well.
_WAITING = ("uploaded", "applying", "failed")


def run(options: argparse.Namespace, stage: Stage) -> bool:
    """Whether every kind of fault left everything whole."""
    begun = time.monotonic()
    world = build_world(readers=options.readers, cases=options.cases)
    _say(
        f"built in {time.monotonic() - begun:.0f} s: {options.readers} readers, {options.cases} cases each"
    )
    stage.site.start(workers=stage.workers, threads=stage.threads)
    soak = Soak(stage, world, options)
    try:
        soak.begin()
        rows = [soak.row_of(kind, moments) for kind, moments in _plan(options).items()]
    finally:
        soak.end()
    print(report.table(rows))
    about = {"seed": options.seed, "command": " ".join(sys.argv), "at": time.strftime("%Y-%m-%d %H:%M", time.gmtime())}  # fmt: skip
    report.write(Path(options.report), rows, **about)
    return all(row.is_clean for row in rows)


def _plan(options: argparse.Namespace) -> dict[str, list[Moment]]:
    kinds = options.faults.split(",") if options.faults else faults.kinds()
    unknown = sorted(set(kinds) - set(faults.kinds()))
    if unknown:
        known = ", ".join(faults.kinds())
        raise SystemExit(f"No such fault: {', '.join(unknown)}. There are {known}.")
    return schedule(kinds, repeats=options.repeats, seconds=options.seconds, seed=options.seed)


class Soak:
    """The readers at work, and the faults that come over them."""

    def __init__(self, stage: Stage, world: World, options: argparse.Namespace) -> None:
        self.stage, self.world, self.options = stage, world, options
        self.ledger = Ledger(stage.folder / "ledger.jsonl")
        self.panel = Panel(stage.ports.web, options.think, self.ledger)
        self.watch = Watch(stage, self.panel, RECOVERED_WITHIN)
        self.operator = Operator(stage.site.url, world, stage.folder)
        self._readers = threading.Thread(target=self._read, daemon=True)
        self._seen = (0, 0, 0, 0, 0, 0)

    def begin(self) -> None:
        """Readers grade, a model runs, photographs are imported; returns once all of it goes on."""
        self._readers.start()
        self.operator.start()
        if self.watch.recovery(lambda: None) is None:
            raise SystemExit(
                "The site did not begin to work; its logs are in " + str(self.stage.folder)
            )

    def end(self) -> None:
        """The readers send what waits and go home."""
        self.operator.stop()
        self._loop.call_soon_threadsafe(self.panel.is_over.set)
        self._readers.join(timeout=60)

    def row_of(self, kind: str, moments: Sequence[Moment]) -> report.Row:
        """All repeats of one fault, and what is left then."""
        try:
            if kind == "clock":
                self._restart(self.stage.clocks.environment())
            recoveries = tuple(self._struck(moment) for moment in moments)
        except MissingPartError as error:
            return _not_done(kind, str(error))
        stuck = self._settled()
        row = self._looked_at(kind, recoveries, stuck)
        _say(report.table([row]).splitlines()[-1] + ("" if row.is_clean else f" {row}"))
        if kind == "clock":
            self._restart({})
        self.operator.rests.clear()
        return row

    def _struck(self, moment: Moment) -> float | None:
        time.sleep(moment.after)
        taken = self.watch.recovery(lambda: faults.strike(self.stage, moment))
        _say(f"{moment.kind} {moment.number}: {'never' if taken is None else f'{taken:.1f} s'}")
        return taken

    def _restart(self, extra: dict[str, str]) -> None:
        self.stage.site.halt()
        self.stage.site.start(workers=self.stage.workers, threads=self.stage.threads, extra=extra)
        self.watch.recovery(lambda: None)

    def _read(self) -> None:
        asyncio.run(self._reading())

    async def _reading(self) -> None:
        self._loop = asyncio.get_running_loop()
        await grade_together(self.world.readers, self.panel, seed=self.options.seed)

    def _settled(self) -> tuple[str, ...]:
        """Lets runs and imports end; what has not ended in time is stuck."""
        self.operator.rests.set()
        deadline = time.monotonic() + SETTLED_WITHIN
        while (left := self._left()) and time.monotonic() < deadline:
            time.sleep(0.5)
        return left

    def _left(self) -> tuple[str, ...]:
        """What is not over: an import that is being uploaded has no row yet."""
        busy = () if self.operator.is_at_rest else ("The operator waits for something.",)
        return (*_unfinished(), *busy)

    def _looked_at(
        self, kind: str, recoveries: Sequence[float | None], stuck: tuple[str, ...]
    ) -> report.Row:
        work, panel = self.operator.work, self.panel
        told = checking.answers(self.ledger)
        seen, now = self._seen, _counts(work, panel, told.acknowledged)
        scores = checking.scores(work.studies[seen[1] : now[1]], self.world.reference)
        imports = checking.imports(work.imports[seen[2] : now[2]])
        row = report.Row(
            fault=kind,
            repeats=len(recoveries),
            acknowledged=told.acknowledged - seen[0],
            lost=told.lost,
            changed=told.changed,
            duplicates=told.duplicates,
            unknown=told.unknown,
            refused=now[3] - seen[3],
            signed_out=now[4] - seen[4],
            runs=scores.runs,
            scores=scores.scores,
            wrong_scores=scores.missing + scores.double + scores.different,
            failed_runs=scores.failed_runs,
            imports=imports.applied,
            import_faults=imports.faults,
            stuck=stuck,
            recoveries=tuple(recoveries),
            audit_fault=checking.audit_fault(),
            again=tuple(work.again[seen[5] : now[5]]),
        )
        self._seen = now
        connection.close()
        return row


def _counts(work: Work, panel: Panel, acknowledged: int) -> tuple[int, int, int, int, int, int]:
    return (
        acknowledged, len(work.studies), len(work.imports), len(panel.refused), len(panel.stopped), len(work.again),
    )  # fmt: skip


def _unfinished() -> tuple[str, ...]:
    try:
        runs = ModelRun.objects.filter(state__in=UNFINISHED)
        jobs = ImportJob.objects.filter(state__in=_WAITING)
        return (
            *(f"run {run.public_id} is {run.state}" for run in runs),
            *(f"{job.name} is {job.state}" for job in jobs),
        )
    except DatabaseError as error:
        connection.close()
        return (str(error),)


def _not_done(kind: str, why: str) -> report.Row:
    none: tuple[str, ...] = ()
    return report.Row(
        fault=kind, repeats=0, acknowledged=0, lost=0, changed=0, duplicates=0, unknown=0, refused=0, signed_out=0, runs=0,
        scores=0, wrong_scores=0, failed_runs=none, imports=0, import_faults=none, stuck=none, recoveries=(), audit_fault="",
        not_done=why,
    )  # fmt: skip


def _say(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {what}", flush=True)
