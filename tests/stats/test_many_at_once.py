"""What is computed for many readers at once is what is computed for each of them."""

import numpy as np
import pytest

from readerstudy.stats import StatisticsInputError, paired_test, paired_tests, predictive_values
from readerstudy.stats.net_benefit import mean_net_benefit, readers_net_benefit

TRUTH = np.array([1] * 6 + [0] * 14)


def test_paired_tests_of_many_readings_are_those_of_each_pair():
    rng = np.random.default_rng(1)
    first = np.round(rng.normal(size=(5, 20)) + TRUTH, 1)
    second = np.round(rng.normal(size=(5, 20)) + TRUTH, 1)
    second[2] = first[2] * 3
    found = paired_tests(TRUTH, first, second)
    assert list(found) == [paired_test(TRUTH, a, b) for a, b in zip(first, second, strict=True)]
    assert found[2].low is None
    assert "rank the cases alike" in found[2].reason


def test_readings_that_have_no_partner_are_refused():
    with pytest.raises(StatisticsInputError, match="cannot be paired"):
        paired_tests(TRUTH, np.ones((2, 20)), np.ones((3, 20)))


@pytest.mark.parametrize("prevalence", [None, 0.03])
@pytest.mark.parametrize("missing", [False, True])
def test_mean_net_benefit_is_that_of_the_readers_own_curves(prevalence, missing):
    decisions = np.random.default_rng(2).integers(0, 2, size=(4, 20))
    if missing:
        decisions[1, 3] = -1
    thresholds = [0.05, 0.2, 0.5]
    values, means = mean_net_benefit(TRUTH, decisions, thresholds, prevalence=prevalence)
    slow = readers_net_benefit(TRUTH, decisions, thresholds, prevalence=prevalence)
    assert values == pytest.approx(np.array([[p.net_benefit for p in one.points] for one in slow.readers]))  # fmt: skip
    for fast, one in zip(means, slow.mean, strict=True):
        assert fast.value == pytest.approx(one.value)
        assert (fast.low is None) == missing == (one.low is None)
        if not missing:
            assert (fast.low, fast.high) == pytest.approx((one.low, one.high))


def test_net_benefit_of_a_reader_counts_true_and_false_positives():
    decisions = np.zeros((1, 20), int)
    decisions[0, :4] = decisions[0, 6:9] = 1
    values, _means = mean_net_benefit(TRUTH, decisions, [0.25])
    assert values[0, 0] == pytest.approx(4 / 20 - 3 / 20 * (0.25 / 0.75))


def test_predictive_values_are_the_shares_in_ten_thousand_people():
    ppv, npv = predictive_values(0.9, 0.6, 0.02)
    ill, well = 200, 9_800
    assert ppv == pytest.approx(0.9 * ill / (0.9 * ill + 0.4 * well))
    assert npv == pytest.approx(0.6 * well / (0.6 * well + 0.1 * ill))


def test_predictive_values_without_anybody_called_so_are_none():
    assert predictive_values(0.0, 1.0, 0.1) == (None, pytest.approx(0.9))
    assert predictive_values(1.0, 0.0, 0.1) == (pytest.approx(0.1), None)
    with pytest.raises(StatisticsInputError, match="between 0 and 1"):
        predictive_values(0.5, 0.5, 0.0)
