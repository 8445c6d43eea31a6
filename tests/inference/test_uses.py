"""How often a set of cases was used is told at the lock and on the image set's page."""

from django.urls import reverse

from inference.uses import verify_uses
from readerstudy.studies.choices import StudyState
from tests.inference.factories import run_all
from tests.studies.factories import advance, invite, make_study


def test_the_uses_before_are_shown_and_fixed_at_the_lock(
    client, coordinator, locked_study, model, now
):
    run_all(coordinator, model, locked_study, now)
    again = make_study(
        admin=model.created_by,
        coordinator=coordinator,
        now=now,
        title="Once more",
        image_set=locked_study.image_set,
    )
    invite(again, coordinator=coordinator, now=now, email="again@example.org")
    client.force_login(coordinator)
    shown = client.get(reverse("studies:transition", args=[again.slug])).content.decode()
    assert "1 other locked study, 3 model runs." in shown
    advance(again, StudyState.LOCKED, coordinator=coordinator, now=now)
    section = again.versions.get().manifest["sections"]["uses_of_the_cases"]
    assert section == {"studies": 1, "model_runs": 3}
    page = client.get(reverse("images:detail", args=[again.image_set.public_id]))
    assert "2 locked studies, 3 model runs" in page.content.decode()


def test_the_first_study_counts_nothing_before_it(locked_study):
    section = locked_study.versions.get().manifest["sections"]["uses_of_the_cases"]
    assert section == {"studies": 0, "model_runs": 0}


def test_uses_that_have_vanished_are_a_fault_of_the_lock(locked_study):
    assert list(verify_uses(locked_study, {"studies": 0, "model_runs": 0})) == []
    assert list(verify_uses(locked_study, {"studies": 0, "model_runs": 2})) == [
        "At the lock the cases had 2 model runs besides the study, but there are 0."
    ]
