"""As many requests as a day of the whole panel gives, within half an hour: does anything grow? Loaded once Django is set up."""

import argparse
import asyncio
import json
import math
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tools.soak import checking
from tools.soak.ledger import Ledger
from tools.soak.memory import growth_of, resident_bytes
from tools.soak.operator import Operator
from tools.soak.readers import SPREAD, Panel, grade_together
from tools.soak.stage import Stage
from tools.soak.watching import Watch
from tools.soak.world import build_world

# One and a half times a study of a hundred cases, by the whole panel: more than anybody grades with attention within a day.
CASES_A_DAY = 150
SAMPLE_SECONDS = 5.0
# A rise of the fitted line over the day, as a share; more is growth where it is also more than the scatter.
LIMIT = 0.10
MEBIBYTE = 2**20


@dataclass
class Samples:
    """What was held when: mebibytes of each part, and sessions of the database."""

    times: list[float] = field(default_factory=list)
    values: dict[str, list[float]] = field(default_factory=dict)

    def add(self, at: float, found: Mapping[str, float]) -> None:
        """One look at everything."""
        self.times.append(at)
        for name, value in found.items():
            self.values.setdefault(name, []).append(value)


def run(options: argparse.Namespace, stage: Stage) -> bool:
    """Whether nothing grew, nobody waited in vain and nothing was lost."""
    world = build_world(readers=options.readers, cases=options.day_cases)
    stage.site.start(workers=stage.workers, threads=stage.threads)
    panel = Panel(
        stage.ports.web,
        think_for(options.minutes, options.day_cases),
        Ledger(stage.folder / "day.jsonl"),
    )
    Watch(stage, panel, 60).web_answers_within(60)
    operator = Operator(stage.site.url, world, stage.folder)
    operator.start()
    samples, over = Samples(), threading.Event()
    sampler = threading.Thread(target=_sample, args=(stage, samples, over), daemon=True)
    sampler.start()
    begun = time.monotonic()
    asyncio.run(grade_together(world.readers, panel, seed=options.seed))
    minutes = (time.monotonic() - begun) / 60
    over.set()
    sampler.join()
    operator.stop()
    return _told(options, panel, samples, minutes)


def think_for(minutes: float, cases: int = CASES_A_DAY) -> float:
    """The median think time with which so many cases take so long."""
    mean = 60 * minutes / cases
    return mean / math.exp(SPREAD**2 / 2)


def verdicts(samples: Samples, *, limit: float = LIMIT) -> list[tuple[str, str, bool]]:
    """For each part: what it holds and does in words, and whether that is growth."""
    found = []
    for name, values in samples.values.items():
        growth = growth_of(samples.times, values)
        words = f"{values[0]:.0f} at first, {values[-1]:.0f} at last, {growth.share:+.1%} over the day, scatter {growth.noise:.1%}"
        found.append((name, words, growth.is_growth(limit=limit)))
    return found


def _sample(stage: Stage, samples: Samples, over: threading.Event) -> None:
    begun = time.monotonic()
    while not over.wait(SAMPLE_SECONDS):
        found = {
            f"{name}, MiB": resident_bytes(part.pid) / MEBIBYTE
            for name, part in stage.site.parts.items()
        }
        samples.add(time.monotonic() - begun, {**found, "database sessions": float(stage.postgres.connections())})  # fmt: skip


def _told(options: argparse.Namespace, panel: Panel, samples: Samples, minutes: float) -> bool:
    assert panel.ledger  # nosec B101  # noqa: S101 (made above)
    verdict = checking.answers(panel.ledger)
    p95 = panel.tally.percentile(0.95) * 1000
    print(
        f"day: {verdict.acknowledged} answers and {len(panel.image_tally.seconds)} photographs in {minutes:.1f} min "
        f"(as {options.readers} readers with {options.day_cases} cases each), p95 {p95:.0f} ms, "
        f"{len(panel.tally.faults)} requests had to be sent again, {verdict.lost} lost, {verdict.duplicates} twice"
    )
    found = verdicts(samples)
    for name, words, grows in found:
        print(f"day: {name}: {words}{'  GROWS' if grows else ''}")
    _keep(Path(options.report).with_name("soak-day.json"), samples, found)
    grew = any(grows for _, _, grows in found)
    return verdict.is_clean and not grew and not panel.refused and not panel.stopped


def _keep(path: Path, samples: Samples, found: Sequence[tuple[str, str, bool]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps({"times": samples.times, "values": samples.values, "verdicts": found})
    )
