"""Calibration intercept and slope: by other maximisers, by hand, and by simulation."""

import itertools

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit, logit
from scipy.stats import norm

from readerstudy.stats import StatisticsInputError
from readerstudy.stats.calibration import logistic, recalibration
from readerstudy.stats.calibration.logistic import Regression, fit_logistic
from tests.stats.forecasts import TRUTH, P, covered, drawn
from tests.stats.twins_useful import log_likelihood


@pytest.mark.parametrize("prevalence", [None, 0.05])
@pytest.mark.parametrize("seed", [1, 2])
def test_intercept_and_slope_have_the_largest_likelihood(seed, prevalence):
    truth, p = drawn(seed, 80, 0.5, 0.6)
    share = truth.mean()
    weights = np.ones(80) if prevalence is None else np.where(truth == 1, prevalence / share, (1 - prevalence) / (1 - share))  # fmt: skip
    found = recalibration(truth, p, prevalence=prevalence)
    line = minimize(lambda at: -log_likelihood(truth, p, *at, weights), [0, 1], tol=1e-10)
    large = minimize(lambda at: -log_likelihood(truth, p, at[0], 1, weights), [0], tol=1e-10)
    assert (found.intercept.value, found.slope.value) == pytest.approx(line.x, abs=1e-5)
    assert found.in_the_large.value == pytest.approx(large.x[0], abs=1e-5)


def test_standard_errors_are_those_of_the_curvature():
    truth, p = drawn(3, 100)
    found = recalibration(truth, p)
    step, centre = 1e-4, np.array([found.intercept.value, found.slope.value])
    curvature = np.empty((2, 2))
    for i, j in itertools.product((0, 1), repeat=2):
        a, b = step * np.eye(2)[i], step * np.eye(2)[j]
        signs = ((1, a + b), (-1, a - b), (-1, b - a), (1, -a - b))
        moved = sum(
            sign * log_likelihood(truth, p, *(centre + move), np.ones(100)) for sign, move in signs
        )
        curvature[i, j] = moved / (4 * step**2)
    errors = np.sqrt(np.diag(np.linalg.inv(-curvature)))
    assert (found.intercept.se, found.slope.se) == pytest.approx(errors, rel=1e-4)
    assert found.slope.p == pytest.approx(2 * norm.sf(abs(found.slope.value - 1) / found.slope.se))
    assert found.intercept.p == pytest.approx(2 * norm.sf(abs(found.intercept.value) / found.intercept.se))  # fmt: skip


def test_moved_and_stretched_logits_move_and_stretch_the_line():
    truth, p = drawn(4)
    before, after = recalibration(truth, p), recalibration(truth, expit(0.5 + 2 * logit(p)))
    assert after.slope.value == pytest.approx(before.slope.value / 2)
    assert after.intercept.value == pytest.approx(before.intercept.value - 0.25 * before.slope.value)  # fmt: skip
    assert after.slope.se == pytest.approx(before.slope.se / 2)


def test_a_line_through_logits_very_close_together_is_as_steep_as_needed():
    truth, p = drawn(4)
    before, after = recalibration(truth, p), recalibration(truth, expit(1e-6 * logit(p)))
    assert after.slope.value == pytest.approx(1e6 * before.slope.value, rel=1e-6)


def test_recalibrated_probabilities_are_calibrated():
    truth, p = drawn(5, 200, -1.0, 0.5)
    first = recalibration(truth, p)
    again = recalibration(truth, expit(first.intercept.value + first.slope.value * logit(p)))
    values = (again.in_the_large.value, again.intercept.value, again.slope.value)
    assert values == pytest.approx((0, 0, 1), abs=1e-9)


def test_newton_finds_the_way_from_far_off():
    truth = np.array([1, 0] * 20)
    found = recalibration(truth, np.where(truth == 1, 1e-250, 1 - 1e-15) * np.linspace(0.5, 1, 40))
    assert found.in_the_large.value is not None
    far = fit_logistic(Regression(np.ones((4, 1)), np.array([1, 0, 0, 0]), np.full(4, -700.0), np.ones(4)))  # fmt: skip
    assert far.coefficients[0] == pytest.approx(700 + logit(0.25))


@pytest.mark.parametrize(
    ("design", "truth"),
    [([[1, 1]] * 4, [1, 0, 1, 0]), ([[1, 0], [1, 1], [1, 2], [1, 3]], [0, 0, 1, 1])],
    ids=["two columns alike", "separated"],
)
def test_a_regression_without_a_maximum_has_no_fit(design, truth):
    regression = Regression(np.array(design, float), np.array(truth), np.zeros(4), np.ones(4))
    assert fit_logistic(regression) is None


@pytest.mark.parametrize("offset", [-740.0, -746.0], ids=["nearly zero", "zero"])
def test_newton_gives_up_where_the_information_vanishes(offset):
    regression = Regression(np.ones((2, 1)), np.array([1, 0]), np.full(2, offset), np.ones(2))
    assert fit_logistic(regression) is None


def test_a_regression_that_does_not_converge_has_a_reason(monkeypatch):
    monkeypatch.setattr(logistic, "_STEPS", 1)
    found = recalibration(TRUTH, P)
    for estimate in (found.in_the_large, found.slope, found.intercept):
        assert estimate.value is None
        assert "did not converge" in estimate.reason


def test_a_slope_needs_different_probabilities():
    found = recalibration(TRUTH, [0.3] * 8)
    assert found.slope.value is None
    assert "equal" in found.slope.reason
    assert found.in_the_large.value == pytest.approx(-logit(0.3))
    weighted = recalibration(TRUTH, [0.3] * 8, prevalence=0.3).in_the_large
    assert weighted.value == pytest.approx(0, abs=1e-12)
    assert weighted.low is None
    assert "variance is zero" in weighted.reason


@pytest.mark.parametrize("p", [[0.8, 0.2, 0.7, 0.1], [0.2, 0.8, 0.1, 0.7], [0.8, 0.5, 0.5, 0.1]])
def test_separated_classes_have_no_slope(p):
    found = recalibration([1, 0, 1, 0], p)
    assert (found.slope.value, found.intercept.value) == (None, None)
    assert "separate" in found.slope.reason
    assert found.in_the_large.value is not None


def test_zero_and_one_are_refused_or_held_off_by_a_named_clip():
    p = [1.0, *P[1:7], 0.0]
    with pytest.raises(StatisticsInputError, match="2 of 8 probabilities are 0 or 1"):
        recalibration(TRUTH, p)
    found = recalibration(TRUTH, p, clip=0.01)
    held = recalibration(TRUTH, np.clip(p, 0.01, 0.99))
    assert found.moved == 2
    assert found.slope.value == held.slope.value
    assert "held between 0.01 and 0.99" in found.slope.method
    assert recalibration(TRUTH, P, clip=0.01).moved == 0


def test_the_intervals_of_an_enriched_study_cover_the_truth_at_the_targets_prevalence():
    rng = np.random.default_rng(8)
    p = rng.beta(1, 12, 200_000)
    truth = (rng.random(p.size) < p).astype(int)
    positive, negative = np.flatnonzero(truth), np.flatnonzero(truth == 0)
    large, slope = [], []
    for _ in range(400):
        cases = np.append(rng.choice(positive, 100), rng.choice(negative, 150))
        found = recalibration(truth[cases], p[cases], prevalence=truth.mean())
        large.append(found.in_the_large)
        slope.append(found.slope)
    assert 0.92 <= covered(large, 0) <= 0.98
    assert 0.92 <= covered(slope, 1) <= 0.98
