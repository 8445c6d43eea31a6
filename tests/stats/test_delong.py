"""DeLong's and the jackknife's covariance against loops over pairs and deletions; intervals and the paired test."""

import json

import numpy as np
import pytest
from hypothesis import given
from scipy.stats import norm

from readerstudy import stats
from tests.stats.strategies import readings, steady
from tests.stats.twins import (
    auc_by_pairs,
    components_by_pairs,
    delong_by_pairs,
    jackknife_by_deletion,
)


@steady
@given(readings(count=3))
def test_components_are_the_shares_of_pairs_won(data):
    truth, scores = data
    v10, v01 = stats.structural_components(truth, scores)
    for row, score in enumerate(scores):
        twin10, twin01 = components_by_pairs(truth.tolist(), score.tolist())
        assert v10[row] == pytest.approx(twin10, abs=1e-14)
        assert v01[row] == pytest.approx(twin01, abs=1e-14)


@steady
@given(readings(count=3, least=2))
def test_delong_covariance_is_that_of_the_pairs(data):
    truth, scores = data
    result = stats.delong_covariance(truth, scores)
    twin = [[delong_by_pairs(truth, a, b) for b in scores] for a in scores]
    assert result.covariance == pytest.approx(np.array(twin), abs=1e-14)
    assert result.auc == pytest.approx(
        [float(auc_by_pairs(truth.tolist(), s.tolist())) for s in scores]
    )


@steady
@given(readings(count=2, least=2, most=5))
def test_jackknife_covariance_is_that_of_deleting_each_case(data):
    truth, scores = data
    result = stats.jackknife_covariance(truth, scores)
    assert result.covariance == pytest.approx(jackknife_by_deletion(truth, scores), abs=1e-14)
    assert stats.jackknife_aucs(truth, scores).mean(axis=1) == pytest.approx(result.auc)


@steady
@given(readings(least=2))
def test_the_interval_is_normal_and_stays_inside_zero_and_one(data):
    truth, scores = data
    estimate = stats.auc_interval(truth, scores[0], 0.9)
    variance = delong_by_pairs(truth, scores[0], scores[0])
    assert estimate.value == pytest.approx(float(auc_by_pairs(truth.tolist(), scores[0].tolist())))
    assert estimate.se == pytest.approx(variance**0.5, abs=1e-12)
    if variance > 1e-20:
        half = norm.ppf(0.95) * variance**0.5
        assert estimate.low == pytest.approx(max(estimate.value - half, 0), abs=1e-12)
        assert estimate.high == pytest.approx(min(estimate.value + half, 1), abs=1e-12)
        assert estimate.reason is None
    else:
        assert (estimate.low, estimate.high) == (None, None)
        assert "variance is zero" in estimate.reason


@pytest.mark.parametrize(
    ("truth", "score", "value", "reason"),
    [
        ([1, 0, 0, 0], [2, 1, 3, 0], 2 / 3, "two positive and two negative"),
        ([0, 1, 1], [2, 1, 3], 0.5, "two positive and two negative"),
        ([1, 1, 0, 0], [3, 4, 1, 2], 1.0, "separate the classes perfectly"),
        ([0, 0, 1, 1], [3, 4, 1, 2], 0.0, "separate the classes perfectly"),
        ([1, 1, 0, 0], [7, 7, 7, 7], 0.5, "all cases of a class compare alike"),
    ],
)
def test_a_value_without_an_interval_says_why(truth, score, value, reason):
    estimate = stats.auc_interval(truth, score)
    assert estimate.value == pytest.approx(value)
    assert (estimate.low, estimate.high) == (None, None)
    assert reason in estimate.reason


@pytest.mark.parametrize("covariance", [stats.delong_covariance, stats.jackknife_covariance])
def test_no_covariance_with_a_single_case_of_a_class(covariance):
    result = covariance([1, 0, 0], [[3, 1, 2], [1, 2, 3]])
    assert result.covariance is None
    assert "two positive and two negative" in result.reason
    assert result.auc.tolist() == [1, 0]


def test_delete_one_aucs_need_two_of_each_class():
    with pytest.raises(stats.StatisticsInputError, match="two positive and two negative"):
        stats.jackknife_aucs([1, 0, 0], [3, 1, 2])


@steady
@given(readings(count=2, least=2))
def test_the_paired_test_uses_the_variance_of_the_difference(data):
    truth, (a, b) = data
    result = stats.paired_test(truth, a, b)
    variance = (
        delong_by_pairs(truth, a, a)
        + delong_by_pairs(truth, b, b)
        - 2 * delong_by_pairs(truth, a, b)
    )
    difference = float(
        auc_by_pairs(truth.tolist(), a.tolist()) - auc_by_pairs(truth.tolist(), b.tolist())
    )
    assert result.value == pytest.approx(difference, abs=1e-14)
    if variance > 1e-12:
        z = difference / variance**0.5
        assert result.p == pytest.approx(2 * norm.sf(abs(z)), abs=1e-9)
        assert result.high - result.low == pytest.approx(2 * norm.ppf(0.975) * variance**0.5)
    else:
        assert result.p is None
        assert result.reason


def test_readings_that_rank_alike_have_no_test():
    truth, score = np.array([1, 0] * 20), np.arange(40.0)
    result = stats.paired_test(truth, score, np.exp(score / 7))
    assert (result.value, result.p, result.se) == (0, None, 0)
    assert "rank the cases alike" in result.reason


def test_the_paired_test_with_one_positive_case_keeps_the_difference():
    result = stats.paired_test([1, 0, 0], [3, 1, 2], [1, 2, 3])
    assert (result.value, result.p, result.se) == (1, None, None)
    assert "two positive and two negative" in result.reason


def test_an_estimate_is_json():
    estimate = stats.auc_interval([1, 0, 1, 0], [3, 1, 2, 2.5])
    assert json.loads(json.dumps(estimate.as_dict(), allow_nan=False)) == estimate.as_dict()
