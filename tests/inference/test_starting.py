"""Runs are started, and models are planned."""

from datetime import timedelta

import pytest

from inference.choices import ModelKind, RunState
from inference.models import Model, ModelRun, PlannedModel, Score
from inference.services import (
    add_artefacts,
    create_model,
    plan_model,
    retry_run,
    start_runs,
)
from readerstudy.core.errors import Conflict, NotFound
from readerstudy.studies.choices import StudyState
from readerstudy.studies.services import copy_study
from tests.inference.factories import make_ready_study, run_files
from tests.studies.factories import advance, make_person

STALE = timedelta(seconds=31)


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
    study = make_ready_study(admin=admin, coordinator=coordinator, now=now)
    empty = create_model(actor=admin, name="Empty", now=now)
    plan_model(actor=coordinator, study=study, model=empty, planned=True, now=now)
    with pytest.raises(Conflict, match="Empty is planned, but has no training run"):
        advance(study, StudyState.LOCKED, coordinator=coordinator, now=now)


def test_a_copied_study_is_planned_with_the_same_models_but_those_of_the_other_study_alone(
    admin, coordinator, model, single_model, now
):
    study = make_ready_study(admin=admin, coordinator=coordinator, now=now)
    for one in (model, single_model):
        plan_model(actor=coordinator, study=study, model=one, planned=True, now=now)
    Model.objects.filter(pk=single_model.pk).update(study=study, kind=ModelKind.EXTERNAL)
    copy = copy_study(actor=coordinator, source=study, title="Second panel", now=now)
    assert [row.model for row in PlannedModel.objects.filter(study=copy)] == [model]
    assert PlannedModel.objects.filter(study=study).count() == 2
