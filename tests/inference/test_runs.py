"""Runs over a study: started, executed, resumed; one score for every image, with where it came from."""

import hashlib
from datetime import timedelta

import numpy as np
import onnxruntime
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from inference import networks
from inference.choices import RunState
from inference.claims import beat, claim, keep
from inference.engine import ModelSpec, build_artefact, load_image, open_session, to_tensor
from inference.models import ModelRun, Score
from inference.provenance import MOST_FRUITLESS_ATTEMPTS
from inference.run_errors import SupersededError
from inference.selectors import scores_of
from inference.services import (
    add_artefacts,
    execute_run,
    plan_model,
    requeue_stale_runs,
    retry_run,
    start_runs,
)
from readerstudy.core.errors import Conflict, NotFound
from readerstudy.core.models import AuditEvent
from readerstudy.images.models import Image
from readerstudy.studies.choices import StudyState
from tests.inference.factories import make_locked_study, make_ready_study, run_files
from tests.studies.factories import advance, make_person

STALE = timedelta(seconds=31)


@pytest.fixture(autouse=True)
def _small_batches(settings):
    settings.INFERENCE_BATCH_SIZE = 2
    settings.INFERENCE_PROVIDER = "cpu"
    settings.MODEL_RUN_STALE_SECONDS = 30


@pytest.fixture
def queued(coordinator, locked_study, single_model, now):
    """A run that waits: its message is never sent, since this test's transaction is never committed."""
    (run,) = start_runs(actor=coordinator, model=single_model, study=locked_study, now=now)
    return run


def state_of(run):
    run.refresh_from_db()
    return run.state, run.done, run.total


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
    assert queued.batch_size == 2
    assert {"python", "platform", "machine", "cores", "threads"} <= set(queued.environment)
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


def test_progress_is_stored_batch_by_batch(queued, now):
    seen = []

    def watch():
        seen.append(ModelRun.objects.values_list("done", flat=True).get(pk=queued.pk))
        return now

    execute_run(run_id=queued.pk, clock=watch)
    assert sorted(set(seen)) == [0, 2, 4, 5]


def test_a_finished_run_is_not_executed_again(queued, now):
    execute_run(run_id=queued.pk, clock=lambda: now)
    before = values_of(queued)
    assert execute_run(run_id=queued.pk, clock=lambda: now + STALE) is None
    assert values_of(queued) == before
    queued.refresh_from_db()
    assert queued.attempt == 1


def test_two_workers_never_have_the_same_run(queued, now):
    assert claim(queued.pk, now=now).attempt == 1
    assert claim(queued.pk, now=now) is None
    assert execute_run(run_id=queued.pk, clock=lambda: now) is None
    assert not Score.objects.exists()


class WorkerDied(BaseException):
    """No `except Exception` sees it."""


def dies_after(batches, now):
    """A clock that ends the process when so many batches are stored."""

    def tell():
        if Score.objects.count() >= 2 * batches:
            raise WorkerDied
        return now

    return tell


def test_a_run_whose_worker_died_is_finished_by_another_with_one_score_per_image(
    queued, now, coordinator, admin
):
    with pytest.raises(WorkerDied):
        execute_run(run_id=queued.pk, clock=dies_after(2, now))
    assert state_of(queued) == (RunState.RUNNING, 4, 5)
    before = values_of(queued)
    first_rows = set(queued.scores.values_list("pk", flat=True))

    assert execute_run(run_id=queued.pk, clock=lambda: now) is None, "the heartbeat is fresh"
    execute_run(run_id=queued.pk, clock=lambda: now + STALE)
    assert state_of(queued) == (RunState.DONE, 5, 5)
    assert queued.attempt == 2
    assert first_rows < set(queued.scores.values_list("pk", flat=True))
    assert before.items() <= values_of(queued).items()

    # The same values as a run that nobody disturbed.
    undisturbed = make_locked_study(admin=admin, coordinator=coordinator, now=now, title="Other")
    (run,) = start_runs(actor=coordinator, model=queued.artefact.model, study=undisturbed, now=now)
    execute_run(run_id=run.pk, clock=lambda: now)
    by_pixels = [
        dict(one.scores.values_list("image__pixels_sha256", "value")) for one in (queued, run)
    ]
    assert by_pixels[0] == pytest.approx(by_pixels[1], abs=1e-6)


def test_a_resumed_run_tells_of_its_attempts(queued, now):
    with pytest.raises(WorkerDied):
        execute_run(run_id=queued.pk, clock=dies_after(1, now))
    execute_run(run_id=queued.pk, clock=lambda: now + STALE)
    queued.refresh_from_db()
    attempts = queued.environment["attempts"]
    assert [(one["attempt"], one["done"]) for one in attempts] == [(1, 0), (2, 2)]
    assert queued.provider_used == "CPUExecutionProvider"


def test_a_worker_given_up_for_dead_writes_nothing_beside_its_successor(queued, now):
    old = claim(queued.pk, now=now)
    new = claim(queued.pk, now=now + STALE)
    assert (old.attempt, new.attempt) == (1, 2)
    with pytest.raises(SupersededError):
        keep(old, now=now)
    keep(new, now=now + STALE)


def test_a_worker_stops_when_its_run_is_taken_over(queued, now):
    taken = []

    def slow():
        if Score.objects.count() >= 2 and not taken:
            taken.append(claim(queued.pk, now=now + STALE))
        return now

    assert execute_run(run_id=queued.pk, clock=slow) is None
    assert state_of(queued) == (RunState.RUNNING, 2, 5)
    assert queued.attempt == 2


def test_heartbeats_go_on_until_the_run_is_another_workers(queued, now):
    run = claim(queued.pk, now=now)
    later = iter(now + timedelta(seconds=10 * n) for n in range(1, 9))
    waits = iter([False, False, True])
    beat(run, lambda: next(later), lambda _seconds: next(waits))
    run.refresh_from_db()
    assert run.heartbeat_at == now + timedelta(seconds=20)

    claim(queued.pk, now=now + 2 * STALE)
    beat(run, lambda: next(later), lambda _seconds: False)
    run.refresh_from_db()
    assert run.heartbeat_at == now + 2 * STALE


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


def test_a_run_that_kills_its_worker_again_and_again_is_given_up(queued, now, coordinator):
    for number in range(MOST_FRUITLESS_ATTEMPTS):
        networks._open.cache_clear()
        moment = now + number * STALE
        calls = iter([moment, moment])

        def dying(calls=calls):
            try:
                return next(calls)
            except StopIteration:
                raise WorkerDied from None

        with pytest.raises(WorkerDied):
            execute_run(run_id=queued.pk, clock=dying)
    execute_run(run_id=queued.pk, clock=lambda: now + 9 * STALE)
    assert state_of(queued) == (RunState.FAILED, 0, 5)
    assert "died 5 times" in queued.error

    retry_run(actor=coordinator, run=queued, now=now)
    execute_run(run_id=queued.pk, clock=lambda: now)
    assert state_of(queued) == (RunState.DONE, 5, 5)


def test_only_a_failed_run_is_tried_again(queued, now, coordinator):
    with pytest.raises(Conflict):
        retry_run(actor=coordinator, run=queued, now=now)


def test_withdrawn_cases_are_not_scored(queued, now):
    queued.study.study_cases.filter(pk=queued.study.study_cases.first().pk).update(withdrawn_at=now)
    execute_run(run_id=queued.pk, clock=lambda: now)
    assert state_of(queued) == (RunState.DONE, 4, 4)


def test_a_case_withdrawn_after_its_score_leaves_the_counts_whole(queued, now):
    with pytest.raises(WorkerDied):
        execute_run(run_id=queued.pk, clock=dies_after(1, now))
    scored = queued.scores.first().study_case
    queued.study.study_cases.filter(pk=scored.pk).update(withdrawn_at=now)
    execute_run(run_id=queued.pk, clock=lambda: now + STALE)
    assert state_of(queued) == (RunState.DONE, 5, 5)
    (scores,) = scores_of(study=queued.study)
    assert scores.values.shape == (1, 4)


# --- Starting -----------------------------------------------------------------------------------------


def test_every_training_run_is_started_once(coordinator, locked_study, model, now, admin):
    first = start_runs(actor=coordinator, model=model, study=locked_study, now=now)
    assert [run.artefact.label for run in first] == ["run-01", "run-02", "run-03"]
    assert start_runs(actor=coordinator, model=model, study=locked_study, now=now) == []
    later = {name.replace("01", "09"): content for name, content in run_files(1).items()}
    later["run-09.onnx"] = run_files(9)["run-09.onnx"]
    add_artefacts(actor=admin, model=model, files=later, now=now)
    (run,) = start_runs(actor=admin, model=model, study=locked_study, now=now)
    assert run.artefact.label == "run-09"


def test_runs_that_are_committed_go_to_the_worker(
    coordinator, locked_study, model, now, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        start_runs(actor=coordinator, model=model, study=locked_study, now=now)
    states = ModelRun.objects.values_list("state", flat=True)
    assert list(states) == [RunState.DONE] * 3
    assert Score.objects.count() == 15


def test_a_draft_is_not_run_over(admin, coordinator, model, now):
    study = make_ready_study(admin=admin, coordinator=coordinator, now=now)
    with pytest.raises(Conflict, match="must be locked"):
        start_runs(actor=coordinator, model=model, study=study, now=now)
    assert not ModelRun.objects.exists()


def test_an_archived_study_is_not_run_over(coordinator, locked_study, model, now):
    type(locked_study).objects.filter(pk=locked_study.pk).update(state=StudyState.ARCHIVED)
    with pytest.raises(Conflict, match="archived"):
        start_runs(actor=coordinator, model=model, study=locked_study, now=now)


def test_strangers_start_and_retry_nothing(locked_study, queued, single_model, now):
    stranger = make_person("other@example.org", role="coordinator")
    with pytest.raises(NotFound):
        start_runs(actor=stranger, model=single_model, study=locked_study, now=now)
    with pytest.raises(NotFound):
        retry_run(actor=stranger, run=queued, now=now)


# --- Recovery -----------------------------------------------------------------------------------------


def test_a_run_without_a_heartbeat_is_sent_again_and_finished(queued, now):
    claim(queued.pk, now=now)
    assert requeue_stale_runs(now=now) == 0
    with pytest.raises(WorkerDied):
        execute_run_from(queued, now)
    # Tasks run in place here: what is sent again is executed at once.
    assert requeue_stale_runs(now=now + 2 * STALE) == 1
    assert state_of(queued) == (RunState.DONE, 5, 5)


def execute_run_from(queued, now):
    moments = dies_after(1, now + STALE)
    execute_run(run_id=queued.pk, clock=moments)


def test_a_run_whose_message_was_lost_is_sent_again(queued, now):
    assert requeue_stale_runs(now=now) == 0
    assert requeue_stale_runs(now=now + STALE) == 1
    assert state_of(queued) == (RunState.DONE, 5, 5)
    assert requeue_stale_runs(now=now + 9 * STALE) == 0


def test_a_run_in_line_behind_another_is_not_sent_again(coordinator, locked_study, model, now):
    first, *others = start_runs(actor=coordinator, model=model, study=locked_study, now=now)
    claim(first.pk, now=now + STALE)
    assert requeue_stale_runs(now=now + STALE) == 0
    assert {state_of(run)[0] for run in others} == {RunState.QUEUED}


# --- The lock and what results are told ---------------------------------------------------------------


def test_a_planned_models_hashes_become_part_of_the_lock(admin, coordinator, model, now):
    study = make_ready_study(admin=admin, coordinator=coordinator, now=now)
    plan_model(actor=coordinator, study=study, model=model, planned=True, now=now)
    study = advance(study, StudyState.LOCKED, coordinator=coordinator, now=now)
    (planned,) = study.versions.get().manifest["sections"]["models"]["planned"]
    assert planned["id"] == model.public_id
    hashes = [(one.label, one.sha256, one.spec_sha256) for one in model.artefacts.all()]
    assert [tuple(run.values()) for run in planned["training_runs"]] == hashes
    with pytest.raises(Conflict, match="fixed"):
        plan_model(actor=coordinator, study=study, model=model, planned=False, now=now)


def test_a_model_can_be_taken_out_of_a_draft(admin, coordinator, model, now):
    study = make_ready_study(admin=admin, coordinator=coordinator, now=now)
    for planned in (True, True, False):
        plan_model(actor=coordinator, study=study, model=model, planned=planned, now=now)
    study = advance(study, StudyState.LOCKED, coordinator=coordinator, now=now)
    assert study.versions.get().manifest["sections"]["models"] == {"planned": []}


def test_a_planned_model_without_training_runs_stops_the_lock(admin, coordinator, model, now):
    from inference.services import create_model

    study = make_ready_study(admin=admin, coordinator=coordinator, now=now)
    empty = create_model(actor=admin, name="Empty", now=now)
    plan_model(actor=coordinator, study=study, model=empty, planned=True, now=now)
    with pytest.raises(Conflict, match="Empty is planned, but has no training run"):
        advance(study, StudyState.LOCKED, coordinator=coordinator, now=now)


def run_all(actor, model, study, now):
    for run in start_runs(actor=actor, model=model, study=study, now=now):
        execute_run(run_id=run.pk, clock=lambda: now)


def test_scores_are_told_by_model_run_and_case_with_the_mean_of_a_cases_images(
    admin, coordinator, model, now
):
    study = make_locked_study(
        admin=admin, coordinator=coordinator, now=now, cases=3, images_per_case=2
    )
    run_all(coordinator, model, study, now)
    (found,) = scores_of(study=study)
    assert found.model == model
    assert found.labels == ("run-01", "run-02", "run-03")
    assert found.artefact_sha256 == tuple(model.artefacts.values_list("sha256", flat=True))
    assert found.study_case_ids == tuple(
        study.study_cases.order_by("public_id").values_list("pk", flat=True)
    )
    assert found.values.shape == (3, 3)
    for row, label in enumerate(found.labels):
        for column, case in enumerate(found.study_case_ids):
            scores = Score.objects.filter(run__artefact__label=label, study_case=case)
            assert scores.count() == 2
            mean = sum(score.value for score in scores) / 2
            assert found.values[row, column] == pytest.approx(mean, abs=1e-12)


def test_runs_that_are_not_complete_are_left_out(coordinator, locked_study, model, now):
    first, second, third = start_runs(actor=coordinator, model=model, study=locked_study, now=now)
    assert scores_of(study=locked_study) == []
    execute_run(run_id=first.pk, clock=lambda: now)
    with pytest.raises(WorkerDied):
        execute_run(run_id=second.pk, clock=dies_after(3, now))
    (found,) = scores_of(study=locked_study)
    assert found.labels == ("run-01",)
    assert np.isfinite(found.values).all()
    assert state_of(third)[0] == RunState.QUEUED


def test_only_training_runs_that_were_locked_are_prespecified(admin, coordinator, now, model):
    study = make_ready_study(admin=admin, coordinator=coordinator, now=now)
    plan_model(actor=coordinator, study=study, model=model, planned=True, now=now)
    study = advance(study, StudyState.LOCKED, coordinator=coordinator, now=now)
    run_all(coordinator, model, study, now)
    assert [one.prespecified for one in scores_of(study=study)] == [True]
    files = {"run-09.onnx": run_files(9)["run-09.onnx"], "run-09.json": run_files(1)["run-01.json"]}
    add_artefacts(actor=admin, model=model, files=files, now=now)
    run_all(coordinator, model, study, now)
    assert [one.prespecified for one in scores_of(study=study)] == [False]


def test_a_model_that_was_not_planned_is_not_prespecified(
    coordinator, locked_study, single_model, now
):
    run_all(coordinator, single_model, locked_study, now)
    assert [one.prespecified for one in scores_of(study=locked_study)] == [False]
