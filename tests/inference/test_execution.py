"""A run is executed: one score for every image, with where it came from, or a sentence."""

import hashlib
from datetime import timedelta

import numpy as np
import onnxruntime
import PIL
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from inference import networks
from inference.choices import RunState
from inference.engine import ModelSpec, build_artefact, load_image, open_session, to_tensor
from inference.models import ModelRun, Score
from inference.services import (
    execute_run,
    retry_run,
    start_runs,
)
from readerstudy.core.errors import Conflict
from readerstudy.core.models import AuditEvent
from readerstudy.images.models import Image
from tests.inference.factories import state_of

STALE = timedelta(seconds=31)


def values_of(run):
    return dict(run.scores.values_list("image__public_id", "value"))


def tamper(image, content):
    """Other bytes in the place of an image's stored file; returns the old ones."""
    with default_storage.open(image.file.name) as file:
        before = file.read()
    default_storage.delete(image.file.name)
    if content is not None:
        default_storage.save(image.file.name, ContentFile(content))
    return before


def test_a_run_scores_every_image_as_the_network_alone_does(queued, now):
    execute_run(run_id=queued.pk, clock=lambda: now)
    assert state_of(queued) == (RunState.DONE, 5, 5)
    row = queued.artefact
    with default_storage.open(row.file.name) as file:
        artefact = build_artefact(file.read(), ModelSpec.from_json(row.spec), row.file_name)
    session, spec = open_session(artefact, "cpu"), artefact.spec.preprocess
    for score in queued.scores.select_related("image", "study_case"):
        with default_storage.open(score.image.file.name) as file:
            content = file.read()
        tensor = to_tensor(load_image(content, spec), spec)
        assert score.value == pytest.approx(float(session.score(tensor[None])[0]), abs=1e-6)
        assert score.tensor_sha256 == hashlib.sha256(tensor.tobytes()).hexdigest()
        assert score.image_sha256 == hashlib.sha256(content).hexdigest()
        assert score.study_case.case_id == score.image.case_id
        assert len(score.outputs) == 2


def test_a_run_stores_what_it_was_really_made_with(queued, now):
    execute_run(run_id=queued.pk, clock=lambda: now)
    queued.refresh_from_db()
    assert queued.provider_requested == "cpu"
    assert queued.provider_used == "CPUExecutionProvider"
    assert queued.runtime_version == onnxruntime.__version__
    assert queued.artefact_sha256 == queued.artefact.sha256
    assert queued.spec_sha256 == queued.artefact.spec_sha256
    assert queued.batch_size == 1  # the reference, whatever the setting is
    assert {"python", "platform", "machine", "cores", "threads"} <= set(queued.environment)
    assert queued.environment["providers"] == ["CPUExecutionProvider"]
    assert queued.environment["session_options"]["deterministic"] is True
    assert queued.environment["session_options"]["threads_within"] == queued.environment["threads"]
    assert queued.environment["libraries"]["numpy"] == np.__version__
    assert queued.environment["libraries"]["pillow"] == PIL.__version__
    assert {"cpu", "gpus", "revision", "NVIDIA_TF32_OVERRIDE"} <= set(queued.environment)
    (attempt,) = queued.environment["attempts"]
    assert (attempt["attempt"], attempt["done"]) == (1, 0)
    verbs = AuditEvent.objects.filter(
        study_id=queued.study.public_id, subject_type="inference.ModelRun"
    )
    assert list(verbs.values_list("verb", flat=True)) == ["model_run.started", "model_run.done"]


def test_a_demand_for_cuda_without_it_fails_with_a_sentence(
    coordinator, locked_study, single_model, now, settings
):
    settings.INFERENCE_PROVIDER = "cuda"
    (run,) = start_runs(actor=coordinator, model=single_model, study=locked_study, now=now)
    execute_run(run_id=run.pk, clock=lambda: now)
    run.refresh_from_db()
    if run.provider_used:  # a machine that has it
        assert (run.state, run.provider_used) == (RunState.DONE, "CUDAExecutionProvider")
    else:
        assert run.state == RunState.FAILED
        assert run.error.startswith("The provider is set to cuda")


@pytest.mark.usefixtures("each_batch_stored")
def test_progress_is_stored_as_it_is_made(queued, now):
    seen = []

    def watch():
        seen.append(ModelRun.objects.values_list("done", flat=True).get(pk=queued.pk))
        return now

    execute_run(run_id=queued.pk, clock=watch)
    assert sorted(set(seen)) == [0, 1, 2, 3, 4, 5]


def test_a_finished_run_is_not_executed_again(queued, now):
    execute_run(run_id=queued.pk, clock=lambda: now)
    before = values_of(queued)
    assert execute_run(run_id=queued.pk, clock=lambda: now + STALE) is None
    assert values_of(queued) == before
    queued.refresh_from_db()
    assert queued.attempt == 1


def test_the_database_takes_no_second_score_of_an_image(queued, now):
    execute_run(run_id=queued.pk, clock=lambda: now)
    score = queued.scores.first()
    score.pk, score._state.adding = None, True
    with transaction.atomic(), pytest.raises(IntegrityError):
        Score.objects.bulk_create([score])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"other bytes", "has changed since it was imported"),
        (None, "cannot be read"),
    ],
)
def test_a_stored_image_that_is_not_the_imported_one_fails_the_run_until_it_is_back(
    queued, now, coordinator, content, words
):
    image = Image.objects.order_by("case", "ordinal").last()
    before = tamper(image, content)
    execute_run(run_id=queued.pk, clock=lambda: now)
    assert state_of(queued) == (RunState.FAILED, 4, 5)
    assert words in queued.error
    assert image.public_id in queued.error
    kept = values_of(queued)

    tamper_back(image, before)
    retry_run(actor=coordinator, run=queued, now=now)
    execute_run(run_id=queued.pk, clock=lambda: now)
    assert state_of(queued) == (RunState.DONE, 5, 5)
    assert queued.error == ""
    assert kept.items() <= values_of(queued).items()


def tamper_back(image, content):
    default_storage.delete(image.file.name)
    default_storage.save(image.file.name, ContentFile(content))


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"other", "run-01.onnx has changed"), (None, "run-01.onnx cannot be read")],
)
def test_a_stored_network_that_is_not_the_loaded_one_fails_the_run(queued, now, content, words):
    networks._open.cache_clear()
    tamper(queued.artefact, content)
    execute_run(run_id=queued.pk, clock=lambda: now)
    assert state_of(queued) == (RunState.FAILED, 0, 5)
    assert words in queued.error


def test_an_error_that_nobody_foresaw_fails_the_run_and_is_told_to_the_log(queued, now):
    clock = iter([*[now] * 5, ZeroDivisionError, now])

    def tell():
        moment = next(clock)
        if moment is ZeroDivisionError:
            raise moment
        return moment

    with pytest.raises(ZeroDivisionError):
        execute_run(run_id=queued.pk, clock=tell)
    assert state_of(queued)[0] == RunState.FAILED
    assert "ZeroDivisionError" in queued.error


def test_only_a_failed_run_is_tried_again(queued, now, coordinator):
    with pytest.raises(Conflict):
        retry_run(actor=coordinator, run=queued, now=now)


def test_withdrawn_cases_are_not_scored(queued, now):
    queued.study.study_cases.filter(pk=queued.study.study_cases.first().pk).update(withdrawn_at=now)
    execute_run(run_id=queued.pk, clock=lambda: now)
    assert state_of(queued) == (RunState.DONE, 4, 4)
