"""Ensembles: what they are made of, what they score, and that they can be made again."""

import numpy as np
import pytest
from django.core.files.storage import default_storage
from django.db.models import QuerySet

from inference.choices import EnsembleRule, ModelKind, RunState
from inference.ensembles import combine, recomputed
from inference.models import Model, ModelRun, Score
from inference.selectors import scores_of
from inference.services import load_scores, make_ensemble, start_runs
from inference.verifying import derived_faults
from readerstudy.core.audit import first_broken_event
from readerstudy.core.errors import DomainError, NotFound
from readerstudy.studies.choices import StudyState
from tests.inference.factories import make_locked_study, run_all
from tests.unguarded import unguarded


def ensemble(actor, study, runs, now, **changes):
    given = {"name": "All three", **changes}
    return make_ensemble(actor=actor, study=study, runs=runs, now=now, **given)


def by_case(run):
    rows = run.scores.order_by("study_case__public_id").values_list("study_case_id", "value")
    found = {}
    for case, value in rows:
        found.setdefault(case, []).append(value)
    return {case: float(np.mean(values)) for case, values in found.items()}


@pytest.mark.parametrize(("rule", "along"), [("mean", np.mean), ("median", np.median)])
def test_a_case_has_the_mean_or_median_of_its_members(  # noqa: PLR0917 (fixtures)
    coordinator, locked_study, runs, now, rule, along
):
    run = ensemble(coordinator, locked_study, runs, now, rule=rule)
    members = [by_case(one) for one in runs]
    assert (run.state, run.done, run.total) == (RunState.DONE, 5, 5)
    for case, value in by_case(run).items():
        assert value == pytest.approx(along([one[case] for one in members]), abs=1e-12)


def test_a_case_of_several_images_counts_with_its_mean(admin, coordinator, model, now):
    study = make_locked_study(
        admin=admin, coordinator=coordinator, now=now, cases=2, images_per_case=2
    )
    members = run_all(coordinator, model, study, now)
    run = ensemble(coordinator, study, members, now)
    tables = [by_case(one) for one in members]
    assert run.done == 2
    for case, value in by_case(run).items():
        assert value == pytest.approx(np.mean([one[case] for one in tables]), abs=1e-12)


def test_provenance_names_the_rule_and_every_member(coordinator, locked_study, runs, now):
    run = ensemble(coordinator, locked_study, runs[:2], now)
    assert run.artefact.model.kind == ModelKind.ENSEMBLE
    assert run.artefact.model.marked_name == "All three (ensemble)"
    assert run.environment["rule"] == "mean"
    assert [one["run"] for one in run.environment["members"]] == [
        one.public_id for one in sorted(runs[:2], key=lambda one: one.artefact.label)
    ]
    assert run.environment["members"][0]["sha256"] == runs[0].artefact_sha256
    assert first_broken_event() is None


def test_members_may_come_from_elsewhere(coordinator, locked_study, runs, now):
    names = locked_study.study_cases.values_list("public_id", flat=True)
    content = ("case,score\n" + "".join(f"{name},0.5\n" for name in names)).encode()
    (outside,) = load_scores(
        actor=coordinator,
        study=locked_study,
        name="Other",
        version="1",
        content=content,
        file_name="a.csv",
        now=now,
    ).runs
    run = ensemble(coordinator, locked_study, [runs[0], outside], now)
    first = by_case(runs[0])
    for case, value in by_case(run).items():
        assert value == pytest.approx((first[case] + 0.5) / 2, abs=1e-12)


def test_the_results_are_told_the_ensemble_as_a_model_that_was_not_planned(
    coordinator, locked_study, runs, now
):
    ensemble(coordinator, locked_study, runs, now)
    found = {one.model.name: one for one in scores_of(study=locked_study)}
    assert found["All three"].values.shape == (1, 5)
    assert found["All three"].prespecified is False
    expected = found["Small CNN"].values.mean(axis=0)
    assert found["All three"].values[0] == pytest.approx(expected, abs=1e-12)


def test_it_can_be_made_again_and_a_change_is_found(coordinator, locked_study, runs, now):
    run = ensemble(coordinator, locked_study, runs, now)
    assert recomputed(run) == 0
    assert list(derived_faults(locked_study)) == []
    score = run.scores.first()
    QuerySet.update(Score.objects.filter(pk=score.pk), value=score.value + 0.25)
    assert recomputed(run) == pytest.approx(0.25)
    assert list(derived_faults(locked_study)) == [
        "All three mean has other scores than its file or its members say."
    ]


def test_a_withdrawn_case_changes_no_other(coordinator, locked_study, runs, now):
    run = ensemble(coordinator, locked_study, runs, now)
    case = locked_study.study_cases.first()
    type(case).objects.filter(pk=case.pk).update(withdrawn_at=now)
    assert recomputed(run) == 0


def refused(actor, study, runs, now, **changes):
    count = Model.objects.count()
    _, before = default_storage.listdir("models")
    with pytest.raises(DomainError) as caught:
        ensemble(actor, study, runs, now, **changes)
    assert Model.objects.count() == count
    assert default_storage.listdir("models")[1] == before
    return caught.value.problems[0].code


def test_what_is_no_ensemble_is_refused(  # noqa: PLR0917 (fixtures)
    admin, coordinator, model, locked_study, runs, now
):
    other = make_locked_study(admin=admin, coordinator=coordinator, now=now, title="Other")
    foreign = run_all(coordinator, model, other, now)
    made = ensemble(coordinator, locked_study, runs, now)
    for code, members, changes in [
        ("too_few", runs[:1], {}),
        ("too_few", [runs[0], runs[0]], {}),
        ("other_study", [runs[0], foreign[1]], {}),
        ("nested", [runs[0], made], {}),
        ("unknown_rule", runs, {"rule": "best"}),
        ("blank", runs, {"name": " "}),
        ("unique", runs, {"name": "Small CNN"}),
    ]:
        assert refused(coordinator, locked_study, members, now, **changes) == code


@pytest.mark.parametrize("state", [RunState.QUEUED, RunState.RUNNING, RunState.FAILED])
def test_members_must_be_done(coordinator, locked_study, runs, now, state):
    ModelRun.objects.filter(pk=runs[1].pk).update(state=state)
    assert refused(coordinator, locked_study, runs, now) == "member_not_done"


def test_members_must_have_scored_every_case(coordinator, locked_study, runs, now):
    with unguarded():
        QuerySet._raw_delete(Score.objects.filter(pk=runs[0].scores.first().pk), using="default")
    assert refused(coordinator, locked_study, runs, now) == "not_complete"


def test_none_is_made_of_an_archived_study_nor_by_others(
    coordinator, stranger, locked_study, runs, now
):
    with pytest.raises(NotFound):
        ensemble(stranger, locked_study, runs, now)
    type(locked_study).objects.filter(pk=locked_study.pk).update(state=StudyState.ARCHIVED)
    assert refused(coordinator, locked_study, runs, now) == "wrong_state"


def test_started_again_there_is_nothing_to_do(coordinator, locked_study, runs, now):
    run = ensemble(coordinator, locked_study, runs, now)
    model = run.artefact.model
    assert start_runs(actor=coordinator, model=model, study=locked_study, now=now) == []


def test_the_rules_on_a_table():
    table = np.array([[0.0, 0.5], [0.2, 0.5], [1.0, 0.8]])
    assert combine(table, EnsembleRule.MEAN) == pytest.approx([0.4, 0.6])
    assert combine(table, EnsembleRule.MEDIAN) == pytest.approx([0.2, 0.5])
