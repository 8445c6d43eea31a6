"""Partial areas of one reading with their intervals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from readerstudy import stats
from readerstudy.stats.figures import PartialAuc
from readerstudy.stats.partial import partial_auc, partial_components
from tests.stats import twins_figures as twins
from tests.stats.strategies import readings, steady
from tests.stats.twins_single import weighted_partial_area

ranges = st.sampled_from([(0.0, 1.0), (0.8, 1.0), (0.25, 0.7), (0.0, 0.3)])
axes = st.sampled_from(["specificity", "sensitivity"])
scales = st.sampled_from(["raw", "normalised", "mcclish"])


@steady
@given(readings(least=2, most=5), ranges, axes)
def test_the_jackknife_leaves_out_every_case_once(data, limits, of):
    truth, (score,) = data
    found = partial_auc(truth, score, *limits, of=of)
    left_out = [
        float(twins.partial_area(np.delete(truth, k).tolist(), np.delete(score, k).tolist(), *limits, of=of))
        for k in range(truth.size)
    ]  # fmt: skip
    assert found.value == pytest.approx(float(twins.partial_area(truth.tolist(), score.tolist(), *limits, of=of)))  # fmt: skip
    variance = (truth.size - 1) / truth.size * sum((x - np.mean(left_out)) ** 2 for x in left_out)
    assert found.se == pytest.approx(variance**0.5, abs=1e-9)
    assert found.n == truth.size


@steady
@given(readings(least=2), ranges, axes, scales, st.sampled_from(["jackknife", "components"]))
def test_the_interval_is_normal_and_stays_on_the_scale(data, limits, of, scale, variance):
    truth, (score,) = data
    found = partial_auc(truth, score, *limits, of=of, scale=scale, variance=variance, level=0.9)
    raw = partial_auc(truth, score, *limits, of=of, variance=variance)
    figure = PartialAuc(*limits, of=of, scale=scale)
    worst, best = figure.values([1, 0], [[0, 1], [1, 0]])
    assert found.value == figure.values(truth, score)[0]
    slope = (best - worst) / (limits[1] - limits[0])
    assert found.se == pytest.approx(raw.se * slope, abs=1e-9)
    if not found.se:
        assert (found.low, found.high) == (None, None)
        assert "the variance is zero" in found.reason
        return
    half = norm.isf(0.05) * found.se
    assert found.low == pytest.approx(max(found.value - half, worst))
    assert found.high == pytest.approx(min(found.value + half, best))


@steady
@given(readings(least=2), axes)
def test_over_the_whole_range_the_components_are_delongs(data, of):
    truth, (score,) = data
    assert partial_auc(truth, score, 0, 1, of=of, variance="components").se == pytest.approx(stats.auc_interval(truth, score).se, abs=1e-9)  # fmt: skip


@steady
@given(readings(least=1), ranges)
def test_components_of_the_positive_cases_average_to_the_area(data, limits):
    truth, (score,) = data
    found = partial_components(truth, score, *limits)
    area = float(twins.partial_area(truth.tolist(), score.tolist(), *limits))
    assert found.v10.mean() == pytest.approx(area, abs=1e-12)
    assert found.v10.shape == (truth.sum(),)
    assert found.v01.shape == (truth.size - truth.sum(),)


@steady
@given(readings(least=2), st.sampled_from([(0.137, 0.831), (0.211, 0.5077)]))
def test_components_are_what_the_area_gains_by_more_weight_of_a_case(data, ends):
    """The derivative of the area by the share of a case in its class; no curve point lies at these ends of the range."""
    truth, (score,) = data
    found = partial_components(truth, score, 1 - ends[1], 1 - ends[0])
    step, area = 1e-7, weighted_partial_area(truth, score, np.ones(truth.size), *ends)
    for value, component in ((1, found.v10), (0, found.v01)):
        places = np.flatnonzero(truth == value)
        for place, own in zip(places, component - component.mean(), strict=True):
            weights = np.ones(truth.size)
            weights[place] += step * places.size / (1 - step)
            gained = (weighted_partial_area(truth, score, weights, *ends) - area) / step
            assert gained == pytest.approx(own, abs=1e-5)


def test_the_interval_covers_the_true_partial_area():
    """Scores N(1, 1) and N(0, 1): 200 samples of 40 + 40, both variances."""
    rng, truth = np.random.default_rng(5), np.repeat([1, 0], 40)
    fpf = (np.arange(4000) + 0.5) / 4000
    true = np.mean(norm.sf(norm.isf(fpf) - 1) * ((fpf > 0.1) & (fpf < 0.4)))
    for variance in ("jackknife", "components"):
        samples = [partial_auc(truth, rng.normal(truth), 0.6, 0.9, variance=variance) for _ in range(200)]  # fmt: skip
        assert 0.9 <= np.mean([one.low <= true <= one.high for one in samples]) <= 0.99


def test_a_single_case_of_a_class_gives_the_area_without_an_interval():
    found = partial_auc([1, 0, 0], [2, 1, 3], 0, 0.5)
    assert (found.value, found.low, found.se) == (0.5, None, None)
    assert found.reason == "A variance needs two positive and two negative cases."


def test_a_perfect_reading_has_no_interval():
    found = partial_auc([1, 1, 0, 0], [3, 4, 1, 2], 0.8, 1, scale="mcclish")
    assert (found.value, found.low, found.se) == (pytest.approx(1), None, 0)
    assert "says nothing about the uncertainty" in found.reason


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"low": 0.9, "high": 0.8}, "two rates 0 ≤ low < high ≤ 1"),
        ({"variance": "bootstrap"}, "The variance must be one of jackknife, components, not bootstrap"),
        ({"scale": "half"}, "The scale must be one of"),
        ({"level": 1.0}, "confidence level"),
        ({"score": [1, 2]}, "4 cases"),
    ],
)  # fmt: skip
def test_faults_are_told(arguments, sentence):
    given = {"truth": [1, 1, 0, 0], "score": [1, 2, 3, 4], "low": 0.8, "high": 1.0, **arguments}
    with pytest.raises(stats.StatisticsInputError, match=sentence):
        partial_auc(**given)
    if "low" in arguments:
        with pytest.raises(stats.StatisticsInputError, match=sentence):
            partial_components([1, 0], [1, 2], 0.9, 0.8)
