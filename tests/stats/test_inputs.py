"""Every fault of the data is told in one sentence."""

import numpy as np
import pytest

from readerstudy import stats

TRUTH, SCORE = [1, 0, 1, 0], [0.9, 0.1, 0.4, 0.3]


@pytest.mark.parametrize(
    ("truth", "score", "sentence"),
    [
        ([1, 1, 1, 1], SCORE, "There is no negative case."),
        ([0, 0, 0, 0], SCORE, "There is no positive case."),
        ([1, 0, 2, 0], SCORE, "Truth must be 1 for positive and 0 for negative cases."),
        ([1, 0, np.nan, 0], SCORE, "Truth must be 1 for positive and 0 for negative cases."),
        ([[1, 0], [1, 0]], SCORE, r"Truth must be one list of cases, not of shape \(2, 2\)."),
        ([], [], "There is no positive case."),
        (TRUTH, SCORE[:3], "There are 4 cases, but the scores have shape"),
        (TRUTH, [0.9, np.nan, 0.4, 0.3], "Reading 1 has the score nan for case 2, not a finite"),
        (TRUTH, [0.9, 0.1, 0.4, np.inf], "Reading 1 has the score inf for case 4, not a finite"),
        (TRUTH, ["high", "low", "low", "low"], "Scores must be numbers"),
    ],
)
@pytest.mark.parametrize(
    "estimator",
    [
        stats.empirical_roc, stats.auc, stats.auc_interval, stats.delong_covariance, stats.jackknife_covariance,
        lambda truth, score: stats.paired_test(truth, score, score),
        lambda truth, score: stats.matched_over_runs(truth, score, 0.5, of="specificity"),
        lambda truth, score: stats.algorithm_against_readers(truth, [score, score], score),
    ],
)  # fmt: skip
def test_faulty_readings_are_refused_with_a_sentence(estimator, truth, score, sentence):
    with pytest.raises(stats.StatisticsInputError, match=sentence):
        estimator(truth, score)


def test_a_matrix_is_not_one_reading():
    with pytest.raises(stats.StatisticsInputError, match="one list of scores"):
        stats.empirical_roc(TRUTH, [SCORE])


@pytest.mark.parametrize("level", [0, 1, 95, -0.1, float("nan")])
@pytest.mark.parametrize(
    "interval",
    [
        lambda level: stats.wilson(1, 2, level),
        lambda level: stats.clopper_pearson(1, 2, level),
        lambda level: stats.auc_interval(TRUTH, SCORE, level),
        lambda level: stats.paired_test(TRUTH, SCORE, SCORE, level),
        lambda level: stats.t_interval_of_mean([1, 2], level),
        lambda level: stats.random_reader_random_case_interval([[1, 0], [0, 1]], level),
        lambda level: stats.algorithm_against_readers(TRUTH, [SCORE, SCORE], SCORE, level),
    ],
)
def test_a_confidence_level_is_a_fraction(interval, level):
    with pytest.raises(stats.StatisticsInputError, match="confidence level"):
        interval(level)


def test_the_input_error_is_a_value_error():
    assert issubclass(stats.StatisticsInputError, ValueError)


def test_a_result_cannot_hold_a_number_that_is_not_finite():
    with pytest.raises(ArithmeticError, match="low is nan"):
        stats.Estimate(0.5, float("nan"), 1.0, "some method")
    with pytest.raises(ArithmeticError, match="mean is inf"):
        stats.Spread(float("inf"), 0.0, 1.0, None, 1)
