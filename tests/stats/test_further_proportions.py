"""Agresti and Coull's and Jeffreys' intervals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, norm

from readerstudy.stats import StatisticsInputError, wilson
from readerstudy.stats.further_proportions import agresti_coull, jeffreys, wilson_limits
from tests.stats.strategies import steady

shares = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
levels = st.sampled_from([0.8, 0.95, 0.99])


@steady
@given(shares, levels)
def test_agresti_coull_is_walds_interval_after_adding_z_squared_cases(share, level):
    (x, n), z2 = share, norm.ppf((1 + level) / 2) ** 2
    p = (x + z2 / 2) / (n + z2)
    half = (z2 * p * (1 - p) / (n + z2)) ** 0.5
    found, twin = agresti_coull(x, n, level), wilson(x, n, level)
    assert (found.low, found.high) == pytest.approx((max(p - half, 0), min(p + half, 1)))
    assert found.value == x / n
    assert found.low <= twin.low + 1e-12
    assert found.high >= twin.high - 1e-12


@steady
@given(shares, levels)
def test_jeffreys_interval_leaves_equal_tails_of_its_posterior(share, level):
    (x, n), tail = share, (1 - level) / 2
    found = jeffreys(x, n, level)
    posterior = beta(x + 0.5, n - x + 0.5)
    assert found.low == 0 if x == 0 else posterior.cdf(found.low) == pytest.approx(tail)
    assert found.high == 1 if x == n else posterior.sf(found.high) == pytest.approx(tail)
    assert found.low <= found.value <= found.high


@steady
@given(shares, st.sampled_from([agresti_coull, jeffreys]))
def test_counting_failures_mirrors_the_interval(share, interval):
    found, turned = (interval(share[0], share[1]), interval(share[1] - share[0], share[1]))  # fmt: skip
    assert (turned.low, turned.high) == pytest.approx((1 - found.high, 1 - found.low), abs=1e-12)


@pytest.mark.parametrize("interval", [agresti_coull, jeffreys])
def test_of_no_case_there_is_no_proportion(interval):
    found = interval(0, 0)
    assert (found.value, found.low, found.n) == (None, None, 0)
    assert found.reason == "There is no case to take the proportion of."
    assert found.method != wilson(0, 0).method
    with pytest.raises(StatisticsInputError, match="3 of 2 is no proportion"):
        interval(3, 2)
    with pytest.raises(StatisticsInputError, match="confidence level"):
        interval(1, 2, 1.0)


def test_limits_to_join_need_a_case():
    assert wilson_limits(1, 2, 0.95)[0] == 0.5
    with pytest.raises(StatisticsInputError, match="no case"):
        wilson_limits(0, 0, 0.95)
