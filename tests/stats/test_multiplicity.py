"""P values adjusted for several hypotheses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readerstudy.stats import StatisticsInputError
from readerstudy.stats.multiplicity import hochberg, holm
from tests.stats.strategies import steady
from tests.stats.twins_single import closed_testing, step_up

lists_of_p = st.lists(st.sampled_from([0, 0.001, 0.01, 0.02, 0.02, 0.03, 0.2, 0.6, 1]), min_size=1, max_size=6)  # fmt: skip


@steady
@given(lists_of_p)
def test_holm_is_the_closed_test_of_bonferroni(p):
    assert holm(p).adjusted == pytest.approx(closed_testing(p), abs=1e-15)


@steady
@given(lists_of_p)
def test_hochberg_is_the_step_up_rule_and_never_above_holm(p):
    adjusted = hochberg(p).adjusted
    assert adjusted == pytest.approx(step_up(p), abs=1e-15)
    assert all(a <= b + 1e-15 for a, b in zip(adjusted, holm(p).adjusted, strict=True))


@steady
@given(lists_of_p, st.randoms(use_true_random=False))
def test_the_order_of_the_hypotheses_does_not_matter(p, random):
    order = list(range(len(p)))
    random.shuffle(order)
    for adjust in (holm, hochberg):
        told = adjust(p).adjusted
        assert adjust([p[k] for k in order]).adjusted == pytest.approx([told[k] for k in order])


def test_a_worked_example():
    # By hand: sorted, times 4, 3, 2, 1; Holm then never falls, Hochberg never rises backwards.
    found = holm([0.01, 0.04, 0.03, 0.005])
    assert found.adjusted == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert found.n == 4
    assert found.reason is None
    assert hochberg([0.01, 0.04, 0.03, 0.005]).adjusted == pytest.approx((0.03, 0.04, 0.04, 0.02))


def test_a_missing_p_stays_missing_and_does_not_count():
    found = holm([0.01, None, 0.02])
    assert found.adjusted == pytest.approx((0.02, None, 0.02))
    assert found.n == 2
    assert "stays without one" in found.reason
    assert hochberg([None, 0.02]).adjusted == (None, 0.02)


@pytest.mark.parametrize("p", [[], [None, None]])
def test_without_p_values_there_is_nothing_to_adjust(p):
    found = holm(p)
    assert found.adjusted == tuple(p)
    assert found.reason == "There is no p value to adjust."
    assert found.as_dict()["n"] == 0


@pytest.mark.parametrize("p", [[-0.1], [1.1], [float("nan")]])
def test_a_p_outside_zero_to_one_is_refused(p):
    with pytest.raises(StatisticsInputError, match="between 0 and 1, or be None"):
        holm(p)
