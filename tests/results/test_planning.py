"""What a design can find: more with more readers and cases, and nothing where no formula holds."""

import pytest

from readerstudy.results.planning import TARGET, plan_of, smallest_difference
from readerstudy.stats.design import expected_components, power, roe_metz_structure
from readerstudy.studies.choices import DesignKind
from readerstudy.studies.services import update_design
from tests.studies.factories import make_study


def test_the_smallest_difference_has_the_power_and_a_smaller_one_has_not():
    found = smallest_difference(8, 100, compares_arms=True)
    model = roe_metz_structure("HH", 1.5, n_readers=8, n_negative=50, n_positive=50)
    components = expected_components(model)
    assert power(components, 8, 100, found).power >= TARGET
    assert power(components, 8, 100, found - 1e-6).power < TARGET


@pytest.mark.parametrize("compares_arms", [True, False])
def test_more_readers_and_more_cases_find_less(compares_arms):
    few, readers, cases = (
        smallest_difference(*size, compares_arms=compares_arms)
        for size in ((5, 100), (20, 100), (5, 400))
    )
    assert readers < few
    assert cases < few


@pytest.mark.parametrize("size", [(1, 100), (8, 1), (2, 4)])
def test_too_small_a_study_finds_nothing(size):
    assert smallest_difference(*size, compares_arms=True) is None


def test_a_design_that_is_not_crossed_is_told(admin, coordinator, now):
    study = make_study(admin=admin, coordinator=coordinator, now=now)
    assert plan_of(study, readers=8, cases=100).smallest > 0
    update_design(actor=coordinator, study=study, kind=DesignKind.BLOCKS, now=now)
    study.refresh_from_db()
    plan = plan_of(study, readers=8, cases=100)
    assert (plan.is_crossed, plan.smallest) == (False, None)


def test_the_page_of_a_draft_says_it(client, admin, coordinator, now):
    study = make_study(admin=admin, coordinator=coordinator, now=now, cases=100, readers=6)
    client.force_login(coordinator)
    content = client.get(f"/studies/{study.slug}/design/").content.decode()
    assert "With 6 readers and 100 cases," in content
    assert f"{smallest_difference(6, 100, compares_arms=False):.3f}" in content
