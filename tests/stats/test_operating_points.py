"""Readers' points by plain counting; matched points against a walk along the polygon in exact fractions."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readerstudy import stats
from tests.stats.strategies import readings, steady
from tests.stats.twins import matched_by_walk, points_by_thresholds

RULES = ("interpolated", "next", "nearest")
READ = {
    "sensitivity": stats.sensitivity_at_specificity,
    "specificity": stats.specificity_at_sensitivity,
}


def walked(truth, score, of):
    """[(matched, other)] of the curve in fractions."""
    points = points_by_thresholds(truth.tolist(), score.tolist())
    return [(1 - f, t) if of == "sensitivity" else (t, 1 - f) for f, t in points]


@pytest.mark.parametrize("of", READ)
@pytest.mark.parametrize("rule", RULES)
@steady
@given(readings(), st.integers(0, 60))
def test_matched_rates_are_those_of_a_walk_along_the_curve(of, rule, data, sixtieths):
    truth, scores = data
    target = Fraction(sixtieths, 60)
    found = READ[of](stats.empirical_roc(truth, scores[0]), float(target), rule)
    expected = matched_by_walk(walked(truth, scores[0], of), target, rule)
    assert isinstance(found, float)
    assert found == pytest.approx(float(expected), abs=1e-12)


@pytest.mark.parametrize("of", READ)
@pytest.mark.parametrize("rule", RULES)
@steady
@given(readings())
def test_a_target_off_by_the_last_bit_is_matched_as_the_rate_it_means(of, rule, data):
    truth, scores = data
    curve = stats.empirical_roc(truth, scores[0])
    for target, _other in walked(truth, scores[0], of):
        exact = READ[of](curve, float(target), rule)
        for side in (0.0, 1.0):
            off = float(np.nextafter(float(target), side))
            assert READ[of](curve, off, rule) == pytest.approx(exact, abs=1e-12)


@steady
@given(readings(), st.floats(0, 1))
def test_an_interpolated_point_lies_on_the_polygon(data, specificity):
    truth, scores = data
    curve = stats.empirical_roc(truth, scores[0])
    sensitivity = stats.sensitivity_at_specificity(curve, specificity)
    assert sensitivity == pytest.approx(float(stats.tpf_at(curve, 1 - specificity)), abs=1e-9)
    # Back again: at that sensitivity the curve has at least that specificity.
    assert stats.specificity_at_sensitivity(curve, min(sensitivity, 1.0)) >= specificity - 1e-9


@steady
@given(readings(), st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_many_targets_at_once_are_matched_as_one_by_one(data, targets):
    truth, scores = data
    curve = stats.empirical_roc(truth, scores[0])
    for rule in RULES:
        together = stats.specificity_at_sensitivity(curve, np.array(targets), rule)
        single = [stats.specificity_at_sensitivity(curve, target, rule) for target in targets]
        assert together.tolist() == single


@steady
@given(readings(), st.floats(0, 1))
def test_the_next_point_never_has_less_than_the_target(data, target):
    truth, scores = data
    curve = stats.empirical_roc(truth, scores[0])
    at_next = stats.specificity_at_sensitivity(curve, target, "next")
    assert at_next <= stats.specificity_at_sensitivity(curve, target) + 1e-12
    reached = curve.tpf[curve.specificity == at_next]
    assert reached.max() >= target - 1e-12


def test_every_rate_of_twenty_and_eighty_cases_is_found_exactly():
    # 1 - k / 80 is not (80 - k) / 80 in floating point for 24 of the 81 specificities.
    truth = np.array([1] * 20 + [0] * 80)
    for negatives_above in range(81):
        score = np.concatenate(
            [np.full(20, 1.0), np.full(negatives_above, 2.0), np.zeros(80 - negatives_above)]
        )
        curve = stats.empirical_roc(truth, score)
        target = (80 - negatives_above) / 80
        for rule in RULES:
            assert stats.sensitivity_at_specificity(curve, target, rule) == 1.0
        # As a mean of equal readers, which may differ in the last bit.
        assert stats.sensitivity_at_specificity(curve, float(np.mean([target] * 145))) == 1.0


def test_the_nearest_point_at_equal_distance_has_the_higher_rate():
    truth, score = [1] * 20 + [0] * 20, [*range(20, 40), *[x + 0.5 for x in range(14, 34)]]
    curve = stats.empirical_roc(truth, score)
    at_higher = stats.specificity_at_sensitivity(curve, 0.75, "nearest")
    at_lower = stats.specificity_at_sensitivity(curve, 0.70, "nearest")
    assert stats.specificity_at_sensitivity(curve, 0.725, "nearest") == at_higher != at_lower


def test_unknown_rules_rates_and_targets_are_refused():
    curve = stats.empirical_roc([1, 0], [1, 0])
    with pytest.raises(stats.StatisticsInputError, match="interpolated, next, nearest, not best"):
        stats.sensitivity_at_specificity(curve, 0.5, "best")
    for target in (-0.1, 1.1, float("nan")):
        with pytest.raises(stats.StatisticsInputError, match="between 0 and 1"):
            stats.sensitivity_at_specificity(curve, target)
    with pytest.raises(stats.StatisticsInputError, match="specificity or sensitivity, not auc"):
        stats.matched_over_runs([1, 0], [1, 0], 0.5, of="auc")


def test_matched_over_runs_is_each_run_and_their_mean_and_range():
    truth = np.array([1, 1, 1, 0, 0, 0, 0])
    runs = np.random.default_rng(5).normal(size=(10, 7)) + truth
    matched = stats.matched_over_runs(truth, runs, 0.7, of="specificity", rule="next")
    single = [
        stats.specificity_at_sensitivity(stats.empirical_roc(truth, run), 0.7, "next") for run in runs
    ]  # fmt: skip
    assert matched.per_run.tolist() == single
    assert matched.spread.mean == pytest.approx(sum(single) / 10)
    assert (matched.spread.low, matched.spread.high) == (min(single), max(single))
    assert matched.rule is stats.MatchingRule.NEXT


@steady
@given(readings(), st.data())
def test_readers_points_are_plain_counts_of_the_answers_given(data, more):
    truth, _scores = data
    row = st.lists(st.sampled_from([1, 0, -1]), min_size=truth.size, max_size=truth.size)
    decisions = more.draw(st.lists(row, min_size=1, max_size=4))
    points = stats.reader_points(truth, decisions)
    for reader, answers in enumerate(decisions):
        pairs = list(zip(truth.tolist(), answers, strict=True))
        tp, fn, tn, fp = (pairs.count(pair) for pair in ((1, 1), (1, 0), (0, 0), (0, 1)))
        counts = (points.tp, points.fn, points.tn, points.fp)
        assert [int(count[reader]) for count in counts] == [tp, fn, tn, fp]
        assert (points.n_positive[reader], points.n_negative[reader]) == (tp + fn, tn + fp)
        assert bool(points.defined[reader]) == (tp + fn > 0 and tn + fp > 0)
        if points.defined[reader]:
            assert points.sensitivity[reader] == tp / (tp + fn)
            assert points.specificity[reader] == tn / (tn + fp)


def test_decisions_are_one_zero_or_missing_for_every_case():
    with pytest.raises(stats.StatisticsInputError, match="1, 0, or -1"):
        stats.reader_points([1, 0], [[1, 2]])
    with pytest.raises(
        stats.StatisticsInputError, match=r"readers × 2 cases, not of shape \(1, 3\)"
    ):
        stats.reader_points([1, 0], [[1, 0, 0]])
    with pytest.raises(stats.StatisticsInputError, match="no negative case"):
        stats.reader_points([1, 1], [[1, 0]])
