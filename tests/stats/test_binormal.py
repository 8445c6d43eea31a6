"""Binormal curves: the likelihood by a loop, known parameters, invariances, degenerate data."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from readerstudy.stats.binormal import (
    binormal_auc,
    fit_binormal,
    fit_proper_binormal,
    proper_binormal_auc,
    truth_state_runs,
)
from tests.stats.strategies import steady


def a_reading(seed=1, n=60, a=1.2, b=0.8, levels=None):
    rng = np.random.default_rng(seed)
    truth = np.array([0] * n + [1] * n)
    # Negatives N(0, 1), positives N(a / b, 1 / b): TPF = Φ(a + b Φ⁻¹(FPF)).
    score = np.where(truth == 1, a / b + rng.normal(size=2 * n) / b, rng.normal(size=2 * n))
    return truth, np.digitize(score, levels) if levels else score


def log_likelihood(truth, score, a, b, cuts):
    """Of categories in the order of the scores, with cut-points between them on the negatives' scale."""
    edges = [-math.inf, *cuts, math.inf]
    total = 0.0
    for t, s in zip(truth, score, strict=True):
        low, high = edges[s], edges[s + 1]
        share = norm.cdf(high) - norm.cdf(low) if t == 0 else norm.cdf(b * high - a) - norm.cdf(b * low - a)  # fmt: skip
        total += math.log(share)
    return total


class TestLikelihood:
    def test_the_maximum_is_the_loops_and_no_neighbour_is_higher(self):
        truth, score = a_reading(levels=[-0.5, 0.5, 1.5])
        fit = fit_binormal(truth, score)
        a, b, cuts = fit.a.value, fit.b.value, list(fit.boundaries)
        own = log_likelihood(truth, score, a, b, cuts)
        assert own == pytest.approx(fit.log_likelihood, abs=1e-6)
        rng = np.random.default_rng(2)
        for _ in range(40):
            step = rng.normal(size=5) * 0.02
            other = log_likelihood(truth, score, a + step[0], b + step[1], np.array(cuts) + step[2:])  # fmt: skip
            assert other <= own + 1e-9

    def test_runs_of_one_class_are_one_category(self):
        found = truth_state_runs([0, 0, 0, 1, 0, 1, 1], [1, 2, 3, 4, 5, 6, 7])
        assert found.positive.size == 4


class TestKnownParameters:
    def test_a_large_sample_gives_them_back(self):
        truth, score = a_reading(seed=3, n=3000, levels=list(np.linspace(-1, 3, 12)))
        fit = fit_binormal(truth, score)
        assert fit.converged
        assert abs(fit.a.value - 1.2) < 4 * fit.a.se
        assert abs(fit.b.value - 0.8) < 4 * fit.b.se
        assert fit.auc.value == pytest.approx(norm.cdf(1.2 / math.hypot(1, 0.8)), abs=0.02)

    def test_standard_errors_are_those_of_repeated_samples(self):
        fits = [fit_binormal(*a_reading(seed=seed, n=150, levels=[-1, 0, 0.7, 1.4, 2.2])) for seed in range(120)]  # fmt: skip
        areas = np.array([fit.auc.value for fit in fits])
        assert np.mean([fit.auc.se for fit in fits]) == pytest.approx(areas.std(ddof=1), rel=0.25)
        true = norm.cdf(1.2 / math.hypot(1, 0.8))
        assert np.mean([fit.auc.low <= true <= fit.auc.high for fit in fits]) > 0.88

    @steady
    @given(st.floats(-1, 3), st.floats(0.3, 3))
    def test_the_area_is_the_integral_of_the_curve(self, a, b):
        area = quad(lambda x: norm.cdf(a + b * norm.ppf(x)), 0, 1, limit=200)[0]
        assert binormal_auc(a, b) == pytest.approx(area, abs=1e-5)

    def test_a_proper_curve_with_c_zero_is_the_equal_variance_curve(self):
        assert proper_binormal_auc(1.5, 0.0) == pytest.approx(norm.cdf(1.5 / math.sqrt(2)))

    def test_rates_lie_on_the_curve(self):
        fit = fit_binormal(*a_reading())
        rate = fit.sensitivity_at(0.8)
        assert rate.value == pytest.approx(norm.cdf(fit.a.value + fit.b.value * norm.ppf(0.2)))
        assert fit.specificity_at(rate.value).value == pytest.approx(0.8)
        assert rate.low < rate.value < rate.high


class TestInvariances:
    def test_a_monotone_map_changes_nothing(self):
        truth, score = a_reading()
        first, second = fit_binormal(truth, score), fit_binormal(truth, np.exp(score) * 3)
        assert (first.a.value, first.b.value) == pytest.approx((second.a.value, second.b.value), rel=1e-8)  # fmt: skip

    def test_exchanging_the_classes_mirrors_the_curve(self):
        truth, score = a_reading(levels=[-0.5, 0.5, 1.5])
        first, second = fit_binormal(truth, score), fit_binormal(1 - truth, -score)
        assert second.auc.value == pytest.approx(first.auc.value, abs=1e-6)
        assert (second.a.value, second.b.value) == pytest.approx((first.a.value / first.b.value, 1 / first.b.value), rel=1e-4)  # fmt: skip


class TestFlags:
    @pytest.mark.parametrize("fit", [fit_binormal, fit_proper_binormal])
    @pytest.mark.parametrize("score", [[1, 1, 2, 2], [3, 3, 3, 3]])
    def test_perfect_and_constant_readings_are_degenerate(self, fit, score):
        found = fit([0, 0, 1, 1], score)
        assert found.degenerate
        assert found.reason
        assert found.a.value is None
        assert found.sensitivity_at(0.8).value is None

    def test_a_curve_that_crosses_the_chance_line_is_said_to(self):
        truth, score = a_reading(a=0.8, b=0.3, levels=list(np.linspace(-2, 4, 10)))
        found = fit_binormal(truth, score)
        assert found.improper
        crossing = norm.cdf(found.a.value / (1 - found.b.value))
        assert min(abs(found.chance_crossing - crossing), abs(1 - found.chance_crossing - crossing)) < 1e-6  # fmt: skip

    def test_a_proper_curve_has_no_hook(self):
        truth, score = a_reading(a=0.8, b=0.5, levels=list(np.linspace(-2, 4, 10)))
        found = fit_proper_binormal(truth, score)
        assert found.converged
        assert found.auc.value >= 0.5
