"""Decision curves: by hand, by counting, and by simulation."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from readerstudy.stats import StatisticsInputError, wilson
from readerstudy.stats.hillis import mean_over_random_readers
from readerstudy.stats.net_benefit import decision_curve, readers_net_benefit, treat_all
from readerstudy.stats.reader_means import mean_covariance
from tests.stats.strategies import readings, steady
from tests.stats.twins import mean_covariance_by_pairs, sample_covariance
from tests.stats.twins_useful import net_benefit_by_counting

T = [0.05, 0.2, 0.25, 0.5, 0.9]
PREVALENCES = [None, Fraction(1, 20)]


def as_float(value):
    return None if value is None else float(value)


def only(curve):
    """The one point of a curve."""
    (point,) = curve.points
    return point


def decisions_of(counts):
    """(truth, decisions) with these tp, fn, fp, tn."""
    tp, fn, fp, tn = counts
    return [1] * (tp + fn) + [0] * (fp + tn), [1] * tp + [0] * fn + [1] * fp + [0] * tn


@steady
@given(readings(), st.sampled_from(PREVALENCES))
def test_the_curve_is_that_of_counting(data, prevalence):
    truth, ((*scores,),) = data[0].tolist(), data[1].tolist()
    p = [Fraction(int(score) + 3, 6) for score in scores]
    curve = decision_curve(truth, np.array(p, float), T, prevalence=as_float(prevalence))
    for t, point in zip(T, curve.points, strict=True):
        at = Fraction(t).limit_denominator(100)
        expected = net_benefit_by_counting(truth, [q >= at for q in p], at, prevalence)
        everyone = net_benefit_by_counting(truth, [True] * len(truth), at, prevalence)
        assert (point.net_benefit, point.treat_all) == pytest.approx((float(expected), float(everyone)), abs=1e-14)  # fmt: skip
        assert point.standardised == pytest.approx(point.net_benefit / curve.prevalence)
        assert point.low <= point.net_benefit <= point.high


def test_a_published_kind_of_example_by_hand():
    # 1000 cases, 200 positive; 150 true and 100 false positives at the threshold 0.2: 0.15 − 0.1 / 4.
    truth, p = decisions_of((150, 50, 100, 700))
    point = only(decision_curve(truth, p, 0.2))
    assert point.net_benefit == pytest.approx(0.125)
    assert point.standardised == pytest.approx(0.625)
    assert (point.sensitivity, point.specificity) == (0.75, 0.875)
    assert point.treat_all == pytest.approx(0.2 - 0.8 / 4)
    # At prevalence 0.05: 0.75 × 0.05 − 0.125 × 0.95 / 4.
    at = only(decision_curve(truth, p, 0.2, prevalence=0.05))
    assert at.net_benefit == pytest.approx(0.0375 - 0.0296875)


def test_a_threshold_that_misses_a_probability_by_rounding_is_that_probability():
    assert only(decision_curve([1, 0], [0.3, 0.1], 0.1 + 0.2)).sensitivity == 1


def test_the_standard_error_with_an_estimated_prevalence_is_that_of_the_contributions():
    truth, p = decisions_of((12, 8, 15, 45))
    point = only(decision_curve(truth, p, 0.3, interval="delta"))
    gained = [c if y else -c * 0.3 / 0.7 for y, c in zip(truth, p, strict=True)]
    se = np.std(gained) / len(truth) ** 0.5
    assert point.se == pytest.approx(se)
    half = norm.isf(0.025) * se
    assert (point.low, point.high) == pytest.approx((point.net_benefit - half, point.net_benefit + half))  # fmt: skip


def test_the_standard_error_with_a_known_prevalence_joins_two_binomial_variances():
    truth, p = decisions_of((12, 8, 15, 45))
    point = only(decision_curve(truth, p, 0.3, prevalence=0.1, interval="delta"))
    variance = 0.01 * 0.6 * 0.4 / 20 + (0.9 * 3 / 7) ** 2 * 0.25 * 0.75 / 60
    assert point.se == pytest.approx(variance**0.5)


def test_wilsons_limits_of_both_rates_are_joined():
    truth, p = decisions_of((12, 8, 15, 45))
    point = only(decision_curve(truth, p, 0.3, prevalence=0.1))
    tpf, fpf, cost = wilson(12, 20), wilson(15, 60), 0.9 * 3 / 7
    below = (0.1 * (tpf.value - tpf.low)) ** 2 + (cost * (fpf.high - fpf.value)) ** 2
    above = (0.1 * (tpf.high - tpf.value)) ** 2 + (cost * (fpf.value - fpf.low)) ** 2
    assert point.low == pytest.approx(point.net_benefit - below**0.5)
    assert point.high == pytest.approx(point.net_benefit + above**0.5)


def test_with_an_estimated_prevalence_the_two_shares_are_correlated():
    truth, p = decisions_of((12, 8, 15, 45))
    point = only(decision_curve(truth, p, 0.3))
    tp, fp, cost = wilson(12, 80), wilson(15, 80), 3 / 7
    # The covariance of two shares of one multinomial is −x y / n.
    rho = -(tp.value * fp.value) / (tp.value * (1 - tp.value) * fp.value * (1 - fp.value)) ** 0.5
    first, second = tp.value - tp.low, cost * (fp.high - fp.value)
    assert point.low == pytest.approx(point.net_benefit - (first**2 + second**2 - 2 * rho * first * second) ** 0.5)  # fmt: skip


def test_both_intervals_agree_in_a_large_study():
    truth, p = decisions_of((30_000, 20_000, 10_000, 90_000))
    for prevalence in (None, 0.1):
        joined, delta = (
            only(decision_curve(truth, p, 0.3, prevalence=prevalence, interval=kind))
            for kind in ("wilson", "delta")
        )
        assert (joined.low, joined.high) == pytest.approx((delta.low, delta.high), rel=1e-3)


def test_nobody_called_positive_has_limits_by_wilson_and_a_reason_by_the_delta_method():
    wilsons, delta = (
        only(decision_curve([1, 0, 1, 0], [0.1, 0.2, 0.1, 0.3], 0.9, interval=kind))
        for kind in ("wilson", "delta")
    )
    assert (wilsons.net_benefit, wilsons.se, delta.low, delta.high) == (0, 0, None, None)
    assert wilsons.low < 0 < wilsons.high
    assert "variance is zero" in delta.reason


def test_readers_have_the_curve_of_their_decisions():
    rng = np.random.default_rng(3)
    truth = np.array([1] * 12 + [0] * 28)
    decisions = (rng.random((4, 40)) < 0.3 + 0.4 * truth).astype(int)
    for prevalence in (None, 0.05):
        found = readers_net_benefit(truth, decisions, T, prevalence=prevalence)
        for row, curve in zip(decisions, found.readers, strict=True):
            assert curve == decision_curve(truth, np.where(row == 1, 0.99, 0.01), T, prevalence=prevalence)  # fmt: skip
        for place, mean in enumerate(found.mean):
            values = [curve.points[place].net_benefit for curve in found.readers]
            assert mean.value == pytest.approx(np.mean(values))


@steady
@given(readings(count=3, least=2), st.sampled_from([None, 0.1]), st.sampled_from(T))
def test_the_mean_over_readers_has_the_covariance_of_loops_over_pairs(data, prevalence, t):
    truth, decisions = data[0], (data[1] > 0).astype(int)
    (found,) = readers_net_benefit(truth, decisions, t, prevalence=prevalence).mean
    cost = t / (1 - t)
    gained = [
        [c if y else -c * cost for y, c in zip(truth.tolist(), row, strict=True)]
        for row in decisions.tolist()
    ]
    if prevalence is None:
        cov2 = mean_covariance_by_pairs(gained)
        values = np.mean(gained, axis=1)
    else:
        tables = [np.array(gained)[:, truth == value] for value in (1, 0)]
        weights = (prevalence, 1 - prevalence)
        cov2 = sum(w * w * mean_covariance_by_pairs(table) for w, table in zip(weights, tables, strict=True))  # fmt: skip
        values = sum(w * table.mean(axis=1) for w, table in zip(weights, tables, strict=True))
    expected = mean_over_random_readers(np.array(values), cov2)
    assert found.value == pytest.approx(expected.mean, abs=1e-14)
    if found.se is None or np.std(values) < 1e-9:
        assert found.reason
        return
    assert (found.se, found.df) == pytest.approx((expected.se, expected.df))


def test_the_mean_covariance_sums_over_tables():
    first, second = np.array([[1.0, 2, 4], [3, 1, 1]]), np.array([[0.0, 1], [1, 5]])
    expected = sample_covariance(*first.tolist()) / 3 + sample_covariance(*second.tolist()) / 2
    assert mean_covariance(first, second) == pytest.approx(expected)
    assert mean_covariance(first[:1]) == 0


def test_a_missing_answer_leaves_the_readers_own_cases_and_no_interval_of_the_mean():
    truth = [1, 1, 1, 0, 0, 0]
    found = readers_net_benefit(truth, [[1, -1, 0, 0, 1, 0], [1, 1, 0, 0, 0, 0]], 0.25)
    assert only(found.readers[0]).net_benefit == pytest.approx(1 / 5 - 1 / 5 / 3)
    (mean,) = found.mean
    assert mean.value == pytest.approx((1 / 5 - 1 / 15 + 1 / 3) / 2)
    assert mean.low is None
    assert "1 of 12 answers are missing" in mean.reason


def test_one_reader_has_a_curve_and_no_interval_of_the_mean():
    (mean,) = readers_net_benefit([1, 1, 0, 0], [[1, 0, 0, 1]], 0.5).mean
    assert (mean.value, mean.low) == (0, None)
    assert "one reader" in mean.reason


def test_one_case_of_a_class_leaves_no_interval_at_a_known_prevalence():
    (mean,) = readers_net_benefit([1, 0, 0], [[1, 0, 1], [0, 0, 1]], 0.5, prevalence=0.1).mean
    assert mean.low is None
    assert "one case of a class" in mean.reason


def test_results_are_plain_numbers():
    found = readers_net_benefit([1, 1, 0, 0], [[1, 0, 0, 0], [1, 1, 0, 1]], T)
    assert found.as_dict()["readers"][0]["points"][0]["threshold"] == 0.05
    assert "Net benefit" in found.readers[0].as_text()


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: decision_curve([1, 0], [0.1, 0.2], [0.0]), "both excluded"),
        (lambda: decision_curve([1, 0], [0.1, 0.2], []), "at least one number"),
        (lambda: decision_curve([1, 0], [0.1, 2], [0.5]), "Probability 2 is 2.0"),
        (lambda: decision_curve([1, 1], [0.1, 0.2], [0.5]), "no negative case"),
        (lambda: decision_curve([1, 0], [0.1, 0.2], [0.5], prevalence=0), "prevalence must"),
        (lambda: decision_curve([1, 0], [0.1, 0.2], [0.5], interval="t"), "wilson, delta, not t"),
        (lambda: decision_curve([1, 0], [0.1, 0.2], [0.5], level=0), "confidence level"),
        (lambda: treat_all(1.5, [0.5]), "prevalence must"),
        (lambda: readers_net_benefit([1, 0], np.empty((0, 2)), [0.5]), "no readers"),
        (lambda: readers_net_benefit([1, 0], [[1, 0], [1, -1]], [0.5]), "Reader 2 answered no neg"),
        (lambda: readers_net_benefit([1, 0], [[-1, 0]], [0.5]), "Reader 1 answered no positive"),
        (lambda: readers_net_benefit([1, 0], [[1, 2]], [0.5]), "must be 1, 0, or -1"),
    ],
)
def test_bad_input_is_refused_with_a_sentence(call, sentence):
    with pytest.raises(StatisticsInputError, match=sentence):
        call()


@pytest.mark.parametrize("kind", ["wilson", "delta"])
@pytest.mark.parametrize("prevalence", [None, 0.1])
def test_the_interval_covers_the_true_net_benefit(kind, prevalence):
    # A test with sensitivity .8 and specificity .7; enriched to half of 120, or a sample with prevalence .3.
    rng, hits = np.random.default_rng(11), []
    share = 0.3 if prevalence is None else prevalence
    true = 0.8 * share - 0.3 * (1 - share) * 0.25 / 0.75
    for _ in range(500):
        n1 = rng.binomial(120, 0.3) if prevalence is None else 60
        tp, fp = rng.binomial(n1, 0.8), rng.binomial(120 - n1, 0.3)
        truth, p = decisions_of((tp, n1 - tp, fp, 120 - n1 - fp))
        point = only(decision_curve(truth, p, 0.25, prevalence=prevalence, interval=kind))
        hits.append(point.low <= true <= point.high)
    assert 0.92 <= np.mean(hits) <= 0.98


def test_the_mean_over_random_readers_covers_the_true_net_benefit():
    rng, hits = np.random.default_rng(12), []
    truth = np.array([1] * 40 + [0] * 60)
    thresholds = rng.normal(0.7, 0.3, (300, 5))
    wide = rng.normal(0.7, 0.3, 200_000)
    # Score: normal with variance 1 about 0 or 1.5, half of it the case's.
    true = 0.1 * norm.sf(wide - 1.5).mean() - 0.9 * norm.sf(wide).mean() / 9
    for cuts in thresholds:
        shared, own = rng.normal(size=100), rng.normal(size=(5, 100))
        score = 1.5 * truth + (shared + own) / 2**0.5
        decisions = (score >= cuts[:, np.newaxis]).astype(int)
        (mean,) = readers_net_benefit(truth, decisions, 0.1, prevalence=0.1).mean
        hits.append(mean.low <= true <= mean.high)
    assert 0.92 <= np.mean(hits) <= 0.99
