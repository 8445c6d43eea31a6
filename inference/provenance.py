"""What a run was really made with: asked of the open network, never of the settings."""

import os
from datetime import datetime

from inference import engine
from inference.claims import keep
from inference.machine import machine_facts
from inference.models import ModelRun
from inference.run_errors import RunError
from inference.scoring import batch_size_on
from readerstudy.core.version import revision

MOST_FRUITLESS_ATTEMPTS = 5


def begin_attempt(run: ModelRun, *, now: datetime) -> None:
    """Writes down that an attempt begins, and where.

    Raises RunError where the attempts before it have all ended at the same image, without a word: a run that
    kills its worker must not do so for ever.
    """
    attempts = [*run.environment.get("attempts", ())]
    done = run.scores.count()
    fruitless = [
        one for one in attempts if one["done"] == done and one["attempt"] > _retried_at(run)
    ]
    if len(fruitless) >= MOST_FRUITLESS_ATTEMPTS:
        raise RunError(
            f"The worker died {len(fruitless)} times without scoring another image; "
            "its log may say why (often too little memory for the batch)."
        )
    attempts.append({"attempt": run.attempt, "done": done, "at": now.isoformat()})
    run.environment = {**run.environment, "attempts": attempts}
    keep(run, now=now, environment=run.environment)


def _retried_at(run: ModelRun) -> int:
    return int(run.environment.get("retried_at_attempt", 0))


def record_provenance(run: ModelRun, session: engine.CnnSession, *, now: datetime) -> None:
    """Stores provider, runtime and machine of this attempt.

    Where earlier attempts have left scores, their providers stay named beside it.
    """
    attempts = run.environment["attempts"]
    attempts[-1] |= {"provider": session.provider, "runtime": session.runtime_version}
    run.environment = {
        **run.environment,
        "attempts": attempts,
        **machine_facts(),
        **session.facts,
        "threads": session.threads,
        "process": os.getpid(),
        "revision": revision(),
    }
    has_scores = attempts[-1]["done"] > 0
    run.provider_used = _joined(run.provider_used if has_scores else "", session.provider)
    run.runtime_version = _joined(
        run.runtime_version if has_scores else "", session.runtime_version
    )
    run.batch_size = batch_size_on(session, run.batch_size)
    keep(
        run,
        now=now,
        environment=run.environment,
        provider_used=run.provider_used,
        runtime_version=run.runtime_version,
        batch_size=run.batch_size,
    )


def _joined(before: str, now: str) -> str:
    """Such as "CUDAExecutionProvider, CPUExecutionProvider", each named once."""
    names = [name for name in before.split(", ") if name]
    return ", ".join(dict.fromkeys([*names, now]))
