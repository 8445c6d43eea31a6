"""The reference of every run is the CPU, one image at a time: what runs elsewhere is compared with it on a sample.

Another provider rounds otherwise, and may do more: onnxruntime issue 10636 tells of accuracy that fell with CUDA alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any

import numpy as np

from inference import engine
from inference.claims import keep
from inference.models import ModelRun
from inference.network_children import ChildSession, Photographs
from inference.run_errors import RunError
from inference.scoring import scored

IMAGES = 8
LARGEST_DIFFERENCE = 1e-4


def check_against_reference(
    run: ModelRun,
    session: ChildSession,
    photographs: Photographs,
    sources: Iterable[engine.Source],
    *,
    now: datetime,
) -> None:
    """Compares the first images' scores with those of the CPU, and stores how far they are apart with the run.

    Nothing is done where the run is on the CPU itself. Raises RunError where scores differ by more than 1e-4, or lie on
    another side of the threshold.
    """
    if session.provider == engine.CPU:
        return
    sample = list(islice(sources, IMAGES))
    if not sample:
        return
    found = _scores(session, photographs, sample, run.batch_size)
    network = replace(session.network, providers="cpu")
    wanted = _scores(ChildSession(network), replace(photographs, network=network), sample, 1)
    told = {"provider": session.provider, **differences(found, wanted, session.spec.threshold)}
    run.environment = {**run.environment, "reference": told}
    keep(run, now=now, environment=run.environment)
    _refuse(told)


def differences(
    found: Sequence[float], wanted: Sequence[float], threshold: engine.ThresholdSpec | None
) -> dict[str, Any]:
    """How many images, the largest difference, decisions that changed at the threshold, and whether the order is the same."""
    here, there = np.array(found), np.array(wanted)
    limit = threshold.value if threshold else None
    changed = 0 if limit is None else int(((here >= limit) != (there >= limit)).sum())
    return {
        "images": len(here),
        "largest_difference": float(np.abs(here - there).max()),
        "changed_decisions": changed,
        "same_order": bool(
            (np.argsort(here, kind="stable") == np.argsort(there, kind="stable")).all()
        ),
    }


def _refuse(told: dict[str, Any]) -> None:
    words = f"On {told['provider']} the scores of {told['images']} images"
    otherwise = "run it on the CPU (INFERENCE_PROVIDER=cpu)."
    if not told["largest_difference"] <= LARGEST_DIFFERENCE:
        raise RunError(
            f"{words} differ by up to {told['largest_difference']:.2g} from those of the CPU, more than "
            f"{LARGEST_DIFFERENCE:g}: {otherwise}"
        )
    if told["changed_decisions"]:
        raise RunError(
            f"{words} lie on another side of the threshold than those of the CPU "
            f"({told['changed_decisions']}): {otherwise}"
        )


def _scores(
    session: ChildSession,
    photographs: Photographs,
    sample: list[engine.Source],
    batch_size: int,
) -> list[float]:
    outcomes = list(scored(session, photographs, sample, batch_size=batch_size))
    for outcome in outcomes:
        if isinstance(outcome, engine.Failed):
            raise RunError(outcome.sentence)
    return [outcome.score for outcome in outcomes if isinstance(outcome, engine.Scored)]
