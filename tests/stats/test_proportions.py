"""Wilson and Clopper-Pearson against their definitions; the 2 × 2 table."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from readerstudy import stats
from tests.stats.strategies import steady


@pytest.mark.parametrize(
    ("estimator", "method"), [(stats.wilson, "wilson"), (stats.clopper_pearson, "exact")]
)
@steady
@given(st.integers(1, 145), st.data())
def test_intervals_are_those_of_scipy(estimator, method, n, data):
    successes = data.draw(st.integers(0, n))
    estimate = estimator(successes, n, 0.9)
    expected = binomtest(successes, n).proportion_ci(0.9, method=method)
    assert estimate.value == successes / n
    assert estimate.low == pytest.approx(expected.low, abs=1e-9)
    assert estimate.high == pytest.approx(expected.high, abs=1e-9)
    assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1


@pytest.mark.parametrize("estimator", [stats.wilson, stats.clopper_pearson])
def test_no_case_has_no_proportion_and_says_so(estimator):
    estimate = estimator(0, 0)
    assert (estimate.value, estimate.low, estimate.high) == (None, None, None)
    assert "no case" in estimate.reason


@pytest.mark.parametrize(("successes", "n"), [(3, 2), (-1, 2), (0, -1), (0.5, 2)])
@pytest.mark.parametrize("estimator", [stats.wilson, stats.clopper_pearson])
def test_more_successes_than_cases_are_refused(estimator, successes, n):
    with pytest.raises(stats.StatisticsInputError, match="is no proportion"):
        estimator(successes, n)


def test_the_two_by_two_table_counts_the_answers_given():
    table = stats.confusion_table([1, 1, 1, 0, 0, 0, 0], [1, 0, -1, 0, 0, 1, -1])
    assert (table.tp, table.fn, table.tn, table.fp) == (1, 1, 2, 1)
    assert table.sensitivity() == stats.wilson(1, 2)
    assert table.specificity(0.9) == stats.wilson(2, 3, 0.9)
    assert json.loads(json.dumps(table.as_dict(), allow_nan=False))["specificity"]["n"] == 3


def test_a_table_without_answers_to_positive_cases_has_no_sensitivity():
    table = stats.confusion_table([1, 0], [-1, 0])
    assert table.sensitivity().value is None
    assert table.specificity().value == 1


def test_a_table_refuses_decisions_that_do_not_fit():
    with pytest.raises(stats.StatisticsInputError, match="2 cases"):
        stats.confusion_table([1, 0], [1, 0, 1])
