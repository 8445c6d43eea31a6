"""A run is executed: claimed by one worker, scored in batches, resumed by another if that worker dies.

The row of the run is the truth, not the message that names it: see `claims`.
"""

import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import DatabaseError, transaction

from inference import engine
from inference.choices import RunState
from inference.claims import Clock, beating, claim, held, keep
from inference.models import ModelRun, Score
from inference.networks import network_of
from inference.photographs import photographs_for, sources_of
from inference.provenance import begin_attempt, record_provenance
from inference.reference import check_against_reference
from inference.run_errors import RunError, SupersededError
from inference.scores_bound import scores_part
from inference.scoring import scored
from inference.sending import send_run
from inference.starting import images_of
from readerstudy.core.audit import record_event
from readerstudy.core.stopping import WorkerStoppingError, is_stopping
from readerstudy.images.models import Image

log = logging.getLogger(__name__)


def execute_run(*, run_id: int, clock: Clock) -> ModelRun | None:
    """Scores what is not scored yet and finishes the run. None where another worker has it or it is finished.

    An image or artefact that cannot be used ends the run as failed, with a sentence; its scores so far are kept.
    """
    run = claim(run_id, now=clock())
    if run is None:
        return None
    try:
        with beating(run, clock):
            _score(run, clock)
    except SupersededError:
        log.warning("run %s was taken over by another worker", run.public_id)
        return None
    except (WorkerStoppingError, SoftTimeLimitExceeded):
        _give_back(run, now=clock())
        return None
    except (RunError, engine.EngineError) as error:
        _end(run, RunState.FAILED, now=clock(), error=str(error))
    except DatabaseError:
        # The row cannot be written now; once its heartbeat is stale, a worker goes on with it.
        raise
    except Exception as error:
        name = type(error).__name__
        sentence = f"The run stopped unexpectedly ({name}); the worker's log tells more."
        _end(run, RunState.FAILED, now=clock(), error=sentence)
        raise
    else:
        _end(run, RunState.DONE, now=clock())
    return run


def _score(run: ModelRun, clock: Clock) -> None:
    begin_attempt(run, now=clock())
    session = network_of(run.artefact, run.provider_requested)
    record_provenance(run, session, now=clock())
    cases = dict(run.study.study_cases.filter(withdrawn_at=None).values_list("case_id", "pk"))
    stored = run.scores.values("image")
    waiting = {image.public_id: image for image in images_of(run.study).exclude(pk__in=stored)}
    # Cases may have been withdrawn since the run was started.
    done = stored.count()
    keep(run, now=clock(), done=done, total=done + len(waiting))
    photographs = photographs_for(session.network, waiting)
    check_against_reference(run, session, photographs, sources_of(waiting), now=clock())
    outcomes = scored(session, photographs, sources_of(waiting), batch_size=run.batch_size)
    for batch in _batches(outcomes, run.batch_size):
        _store(run, batch, waiting, cases, now=clock())
        if is_stopping():
            raise WorkerStoppingError


def _batches(
    outcomes: Iterable[engine.Scored | engine.Failed], size: int
) -> Iterator[list[engine.Scored]]:
    """Whole batches of what was scored within a moment: a transaction costs the same for one score as for many."""
    batch: list[engine.Scored] = []
    begun = time.monotonic()
    for outcome in outcomes:
        if isinstance(outcome, engine.Failed):
            yield batch
            raise RunError(outcome.sentence)
        batch.append(outcome)
        if len(batch) >= size and time.monotonic() - begun >= settings.INFERENCE_STORE_SECONDS:
            yield batch
            batch, begun = [], time.monotonic()
    yield batch


def _store(
    run: ModelRun,
    batch: Sequence[engine.Scored],
    images: dict[str, Image],
    cases: dict[int, int],
    *,
    now: datetime,
) -> None:
    """Scores and heartbeat in one transaction. Raises SupersededError if the run is another worker's by now."""
    with transaction.atomic():
        keep(run, now=now)
        Score.objects.bulk_create(_row(run, item, images[str(item.key)], cases) for item in batch)
        held(run).update(done=run.scores.count())


def _row(run: ModelRun, item: engine.Scored, image: Image, cases: dict[int, int]) -> Score:
    return Score(
        run=run,
        study_case_id=cases[image.case_id],
        image=image,
        value=item.score,
        outputs=list(item.outputs),
        image_sha256=image.sha256,
        tensor_sha256=item.tensor_sha256,
        milliseconds=item.milliseconds,
    )


def _give_back(run: ModelRun, *, now: datetime) -> None:
    """The worker stops, or its time for one task is over: another goes on at once, where this one has stood."""
    if held(run).update(state=RunState.QUEUED, heartbeat_at=now):
        log.info("run %s was given back with its scores so far", run.public_id)
        send_run(run.pk)


def _end(run: ModelRun, state: RunState, *, now: datetime, error: str = "") -> None:
    with transaction.atomic():
        if not held(run).update(state=state, error=error, finished_at=now, heartbeat_at=now):
            return
        data = {"attempt": run.attempt, "error": error, "provider": run.provider_used}
        data |= scores_part(run)
        verb, study_id = f"model_run.{state.value}", run.study.public_id
        record_event(
            actor=run.created_by, verb=verb, subject=run, now=now, study_id=study_id, data=data
        )
    run.refresh_from_db()
