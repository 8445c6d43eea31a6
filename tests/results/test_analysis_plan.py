"""The analysis plan: made in the draft, fixed by the lock, verified after it, and in the reading table."""

import dataclasses

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from readerstudy.core.errors import Conflict, InvalidInput, InvalidInputs, NotAllowed
from readerstudy.core.models import AuditEvent
from readerstudy.results.analysis_plan import (
    analysis_plan_of,
    drop_analysis_plan,
    locked_plan,
    plan_analysis,
    plan_fields,
)
from readerstudy.results.gathering import reading_table
from readerstudy.results.models import StudyPlan
from readerstudy.results.table import AnalysisPlan
from readerstudy.studies.hooks import verify_sections
from readerstudy.studies.services import copy_study
from readerstudy.studies.verifying import faults_of
from tests.studies.factories import advance, invite, make_study
from tests.truth.factories import record_truth

PLANNED = {
    "primary": "fixed_threshold",
    "alpha": 0.01,
    "margin": 0.05,
    "prevalence": 0.02,
    "prevalence_source": "Cancer registry 2024",
}


@pytest.fixture
def draft(admin, coordinator, now):
    study = make_study(admin=admin, coordinator=coordinator, now=now)
    record_truth(admin=admin, image_set=study.image_set, now=now)
    invite(study, coordinator=coordinator, now=now, email="first@example.org")
    return study


@pytest.fixture
def planned(draft, coordinator, now):
    plan_analysis(actor=coordinator, study=draft, now=now, **PLANNED)
    return draft


def verification(study):
    return [fault for fault in faults_of(study, with_files=False) if "analysis plan" in fault]


def test_a_study_without_a_plan_is_locked_as_unplanned_and_verified(draft, coordinator, now):
    locked = advance(draft, "locked", coordinator=coordinator, now=now)
    assert locked.versions.get().manifest["sections"]["analysis_plan"] == {}
    assert locked_plan(locked) == AnalysisPlan(is_prespecified=False)
    assert verification(locked) == []
    StudyPlan.objects.create(study=locked)
    assert len(verification(locked)) == 3
    assert not locked_plan(locked).is_prespecified


def test_the_plan_is_in_the_lock_and_in_the_reading_table(planned, coordinator, now):
    study = advance(planned, "unblinded", coordinator=coordinator, now=now)
    expected = AnalysisPlan(is_prespecified=True, **PLANNED)
    assert locked_plan(study) == expected
    assert reading_table(study=study, actor=coordinator, now=now).plan == expected


def test_a_plan_changed_behind_the_services_is_found_and_not_followed(planned, coordinator, now):
    locked = advance(planned, "locked", coordinator=coordinator, now=now)
    assert verification(locked) == []
    StudyPlan.objects.filter(study=locked).update(margin=0.2)
    assert verification(locked) == ["The analysis plan is not as it was locked: margin."]
    assert locked_plan(locked).margin == 0.05


def test_a_study_locked_before_there_were_plans_is_verified(draft, coordinator, now):
    locked = advance(draft, "locked", coordinator=coordinator, now=now)
    version = locked.versions.get()
    del version.manifest["sections"]["analysis_plan"]
    faults = list(verify_sections(locked, version.manifest["sections"]))
    assert not [fault for fault in faults if "plan" in fault]


def test_after_the_lock_nothing_is_planned_and_nothing_taken_back(planned, coordinator, now):
    locked = advance(planned, "locked", coordinator=coordinator, now=now)
    with pytest.raises(Conflict):
        plan_analysis(actor=coordinator, study=locked, now=now, alpha=0.1)
    with pytest.raises(Conflict):
        drop_analysis_plan(actor=coordinator, study=locked, now=now)
    assert plan_fields(analysis_plan_of(locked)) == PLANNED


def test_only_coordinators_plan(draft, reader_user, now):
    with pytest.raises(NotAllowed):
        plan_analysis(actor=reader_user, study=draft, now=now, alpha=0.1)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"primary": "kappa"}, "primary"),
        ({"alpha": 0}, "alpha"),
        ({"alpha": 0.3}, "alpha"),
        ({"alpha": float("nan")}, "alpha"),
        ({"margin": 0}, "margin"),
        ({"margin": 0.5}, "margin"),
        ({"prevalence": 1, "prevalence_source": "x"}, "prevalence"),
        ({"prevalence": 0.1, "prevalence_source": " "}, "prevalence_source"),
        ({"prevalence_source": "x"}, "prevalence"),
        ({"shoe_size": 43}, "shoe_size"),
    ],
)
def test_a_value_that_cannot_be_changes_nothing(draft, coordinator, now, fields, field):
    with pytest.raises((InvalidInput, InvalidInputs)) as error:
        plan_analysis(actor=coordinator, study=draft, now=now, **fields)
    assert [problem.field for problem in error.value.problems] == [field]
    assert analysis_plan_of(draft) is None


@pytest.mark.parametrize(
    "fields",
    [{"primary": "kappa"}, {"alpha": 0.3}, {"margin": 0.6}, {"prevalence": 0.1}],
)
def test_the_database_refuses_it_too(draft, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        StudyPlan.objects.create(study=draft, **fields)


def test_a_change_is_audited_once_with_what_was_planned(planned, coordinator, now):
    plan_analysis(actor=coordinator, study=planned, now=now, **PLANNED)
    event = AuditEvent.objects.get(verb="study.analysis_planned")
    assert event.data == PLANNED
    drop_analysis_plan(actor=coordinator, study=planned, now=now)
    drop_analysis_plan(actor=coordinator, study=planned, now=now)
    assert AuditEvent.objects.filter(verb="study.analysis_plan_dropped").count() == 1
    assert analysis_plan_of(planned) is None


def test_a_copied_study_has_the_plan_of_its_source(planned, coordinator, now):
    copy = copy_study(actor=coordinator, source=planned, title="Again", now=now)
    assert plan_fields(analysis_plan_of(copy)) == PLANNED


def test_the_page_saves_shows_and_takes_back(draft, coordinator, client, now):
    client.force_login(coordinator)
    page, drop = (reverse(f"results:{name}", args=[draft.slug]) for name in ("plan", "plan-drop"))
    assert (
        reverse("results:plan", args=[draft.slug])
        in client.get(reverse("studies:design", args=[draft.slug])).content.decode()
    )
    assert client.post(page, {**PLANNED, "alpha": "0.3"}).status_code == 400
    assert client.post(page, PLANNED).status_code == 302
    assert plan_fields(analysis_plan_of(draft)) == PLANNED
    assert client.post(drop).status_code == 302
    assert analysis_plan_of(draft) is None
    client.post(page, {**PLANNED, "margin": "", "prevalence": "", "prevalence_source": ""})
    plan = analysis_plan_of(draft)
    assert (plan.margin, plan.prevalence) == (None, None)
    advance(draft, "locked", coordinator=coordinator, now=now)
    shown = client.get(page).content.decode()
    assert "<form method" not in shown.split("<main")[1].split("</main>")[0]
    assert "superiority alone" in shown
    assert client.post(page, PLANNED).status_code == 409


def test_strangers_and_readers_find_no_plan(planned, reader_user, admin, client):
    page = reverse("results:plan", args=[planned.slug])
    client.force_login(reader_user)
    assert client.get(page).status_code == 404
    client.force_login(admin)
    assert client.get(page).status_code == 200
    assert client.post(page, PLANNED).status_code == 404


def test_every_field_of_the_plan_is_in_the_dataclass():
    names = {field.name for field in dataclasses.fields(AnalysisPlan)}
    assert names == {"is_prespecified", *PLANNED}
