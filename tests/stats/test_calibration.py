"""Calibration: by hand, by loops, and by simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit
from scipy.stats import norm

from readerstudy.stats import StatisticsInputError, wilson
from readerstudy.stats.calibration import (
    at_prevalence,
    brier_decomposition,
    brier_score,
    brier_skill,
    calibration,
    recalibration,
    reliability_curve,
    spiegelhalter_test,
)
from tests.stats.forecasts import TRUTH, P, covered, drawn, forecasts
from tests.stats.strategies import steady
from tests.stats.twins_useful import bins_by_loops, equal_count_by_sorting, murphy_by_loops


@steady
@given(forecasts(), st.integers(1, 12))
def test_bins_of_equal_width_are_those_of_loops(data, bins):
    truth, p = data
    curve = reliability_curve(truth, np.array(p, float), bins=bins)
    rows = bins_by_loops(truth, p, bins)
    assert [row.n for row in curve.bins] == [n for *_rest, n in rows]
    for row, (predicted, observed, n) in zip(curve.bins, rows, strict=True):
        assert (row.predicted, row.observed) == pytest.approx((float(predicted), float(observed)))
        interval = wilson(int(observed * n), n)
        assert (row.low, row.high, row.positives) == pytest.approx((interval.low, interval.high, int(observed * n)))  # fmt: skip
    gaps = [abs(mean - seen) for mean, seen, _n in rows]
    expected = sum(gap * n for gap, (*_rest, n) in zip(gaps, rows, strict=True)) / len(truth)
    assert curve.expected_error == pytest.approx(float(expected), abs=1e-14)
    assert curve.maximum_error == pytest.approx(float(max(gaps)), abs=1e-14)


@steady
@given(st.permutations(range(1, 12)), st.integers(1, 5))
def test_bins_of_equal_count_are_those_of_sorting(places, bins):
    p, truth = [place / 20 for place in places], [1, 0] * 5 + [1]
    curve = reliability_curve(truth, p, bins=bins, binning="equal count")
    numbers = equal_count_by_sorting(p, bins)
    for number, row in enumerate(curve.bins, start=1):
        inside = [p[case] for case, its in numbers.items() if its == number]
        assert (row.smallest, row.largest, row.n) == (min(inside), max(inside), len(inside))


def test_equal_probabilities_stay_in_one_bin_of_equal_count():
    p = [0.2] * 6 + [0.5, 0.7]
    curve = reliability_curve([1, 0] * 4, p, bins=4, binning="equal count")
    assert [row.n for row in curve.bins] == [6, 2]


def test_an_edge_belongs_to_the_bin_below_also_where_decimals_are_not_exact():
    curve = reliability_curve([1, 0, 1], [0.7, 0.71, 0.1 + 0.2], bins=10)
    assert [(row.smallest, row.n) for row in curve.bins] == [(0.1 + 0.2, 1), (0.7, 1), (0.71, 1)]
    assert len(reliability_curve([1, 0], [0.1 + 0.2, 0.3], bins=10).bins) == 1


@steady
@given(forecasts(), st.integers(1, 12))
def test_the_decomposition_is_exact_and_that_of_loops(data, bins):
    truth, p = data
    values = np.array(p, float)
    parts = brier_decomposition(truth, values, bins=bins)
    reliability, resolution, uncertainty = map(float, murphy_by_loops(truth, p, bins))
    found = (parts.reliability, parts.resolution, parts.uncertainty)
    assert found == pytest.approx((reliability, resolution, uncertainty), abs=1e-14)
    assert parts.binned == pytest.approx(reliability - resolution + uncertainty, abs=1e-14)
    assert parts.binned + parts.within_bins == pytest.approx(brier_score(truth, values).value, abs=1e-14)  # fmt: skip


@steady
@given(forecasts())
def test_a_bin_for_every_probability_leaves_nothing_within_bins(data):
    truth, p = data
    assert brier_decomposition(truth, np.array(p, float), bins=20).within_bins == pytest.approx(0, abs=1e-14)  # fmt: skip


def test_the_brier_score_by_hand():
    errors = [0.01, 0.16, 0.16, 0.04, 0.09, 0.49, 0.25, 0.01]
    found = brier_score(TRUTH, P)
    assert found.value == pytest.approx(1.21 / 8)
    se = (np.var(errors, ddof=1) / 8) ** 0.5
    assert (found.se, found.n) == pytest.approx((se, 8))
    assert (found.low, found.high) == pytest.approx((max(0, found.value - 1.959963984540054 * se), found.value + 1.959963984540054 * se))  # fmt: skip
    assert brier_skill(TRUTH, P) == pytest.approx(1 - (1.21 / 8) / 0.25)


def test_the_brier_score_at_another_prevalence_weights_the_classes():
    found = brier_score(TRUTH, P, prevalence=0.1)
    positive, negative = [0.01, 0.16, 0.09, 0.49], [0.16, 0.04, 0.25, 0.01]
    assert found.value == pytest.approx(0.1 * np.mean(positive) + 0.9 * np.mean(negative))
    variance = 0.01 * np.var(positive, ddof=1) / 4 + 0.81 * np.var(negative, ddof=1) / 4
    assert found.se == pytest.approx(variance**0.5)
    assert brier_skill(TRUTH, P, prevalence=0.1) == pytest.approx(1 - found.value / 0.09)
    assert "prevalence 0.1" in found.method


def test_the_studys_own_prevalence_weights_nothing():
    given_, own = (calibration(TRUTH, P, bins=4, prevalence=share) for share in (0.5, None))
    assert given_.brier.value == pytest.approx(own.brier.value)
    assert given_.curve.expected_error == pytest.approx(own.curve.expected_error)
    assert given_.decomposition.reliability == pytest.approx(own.decomposition.reliability)
    assert given_.recalibration.slope.value == pytest.approx(own.recalibration.slope.value)
    limits = [[edge for row in one.curve.bins for edge in (row.low, row.high)] for one in (given_, own)]  # fmt: skip
    assert limits[0] == pytest.approx(limits[1])


def test_weighting_is_that_of_copies_of_the_negative_cases():
    # Each negative case three times: prevalence 4 / 16.
    truth, p = TRUTH + [0] * 8, P + 2 * [q for t, q in zip(TRUTH, P, strict=True) if t == 0]
    copies, weighted = (
        calibration(truth, p, bins=3),
        calibration(TRUTH, P, bins=3, prevalence=0.25),
    )
    assert weighted.brier.value == pytest.approx(copies.brier.value)
    assert weighted.skill == pytest.approx(copies.skill)
    assert weighted.curve.expected_error == pytest.approx(copies.curve.expected_error)
    assert weighted.decomposition.resolution == pytest.approx(copies.decomposition.resolution)
    for name in ("in_the_large", "slope", "intercept"):
        found, expected = (
            getattr(one.recalibration, name).value for one in (weighted, copies)
        )  # fmt: skip
        assert found == pytest.approx(expected, abs=1e-10)


def test_observed_shares_and_limits_move_like_probabilities():
    truth, p = drawn(1)
    moved, own = (reliability_curve(truth, p, prevalence=share) for share in (0.05, None))
    study = np.mean(truth)
    for row, before in zip(moved.bins, own.bins, strict=True):
        expected = at_prevalence(
            [before.observed, before.low, before.high], study=study, target=0.05
        )
        assert [row.observed, row.low, row.high] == pytest.approx(expected.tolist(), abs=1e-12)


def test_spiegelhalters_test_by_hand():
    found = spiegelhalter_test([1, 0], [0.75, 0.25])
    # (.25 × −.5 + −.25 × .5) / √(2 × .25 × .1875)
    assert found.value == pytest.approx(-0.25 / 0.09375**0.5)
    assert found.p == pytest.approx(2 * norm.sf(0.25 / 0.09375**0.5))


def test_spiegelhalters_test_needs_a_variance():
    found = spiegelhalter_test([1, 0, 1], [0.5, 0, 1])
    assert (found.value, found.p) == (None, None)
    assert "variance zero" in found.reason


def test_a_probability_moves_with_the_odds_of_the_prevalence():
    # Odds 1 at prevalence .5 become odds 1 / 9 at prevalence .1.
    assert at_prevalence([0.5], study=0.5, target=0.1) == pytest.approx([0.1])
    assert at_prevalence([0, 1], study=0.5, target=0.1).tolist() == [0, 1]


@steady
@given(st.floats(0.001, 0.999), st.floats(0.01, 0.99), st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_moving_twice_is_moving_once_and_back_is_nothing(p, first, second, third):
    twice = at_prevalence(at_prevalence(p, study=first, target=second), study=second, target=third)
    assert twice == pytest.approx(at_prevalence(p, study=first, target=third), rel=1e-9)
    shift = logit(second) - logit(first)
    assert at_prevalence(p, study=first, target=second) == pytest.approx(expit(logit(p) + shift))


def test_one_case_of_a_class_has_no_variance_within_it():
    truth, p = [1, 0, 0, 0], [0.3, 0.2, 0.5, 0.1]
    large = recalibration(truth, p, prevalence=0.1).in_the_large
    assert large.value is not None
    for found in (large, brier_score(truth, p, prevalence=0.1)):
        assert found.low is None
        assert "two positive and two negative" in found.reason
    assert brier_score(truth, p).low is not None


def test_equal_errors_leave_no_interval():
    found = brier_score([1, 0], [0.5, 0.5])
    assert (found.value, found.low) == (0.25, None)
    assert "equal" in found.reason


def test_the_report_says_all_and_nothing_else_than_numbers():
    truth, p = drawn(6)
    for prevalence in (None, 0.02):
        report = calibration(truth, p, prevalence=prevalence)
        assert report.as_dict()["recalibration"]["slope"]["value"] == report.recalibration.slope.value  # fmt: skip
        assert "Calibration slope" in report.as_text()
    assert "not defined at another prevalence" in report.spiegelhalter.reason


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: brier_score(TRUTH, [*P[:7], 1.2]), "Probability 8 is 1.2"),
        (lambda: brier_score([1] * 8, P), "no negative case"),
        (lambda: brier_score(TRUTH, P[:7]), "8 cases"),
        (lambda: brier_score(TRUTH, [*P[:7], np.nan]), "not a finite number"),
        (lambda: brier_score(TRUTH, P, level=1), "confidence level"),
        (lambda: brier_score(TRUTH, P, prevalence=1.0), "prevalence must lie between"),
        (lambda: reliability_curve(TRUTH, P, bins=0), "at least one bin"),
        (lambda: reliability_curve(TRUTH, P, binning="quantile"), "equal width, equal count"),
        (lambda: recalibration(TRUTH, P, clip=0.5), "clip must lie"),
        (lambda: at_prevalence([0.5], study=0, target=0.1), "prevalence must lie between"),
        (lambda: at_prevalence([np.nan], study=0.5, target=0.1), "Probability 1 is nan"),
    ],
)
def test_bad_input_is_refused_with_a_sentence(call, sentence):
    with pytest.raises(StatisticsInputError, match=sentence):
        call()


def test_the_intervals_of_slope_and_brier_score_cover_the_truth():
    found = [drawn(seed, 300, 0.3, 0.7) for seed in range(400)]
    slopes = [recalibration(truth, p).slope for truth, p in found]
    assert 0.92 <= covered(slopes, 0.7) <= 0.98
    scores = [brier_score(truth, p) for truth, p in found]
    rng = np.random.default_rng(0)
    p = rng.beta(1.5, 3, 10**6)
    chance = expit(0.3 + 0.7 * logit(p))
    expected = np.mean(chance * (1 - p) ** 2 + (1 - chance) * p**2)
    assert 0.92 <= covered(scores, expected) <= 0.98
