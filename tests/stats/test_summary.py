"""Mean, range and the two intervals of a mean over readers."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, t, ttest_1samp

from readerstudy import stats
from tests.stats.strategies import steady
from tests.stats.twins import mean_covariance_by_pairs, sample_covariance


def test_mean_and_range_of_several_values_and_of_one():
    spread = stats.mean_and_range([0.5, 0.7, 0.9])
    assert spread.as_dict() == pytest.approx(
        {"mean": 0.7, "low": 0.5, "high": 0.9, "sd": 0.2, "n": 3}
    )
    assert stats.mean_and_range([0.4]).sd is None
    assert json.dumps(spread.as_dict(), allow_nan=False)


def test_values_that_are_no_numbers_are_not_averaged():
    with pytest.raises(stats.StatisticsInputError, match="no values"):
        stats.mean_and_range([])
    with pytest.raises(stats.StatisticsInputError, match="Value 2 is nan"):
        stats.mean_and_range([0.5, float("nan")])
    with pytest.raises(stats.StatisticsInputError, match="Value 1 is inf"):
        stats.t_interval_of_mean([float("inf"), 0.5])


def test_the_t_interval_is_that_of_scipy():
    values = np.random.default_rng(2).normal(0.7, 0.1, size=11)
    estimate = stats.t_interval_of_mean(values, 0.9)
    low, high = ttest_1samp(values, 0).confidence_interval(0.9)
    assert (estimate.low, estimate.high) == pytest.approx((low, high))
    assert (estimate.n, estimate.df) == (11, 10)
    assert "cases fixed" in estimate.method


@pytest.mark.parametrize(
    ("values", "value", "reason"),
    [
        ([], None, "two readers"),
        ([0.4], 0.4, "two readers"),
        ([0.4, 0.4, 0.4], 0.4, "same value"),
    ],
)
def test_a_t_interval_that_is_undefined_says_why(values, value, reason):
    estimate = stats.t_interval_of_mean(values)
    assert estimate.value == (None if value is None else pytest.approx(value))
    assert (estimate.low, estimate.high) == (None, None)
    assert reason in estimate.reason


@steady
@given(st.integers(2, 6), st.integers(2, 9), st.data())
def test_the_interval_with_readers_and_cases_random_is_that_of_loops_over_pairs(
    readers, cases, data
):
    answers = st.lists(st.sampled_from([0, 1]), min_size=cases, max_size=cases)
    table = data.draw(st.lists(answers, min_size=readers, max_size=readers))
    estimate = stats.random_reader_random_case_interval(table)
    shares = [sum(row) / cases for row in table]
    ms = sample_covariance(shares, shares)
    cov2 = mean_covariance_by_pairs(table)
    denominator = ms + readers * max(cov2, 0)
    assert estimate.value == pytest.approx(sum(shares) / readers)
    if ms > 1e-12:
        df = (readers - 1) * (denominator / ms) ** 2
        half = t.ppf(0.975, df) * (denominator / readers) ** 0.5
        assert estimate.df == pytest.approx(df)
        assert estimate.low == pytest.approx(max(estimate.value - half, 0), abs=1e-12)
        assert estimate.high == pytest.approx(min(estimate.value + half, 1), abs=1e-12)
        assert estimate.reason is None
    elif cov2 > 1e-12:
        half = norm.ppf(0.975) * cov2**0.5
        assert estimate.low == pytest.approx(max(estimate.value - half, 0), abs=1e-12)
        assert estimate.df is None
        assert "infinite" in estimate.reason
    else:
        assert (estimate.low, estimate.high) == (None, None)
        assert "nothing to estimate" in estimate.reason


@pytest.mark.parametrize(
    ("table", "value", "reason"),
    [
        ([[1, 0, 1]], 2 / 3, "one reader"),
        ([[1], [0]], 0.5, "one case"),
        ([[1, 1], [1, 1]], 1.0, "nothing to estimate"),
        ([[1, -1, 0], [1, 1, 0]], None, "1 of 6 answers are missing"),
        ([[], []], None, "no answers"),
    ],
)
def test_no_interval_where_it_is_undefined(table, value, reason):
    estimate = stats.random_reader_random_case_interval(table)
    assert estimate.value == (None if value is None else pytest.approx(value))
    assert (estimate.low, estimate.high) == (None, None)
    assert reason in estimate.reason


def test_the_order_of_readers_and_cases_does_not_matter():
    table = np.random.default_rng(4).integers(0, 2, size=(7, 20))
    first = stats.random_reader_random_case_interval(table)
    second = stats.random_reader_random_case_interval(table[::-1, ::-1])
    assert (first.low, first.high, first.df) == pytest.approx((second.low, second.high, second.df))


def test_random_cases_widen_the_interval_of_readers_alone():
    rng = np.random.default_rng(6)
    table = (rng.normal(size=80) + rng.normal(size=(145, 80)) > -0.5).astype(int)
    both = stats.random_reader_random_case_interval(table)
    readers = stats.t_interval_of_mean(table.mean(axis=1))
    assert both.value == pytest.approx(readers.value)
    assert both.se > 3 * readers.se


def test_answers_are_one_zero_or_missing():
    with pytest.raises(stats.StatisticsInputError, match="1, 0, or -1"):
        stats.random_reader_random_case_interval([[0.5, 1], [0, 1]])
    with pytest.raises(stats.StatisticsInputError, match="readers × cases"):
        stats.random_reader_random_case_interval([1, 0])
