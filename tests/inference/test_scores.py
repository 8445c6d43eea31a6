"""What the results are told."""

import numpy as np
import pytest

from inference.choices import RunState
from inference.models import Score
from inference.selectors import scores_of
from inference.services import (
    add_artefacts,
    create_model,
    execute_run,
    plan_model,
    start_runs,
)
from readerstudy.studies.choices import StudyState
from tests.inference.factories import (
    WorkerDied,
    dies_after,
    make_locked_study,
    make_ready_study,
    run_all,
    run_files,
    spec_bytes,
    state_of,
)
from tests.studies.factories import advance


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


@pytest.mark.parametrize("state", [RunState.QUEUED, RunState.RUNNING, RunState.FAILED])
def test_a_run_that_is_not_done_tells_nothing_even_with_every_score(
    admin, coordinator, model, now, state
):
    study = make_locked_study(admin=admin, coordinator=coordinator, now=now, cases=3)
    run_all(coordinator, model, study, now)
    study.model_runs.filter(artefact__label="run-02").update(state=state)
    (found,) = scores_of(study=study)
    assert found.labels == ("run-01", "run-03")


def test_the_thresholds_on_the_cards_are_told_as_numbers(admin, coordinator, now):
    study = make_locked_study(admin=admin, coordinator=coordinator, now=now, cases=3)
    model = create_model(actor=admin, name="With a card", training_data="Ten images", now=now)
    named = spec_bytes(threshold={"value": 0.4, "prespecified": True})
    files = {**run_files(2), "run-02.json": named}
    add_artefacts(actor=admin, model=model, files=files, now=now)
    run_all(coordinator, model, study, now)
    (found,) = scores_of(study=study)
    assert found.thresholds == (None, 0.4)
