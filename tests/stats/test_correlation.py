"""Rank correlation and least squares, against SciPy and against sums written out."""

import math

import numpy as np
import pytest
from scipy.stats import linregress, spearmanr

from readerstudy.stats import StatisticsInputError, least_squares, spearman

YEARS = [1, 2, 2, 5, 7, 9, 12, 20]
RATES = [0.5, 0.55, 0.7, 0.65, 0.8, 0.75, 0.9, 0.7]


def test_rho_and_p_are_those_of_scipy_with_ties():
    found, reference = spearman(YEARS, RATES), spearmanr(YEARS, RATES)
    assert found.value == pytest.approx(reference.statistic, rel=1e-12)
    assert found.p == pytest.approx(reference.pvalue, rel=1e-9)


def test_without_ties_rho_is_spearmans_sum_of_squared_differences_of_ranks():
    first, second = [3, 1, 4, 2, 5], [10, 20, 50, 30, 40]
    ranks = ((3, 1), (1, 2), (4, 5), (2, 3), (5, 4))
    expected = 1 - 6 * sum((a - b) ** 2 for a, b in ranks) / (5 * 24)
    assert spearman(first, second).value == pytest.approx(expected)


def test_the_interval_is_fishers_z_with_the_error_of_bonett_and_wright():
    found = spearman(YEARS, RATES)
    z = 0.5 * math.log((1 + found.value) / (1 - found.value))
    half = 1.959963984540054 * math.sqrt((1 + found.value**2 / 2) / (8 - 3))
    ends = [(math.exp(2 * at) - 1) / (math.exp(2 * at) + 1) for at in (z - half, z + half)]
    assert (found.low, found.high) == pytest.approx(tuple(ends))


def test_the_interval_covers_about_as_often_as_it_says():
    rng = np.random.default_rng(7)
    # Pearson's 0.6 of two normal variables is a Spearman's rho of (6 / π) asin(0.3).
    true, covered = 6 / math.pi * math.asin(0.3), 0
    for _ in range(400):
        x = rng.normal(size=60)
        found = spearman(x, 0.6 * x + 0.8 * rng.normal(size=60))
        covered += found.low <= true <= found.high
    assert 0.92 <= covered / 400 <= 0.98


def test_missing_pairs_do_not_count():
    with_gap = spearman([*YEARS, math.nan, 3], [*RATES, 0.9, math.nan])
    assert with_gap == spearman(YEARS, RATES)


@pytest.mark.parametrize(
    ("x", "y", "value", "reason"),
    [
        ([1, 2, 3], [1, 2, 3], None, "four pairs; there are 3"),
        ([2, 2, 2, 2], [1, 2, 3, 4], None, "equal"),
        ([1, 2, 3, 4], [9, 8, 7, 1], -1.0, "infinite"),
    ],
)
def test_a_correlation_without_an_interval_says_why(x, y, value, reason):
    found = spearman(x, y)
    assert (found.value, found.low, found.p) == (value, None, None)
    assert reason in found.reason


def test_the_line_is_that_of_scipy():
    found, reference = least_squares(YEARS, RATES), linregress(YEARS, RATES)
    assert found.slope.value == pytest.approx(reference.slope, rel=1e-12)
    assert found.intercept == pytest.approx(reference.intercept, rel=1e-12)
    assert found.slope.se == pytest.approx(reference.stderr, rel=1e-10)
    assert found.slope.p == pytest.approx(reference.pvalue, rel=1e-9)
    assert found.start == (1.0, pytest.approx(reference.intercept + reference.slope))
    assert found.end == (20.0, pytest.approx(reference.intercept + 20 * reference.slope))


def test_a_line_through_every_point_has_no_interval_and_one_of_a_single_x_is_none():
    exact = least_squares([1, 2, 3, 4], [2, 4, 6, 8])
    assert exact.slope.value == pytest.approx(2)
    assert exact.slope.low is None
    assert "passes through every point" in exact.slope.reason
    assert least_squares([3, 3, 3, 3], [1, 2, 3, 4]).start is None


def test_lists_of_unequal_length_are_refused():
    with pytest.raises(StatisticsInputError, match="equally long"):
        spearman([1, 2], [1, 2, 3])
