"""How many readers a curve beats, against a loop over readers in exact fractions."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readerstudy import stats
from tests.stats.strategies import readings, steady
from tests.stats.twins import matched_by_walk, points_by_thresholds


def wins_by_walk(truth, score, answers):
    """In how many of the two rates the curve lies above one reader, or None where the reader has no point."""
    pairs = [pair for pair in zip(truth, answers, strict=True) if pair[1] != -1]
    n1 = sum(t for t, _a in pairs)
    if n1 in (0, len(pairs)):
        return None
    sensitivity = Fraction(pairs.count((1, 1)), n1)
    specificity = Fraction(pairs.count((0, 0)), len(pairs) - n1)
    points = points_by_thresholds(truth, score)
    at_sensitivity = matched_by_walk([(t, 1 - f) for f, t in points], sensitivity, "interpolated")
    at_specificity = matched_by_walk([(1 - f, t) for f, t in points], specificity, "interpolated")
    return (at_sensitivity > specificity) + (at_specificity > sensitivity)


@steady
@given(readings(), st.data())
def test_counts_are_those_of_a_loop_over_readers(data, more):
    truth, scores = data
    row = st.lists(st.sampled_from([1, 0, -1]), min_size=truth.size, max_size=truth.size)
    decisions = more.draw(st.lists(row, min_size=1, max_size=6))
    comparison = stats.compare_with_readers(
        stats.empirical_roc(truth, scores[0]), stats.reader_points(truth, decisions)
    )
    wins = [wins_by_walk(truth.tolist(), scores[0].tolist(), answers) for answers in decisions]
    assert comparison.as_dict() == {
        "both": wins.count(2),
        "one": wins.count(1),
        "neither": wins.count(0),
    }
    assert comparison.defined.tolist() == [win is not None for win in wins]


def test_a_reader_at_an_outer_corner_of_the_curve_is_beaten_in_neither():
    truth = np.array([1] * 20 + [0] * 80)
    score = np.random.default_rng(3).normal(size=100) + truth
    falling = truth[np.argsort(-score)]
    # An outer corner is a threshold at a positive case just above a negative one.
    corners = np.flatnonzero((falling[:-1] == 1) & (falling[1:] == 0))
    thresholds = np.sort(score)[::-1][corners]
    comparison = stats.compare_with_readers(
        stats.empirical_roc(truth, score),
        stats.reader_points(truth, (score >= thresholds[:, None]).astype(int)),
    )
    assert comparison.as_dict() == {"both": 0, "one": 0, "neither": corners.size}
    assert corners.size > 5


def test_a_perfect_curve_beats_every_imperfect_reader_and_ties_with_the_perfect_one():
    truth = [1, 1, 0, 0]
    points = stats.reader_points(truth, [[1, 0, 0, 1], [1, 1, 0, 0], [1, 1, 1, 0], [-1, -1, 0, 0]])
    comparison = stats.compare_with_readers(stats.empirical_roc(truth, truth), points)
    assert comparison.as_dict() == {"both": 1, "one": 1, "neither": 1}
    assert comparison.defined.tolist() == [True, True, True, False]
    assert comparison.better_in_specificity.tolist() == [True, False, True, False]
    assert comparison.better_in_sensitivity.tolist() == [True, False, False, False]
    assert "strictly larger" in comparison.rule


def test_several_runs_are_compared_each_and_by_the_mean_of_their_rates():
    truth = np.array([1] * 6 + [0] * 9)
    rng = np.random.default_rng(8)
    curves = [stats.empirical_roc(truth, run) for run in rng.normal(size=(4, 15)) + 1.2 * truth]
    points = stats.reader_points(truth, rng.integers(0, 2, size=(12, 15)))
    each, mean = stats.compare_runs_with_readers(curves, points)
    single = [stats.compare_with_readers(curve, points) for curve in curves]
    assert [run.as_dict() for run in each] == [run.as_dict() for run in single]
    specificity = np.mean([run.specificity for run in single], axis=0)
    sensitivity = np.mean([run.sensitivity for run in single], axis=0)
    wins = (specificity > points.specificity).astype(int) + (sensitivity > points.sensitivity)
    assert mean.both == sum(wins == 2)
    assert mean.one == sum(wins == 1)
    assert mean.both + mean.one + mean.neither == 12


def test_no_curve_cannot_be_compared():
    with pytest.raises(stats.StatisticsInputError, match="no curves"):
        stats.compare_runs_with_readers([], stats.reader_points([1, 0], [[1, 0]]))
