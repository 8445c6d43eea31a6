"""Intervals of sensitivity at a specificity, and back."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from readerstudy import stats
from readerstudy.stats import rate_intervals
from readerstudy.stats.rate_intervals import (
    Resampling,
    replicates,
    sensitivity_at_specificity_interval,
    specificity_at_sensitivity_interval,
)
from tests.stats.strategies import readings, steady
from tests.stats.twins import matched_by_walk, points_by_thresholds
from tests.stats.twins_single import resampled_sensitivity

RULES = ("interpolated", "next", "nearest")
rules, targets = st.sampled_from(RULES), st.sampled_from([0, 0.25, 0.5, 0.8, 1])
few = Resampling(replicates=40, seed=3)


def drawn_scores(truth, score, drawn):
    """The scores of each replicate, as lists of positive and of negative cases, from the same streams."""
    levels = np.unique(-score)
    found = []
    for value, stream in zip((1, 0), np.random.default_rng(drawn.seed).spawn(2), strict=True):
        counts = np.array([(-score[truth == value] == level).sum() for level in levels])
        table = stream.multinomial(counts.sum(), counts / counts.sum(), size=drawn.replicates)
        found.append([np.repeat(-levels, row).tolist() for row in table])
    return list(zip(*found, strict=True))


@steady
@given(readings(least=1), targets, rules)
def test_every_replicate_has_the_rate_of_its_resampled_cases(data, target, rule):
    truth, (score,) = data
    found = replicates(truth, score, target, rule, few)
    twin = [
        resampled_sensitivity(*lists, Fraction(str(target)), rule)
        for lists in drawn_scores(truth, score, few)
    ]
    assert found == pytest.approx([float(rate) for rate in twin], abs=1e-12)


@steady
@given(readings(least=2), targets, rules)
def test_the_interval_is_the_percentiles_around_the_rate_of_the_curve(data, target, rule):
    truth, (score,) = data
    found = sensitivity_at_specificity_interval(truth, score, target, rule=rule, resampling=few, level=0.8)  # fmt: skip
    curve = stats.empirical_roc(truth, score)
    assert found.value == pytest.approx(stats.sensitivity_at_specificity(curve, target, rule))
    drawn = replicates(truth, score, target, rule, few)
    if found.low is None:
        assert np.ptp(drawn) < 1e-12
        assert "Every replicate has the same rate" in found.reason
        return
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(drawn, [0.1, 0.9])))
    assert found.se == pytest.approx(drawn.std(ddof=1))
    for word in (rule, "40 stratified bootstrap replicates, seed 3", "n = cases"):
        assert word in found.method


@steady
@given(readings(least=2), targets, rules)
def test_specificity_is_sensitivity_with_the_classes_exchanged(data, target, rule):
    truth, (score,) = data
    found = specificity_at_sensitivity_interval(truth, score, target, rule=rule, resampling=few)
    other = sensitivity_at_specificity_interval(1 - truth, -score, target, rule=rule, resampling=few)  # fmt: skip
    assert (found.low, found.high, found.se) == (other.low, other.high, other.se)
    curve = stats.empirical_roc(truth, score)
    assert found.value == pytest.approx(stats.specificity_at_sensitivity(curve, target, rule))


@steady
@given(readings(least=2, most=5), targets, rules)
def test_the_jackknife_leaves_out_every_case_once_and_warns(data, target, rule):
    truth, (score,) = data
    found = sensitivity_at_specificity_interval(truth, score, target, rule=rule, interval="jackknife")  # fmt: skip
    left_out = [
        float(matched_by_walk([(1 - f, t) for f, t in points_by_thresholds(np.delete(truth, k).tolist(), np.delete(score, k).tolist())], Fraction(str(target)), rule))
        for k in range(truth.size)
    ]  # fmt: skip
    se = ((truth.size - 1) * np.var(left_out)) ** 0.5
    assert found.se == pytest.approx(se, abs=1e-9)
    if not found.se:
        assert "Every delete-one rate is the same" in found.reason
        return
    assert "hangs on a quantile" in found.reason
    limits = max(found.value - norm.isf(0.025) * se, 0), min(found.value + norm.isf(0.025) * se, 1)
    assert (found.low, found.high) == pytest.approx(limits)


def test_the_result_does_not_depend_on_how_many_replicates_are_held_at_once(monkeypatch):
    rng, truth = np.random.default_rng(2), np.repeat([1, 0], 12)
    score = rng.normal(truth)
    found = replicates(truth, score, 0.8, "nearest", few)
    monkeypatch.setattr(rate_intervals, "_BLOCK", 7 * 24)
    assert (replicates(truth, score, 0.8, "nearest", few) == found).all()


def test_the_seed_decides_the_interval():
    rng, truth = np.random.default_rng(2), np.repeat([1, 0], 30)
    score = rng.normal(truth)
    found = [sensitivity_at_specificity_interval(truth, score, 0.8, resampling=Resampling(200, seed)) for seed in (1, 1, 2)]  # fmt: skip
    assert found[0] == found[1]
    assert found[0] != found[2]
    assert "2000 stratified bootstrap replicates" in sensitivity_at_specificity_interval(truth, score, 0.8).method  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
def test_the_bootstrap_covers_the_true_sensitivity(rule):
    """Scores N(1, 1) and N(0, 1): 200 samples of 100 + 100."""
    rng, truth, true = np.random.default_rng(4), np.repeat([1, 0], 100), norm.cdf(1 - norm.isf(0.2))
    samples = [
        sensitivity_at_specificity_interval(truth, rng.normal(truth), 0.8, rule=rule, resampling=Resampling(200))
        for _ in range(200)
    ]  # fmt: skip
    assert 0.9 <= np.mean([one.low <= true <= one.high for one in samples]) <= 0.99


@pytest.mark.parametrize("interval", ["bootstrap", "jackknife"])
def test_a_single_case_of_a_class_and_a_perfect_reading_have_no_interval(interval):
    single = sensitivity_at_specificity_interval([1, 0, 0], [2, 1, 3], 0.5, interval=interval)
    assert (single.value, single.low, single.se) == (1, None, None)
    assert single.reason == "A variance needs two positive and two negative cases."
    perfect = specificity_at_sensitivity_interval([1, 1, 0, 0], [3, 4, 1, 2], 0.9, interval=interval)  # fmt: skip
    assert (perfect.value, perfect.low, perfect.se) == (1, None, 0)
    assert "says nothing about the uncertainty" in perfect.reason


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"specificity": 1.2}, "must lie between 0 and 1"),
        ({"rule": "best"}, "matching rule must be one of"),
        ({"interval": "wald"}, "The interval must be one of bootstrap, jackknife, not wald"),
        ({"level": 0}, "confidence level"),
        ({"truth": [1, 1, 1, 1]}, "no negative case"),
    ],
)
def test_faults_are_told(arguments, sentence):
    given = {"truth": [1, 1, 0, 0], "score": [1, 2, 3, 4], "specificity": 0.8, **arguments}
    with pytest.raises(stats.StatisticsInputError, match=sentence):
        sensitivity_at_specificity_interval(**given)


def test_one_replicate_is_no_bootstrap():
    with pytest.raises(stats.StatisticsInputError, match="needs two replicates, not 1"):
        Resampling(1)
