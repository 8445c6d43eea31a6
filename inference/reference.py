"""The reference of every run is the CPU, one image at a time: what runs elsewhere is compared with it on a sample.

Another provider rounds otherwise, and may do more: onnxruntime issue 10636 tells of accuracy that fell with CUDA alone.
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import islice

from inference import engine
from inference.claims import keep
from inference.models import ModelRun
from inference.run_errors import RunError

IMAGES = 8
LARGEST_DIFFERENCE = 1e-4


def check_against_reference(
    run: ModelRun, session: engine.CnnSession, sources: Iterable[engine.Source], *, now: datetime
) -> None:
    """Compares the first images' scores with those of the CPU, and stores the largest difference with the run.

    Nothing is done where the run is on the CPU itself. Raises RunError where the scores differ by more than 1e-4.
    """
    if session.provider == engine.CPU:
        return
    sample = list(islice(sources, IMAGES))
    if not sample:
        return
    reference = engine.open_session(session.artefact, "cpu")
    pairs = zip(
        _scores(session, sample, run.batch_size), _scores(reference, sample, 1), strict=True
    )
    largest = max(abs(found - wanted) for found, wanted in pairs)
    told = {"images": len(sample), "largest_difference": largest, "provider": session.provider}
    run.environment = {**run.environment, "reference": told}
    keep(run, now=now, environment=run.environment)
    if not largest <= LARGEST_DIFFERENCE:
        raise RunError(
            f"On {session.provider} the scores of {len(sample)} images differ by up to {largest:.2g} from those of the "
            f"CPU, more than {LARGEST_DIFFERENCE:g}: run it on the CPU (INFERENCE_PROVIDER=cpu)."
        )


def _scores(
    session: engine.CnnSession, sample: list[engine.Source], batch_size: int
) -> list[float]:
    outcomes = list(engine.score_images(session, sample, batch_size=batch_size))
    for outcome in outcomes:
        if isinstance(outcome, engine.Failed):
            raise RunError(outcome.sentence)
    return [outcome.score for outcome in outcomes if isinstance(outcome, engine.Scored)]
