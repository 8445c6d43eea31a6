"""A run is executed: claimed by one worker, scored in batches, resumed by another if that worker dies.

The row of the run is the truth. `attempt` is a fencing token: every batch is stored together with a heartbeat, and
only while the attempt is still this worker's, so that a worker that was given up for dead cannot write beside its successor.
"""

import hashlib
import logging
import os
import platform
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from inference import engine
from inference.choices import RunState
from inference.models import Artefact, ModelRun, Score
from inference.starting import images_of
from readerstudy.core.audit import record_event
from readerstudy.images.models import Image

log = logging.getLogger(__name__)
Clock = Callable[[], datetime]


class SupersededError(Exception):
    """Another worker has taken the run over."""


class RunError(Exception):
    """The run cannot go on; the message is a sentence for a person."""


def execute_run(*, run_id: int, clock: Clock) -> ModelRun | None:
    """Scores what is not scored yet and finishes the run. None where another worker has it or it is finished.

    An image or artefact that cannot be used ends the run as failed, with a sentence; its scores so far are kept.
    """
    run = claim(run_id, now=clock())
    if run is None:
        return None
    try:
        _score(run, clock)
    except SupersededError:
        log.warning("run %s was taken over by another worker", run.public_id)
        return None
    except (RunError, engine.EngineError) as error:
        _end(run, RunState.FAILED, now=clock(), error=str(error))
    else:
        _end(run, RunState.DONE, now=clock())
    return run


def stale_before(now: datetime) -> datetime:
    """A running run whose heartbeat is older than this has lost its worker."""
    return now - timedelta(seconds=settings.MODEL_RUN_STALE_SECONDS)


def claim(run_id: int, *, now: datetime) -> ModelRun | None:
    """Makes the run this worker's, if it waits or its worker has died. One statement, so that only one worker succeeds."""
    free = Q(state=RunState.QUEUED) | Q(state=RunState.RUNNING, heartbeat_at__lt=stale_before(now))
    claimed = ModelRun.objects.filter(free, pk=run_id).update(
        state=RunState.RUNNING,
        attempt=F("attempt") + 1,
        heartbeat_at=now,
        started_at=Coalesce("started_at", now),
        error="",
    )
    if not claimed:
        return None
    return ModelRun.objects.select_related("artefact", "study", "created_by").get(pk=run_id)


def _score(run: ModelRun, clock: Clock) -> None:
    session = _session_of(run.artefact, run.provider_requested)
    _record_provenance(run, session)
    cases = dict(run.study.study_cases.filter(withdrawn_at=None).values_list("case_id", "pk"))
    scored = run.scores.values("image")
    waiting = {image.public_id: image for image in images_of(run.study).exclude(pk__in=scored)}
    outcomes = engine.score_images(session, _sources(waiting.values()), batch_size=run.batch_size)
    for batch in _batches(outcomes, run.batch_size):
        _store(run, batch, waiting, cases, now=clock())


def _sources(images: Any) -> Iterator[tuple[str, Callable[[], bytes]]]:
    for image in images:
        yield image.public_id, lambda image=image: _checked_bytes(image)


def _checked_bytes(image: Image) -> bytes:
    """The stored file, refused if it is not the one that was imported. Runs in a thread: no database here."""
    with default_storage.open(image.file.name) as file:
        content: bytes = file.read()
    if hashlib.sha256(content).hexdigest() != image.sha256:
        raise engine.ImageError(
            f"The stored file of image {image.public_id} has changed since it was imported."
        )
    return content


def _batches(outcomes: Iterator[Any], size: int) -> Iterator[list[engine.Scored]]:
    batch: list[engine.Scored] = []
    for outcome in outcomes:
        if isinstance(outcome, engine.Failed):
            raise RunError(outcome.sentence)
        batch.append(outcome)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
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
        mine = ModelRun.objects.filter(pk=run.pk, attempt=run.attempt, state=RunState.RUNNING)
        if not mine.update(heartbeat_at=now):
            raise SupersededError
        Score.objects.bulk_create(_row(run, item, images[str(item.key)], cases) for item in batch)
        mine.update(done=run.scores.count())


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


def _session_of(artefact: Artefact, providers: str) -> engine.CnnSession:
    return _open(artefact.pk, artefact.sha256, artefact.spec_sha256, providers)


@lru_cache(maxsize=4)
def _open(artefact_id: int, sha256: str, spec_sha256: str, providers: str) -> engine.CnnSession:
    """The network, opened once per worker process; never before a worker has forked."""
    row = Artefact.objects.get(pk=artefact_id)
    with default_storage.open(row.file.name) as file:
        content = file.read()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise RunError(f"The stored file of {row.file_name} has changed since it was loaded.")
    artefact = engine.build_artefact(content, engine.ModelSpec.from_json(row.spec), row.file_name)
    if artefact.spec.spec_sha256 != spec_sha256:
        raise RunError(f"The spec of {row.file_name} has changed since it was loaded.")
    return engine.open_session(artefact, providers)


def _record_provenance(run: ModelRun, session: engine.CnnSession) -> None:
    """What was really used: asked of the open session, never of the settings."""
    run.provider_used, run.runtime_version = session.provider, session.runtime_version
    run.environment = {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "machine": platform.machine(),
        "cores": engine.usable_cores(),
        "threads": session.threads,
        "process": os.getpid(),
    }
    run.save(update_fields=["provider_used", "runtime_version", "environment"])


def _end(run: ModelRun, state: RunState, *, now: datetime, error: str = "") -> None:
    with transaction.atomic():
        mine = ModelRun.objects.filter(pk=run.pk, attempt=run.attempt, state=RunState.RUNNING)
        if not mine.update(state=state, error=error, finished_at=now, heartbeat_at=now):
            return
        data = {"attempt": run.attempt, "error": error, "provider": run.provider_used}
        verb, study_id = f"model run {state}", run.study.public_id
        record_event(
            actor=run.created_by, verb=verb, subject=run, now=now, study_id=study_id, data=data
        )
    run.refresh_from_db()
