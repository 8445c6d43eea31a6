"""Further intervals and variances of one AUC."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from readerstudy import stats
from readerstudy.stats.auc_intervals import (
    hanley_mcneil_interval,
    hanley_mcneil_variance,
    logit_auc_interval,
    obuchowski_mcclish_variance,
)
from tests.stats.strategies import readings, steady

areas = st.floats(0.02, 0.98)
# Hanley and McNeil, Radiology 1982;143:29: ratings of 109 CT images, 58 normal and 51 abnormal.
NORMAL, ABNORMAL = (33, 6, 6, 11, 2), (3, 2, 2, 11, 33)
CT_TRUTH = np.repeat([0, 1], [58, 51])
CT_SCORE = np.concatenate([np.repeat(np.arange(1, 6), counts) for counts in (NORMAL, ABNORMAL)])


@steady
@given(readings(least=2))
def test_the_logit_interval_is_walds_on_the_logit(data):
    truth, (score,) = data
    wald, found = stats.auc_interval(truth, score, 0.9), logit_auc_interval(truth, score, 0.9)
    assert (found.value, found.se, found.n) == (wald.value, wald.se, wald.n)
    if not wald.se:
        assert found.low is None
        assert found.reason == wald.reason
        return
    odds = [math.log(x / (1 - x)) for x in (found.low, found.value, found.high)]
    half = norm.isf(0.05) * wald.se / (wald.value * (1 - wald.value))
    assert np.diff(odds) == pytest.approx([half, half], rel=1e-6)
    assert 0 < found.low < found.value < found.high < 1


@steady
@given(readings(least=2))
def test_turning_the_scores_mirrors_the_intervals(data):
    truth, (score,) = data
    found, turned = logit_auc_interval(truth, score), logit_auc_interval(truth, -score)
    if found.low is not None:
        mirrored = (1 - found.high, 1 - found.low)
        assert (turned.low, turned.high) == pytest.approx(mirrored, abs=1e-9)


@pytest.mark.parametrize(
    ("score", "value"), [([3, 4, 1, 2], 1), ([1, 2, 3, 4], 0), ([1, 1, 1, 1], 0.5)]
)
def test_without_variance_there_is_no_logit_interval(score, value):
    found = logit_auc_interval([1, 1, 0, 0], score)
    assert (found.value, found.low, found.high, found.se) == (value, None, None, 0)
    assert "zero" in found.reason


def test_hanley_and_mcneils_example():
    found = hanley_mcneil_interval(CT_TRUTH, CT_SCORE)
    assert found.value == pytest.approx(0.893, abs=5e-4)
    assert found.se == pytest.approx(0.032, abs=5e-4)
    half = norm.isf(0.025) * found.se
    assert (found.low, found.high) == pytest.approx((found.value - half, found.value + half))


@steady
@given(areas, st.integers(1, 30), st.integers(1, 30))
def test_hanley_and_mcneils_variance_is_that_of_exponential_scores(area, n1, n0):
    """Negatives of rate 1, positives of rate r = (1 − θ) / θ, and the two ways to share a case."""
    rate = (1 - area) / area
    both_above = 1 - 2 * rate / (1 + rate) + rate / (2 + rate)  # one positive above two negatives
    both_below = 1 / (1 + 2 * rate)  # two positives above one negative
    total = area * (1 - area) + (n0 - 1) * (both_above - area**2) + (n1 - 1) * (both_below - area**2)  # fmt: skip
    assert hanley_mcneil_variance(area, n1, n0) == pytest.approx(total / (n0 * n1), abs=1e-12)


def test_at_an_area_of_one_the_exponential_error_says_nothing():
    found = hanley_mcneil_interval([1, 1, 0, 0], [3, 4, 1, 2])
    assert (found.value, found.low, found.se) == (1, None, 0)
    assert "says nothing about the uncertainty" in found.reason


def test_obuchowski_and_mcclishs_variance_is_that_of_normal_scores_but_for_one_term():
    """The delta method on means and standard deviations of two normal samples, by numerical derivatives."""
    a, b, n1, n0, step = 1.3, 0.8, 60, 90, 1e-6

    def area(mean1, sd1, mean0, sd0):
        return norm.cdf((mean1 - mean0) / math.hypot(sd1, sd0))

    at = np.array([a / b, 1 / b, 0, 1])
    errors = (1 / b / n1**0.5, 1 / b / (2 * n1) ** 0.5, n0**-0.5, (2 * n0) ** -0.5)
    shifts = step * np.eye(4)
    slopes = [(area(*(at + shift)) - area(*(at - shift))) / (2 * step) for shift in shifts]
    variance = sum((slope * error) ** 2 for slope, error in zip(slopes, errors, strict=True))
    by_a = norm.pdf(a / math.hypot(1, b)) / math.hypot(1, b)
    by_b = -by_a * a * b / (1 + b * b)
    left_out = 2 * by_a * by_b * a * b / (2 * n1)
    found = obuchowski_mcclish_variance(a, b, n1, n0)
    assert found + left_out == pytest.approx(variance, rel=1e-6)
    assert left_out < 0


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: hanley_mcneil_variance(1.2, 3, 3), "An area must lie between 0 and 1, not 1.2"),
        (lambda: hanley_mcneil_variance(0.7, 0, 3), "needs positive and negative cases"),
        (lambda: obuchowski_mcclish_variance(1, 0, 3, 3), "finite b above zero"),
        (lambda: obuchowski_mcclish_variance(math.inf, 1, 3, 3), "finite a"),
        (lambda: obuchowski_mcclish_variance(1, 1, 3, 0), "needs positive and negative cases"),
        (lambda: hanley_mcneil_interval([1, 0], [1, 2], 1.5), "confidence level"),
        (lambda: logit_auc_interval([1, 1], [1, 2]), "no negative case"),
    ],
)
def test_faults_are_told(call, sentence):
    with pytest.raises(stats.StatisticsInputError, match=sentence):
        call()
