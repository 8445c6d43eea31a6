"""The empirical ROC curve against thresholds tried one at a time."""

import numpy as np
import pytest
from hypothesis import given

from readerstudy import stats
from tests.stats.strategies import readings, steady
from tests.stats.twins import auc_by_pairs, matched_by_walk, points_by_thresholds


@steady
@given(readings())
def test_points_and_area_are_those_of_thresholds_tried_one_at_a_time(data):
    truth, scores = data
    curve = stats.empirical_roc(truth, scores[0])
    points = points_by_thresholds(truth.tolist(), scores[0].tolist())
    assert curve.fpf.tolist() == [float(fpf) for fpf, _tpf in points]
    assert curve.tpf.tolist() == [float(tpf) for _fpf, tpf in points]
    assert curve.specificity.tolist() == [float(1 - fpf) for fpf, _tpf in points]
    assert curve.threshold.tolist() == [np.inf, *sorted(set(scores[0].tolist()), reverse=True)]
    area = float(auc_by_pairs(truth.tolist(), scores[0].tolist()))
    assert curve.auc == pytest.approx(area, abs=1e-14)
    assert stats.auc(truth, scores[0]) == pytest.approx(area, abs=1e-14)


@steady
@given(readings())
def test_a_strictly_rising_change_of_the_scores_changes_no_point(data):
    truth, scores = data
    first = stats.empirical_roc(truth, scores[0])
    second = stats.empirical_roc(truth, np.exp(scores[0]) * 3 - 8)
    assert first.fpf.tolist() == second.fpf.tolist()
    assert first.tpf.tolist() == second.tpf.tolist()


@steady
@given(readings())
def test_turned_scores_have_the_area_that_is_left(data):
    truth, scores = data
    assert stats.auc(truth, -scores[0]) == pytest.approx(1 - stats.auc(truth, scores[0]), abs=1e-14)


@steady
@given(readings())
def test_the_order_of_the_cases_does_not_matter(data):
    truth, scores = data
    turned = stats.empirical_roc(truth[::-1], scores[0][::-1])
    assert turned.tpf.tolist() == stats.empirical_roc(truth, scores[0]).tpf.tolist()


def test_constant_scores_give_the_diagonal():
    curve = stats.empirical_roc([1, 0, 1, 0, 0], [3, 3, 3, 3, 3])
    assert curve.fpf.tolist() == [0, 1]
    assert curve.tpf.tolist() == [0, 1]
    assert curve.auc == 0.5


def test_scores_whose_distance_overflows_stay_apart():
    assert stats.empirical_roc([1, 0], [1.5e308, -1.5e308]).auc == 1
    assert stats.empirical_roc([1, 0], [5e-324, 0.0]).auc == 1


def test_a_result_cannot_be_written_to():
    curve = stats.empirical_roc([1, 0], [1, 0])
    with pytest.raises(ValueError, match="read-only"):
        curve.tpf[0] = 1


@steady
@given(readings(count=3))
def test_the_average_curve_is_mean_and_range_of_the_polygons_at_each_point(data):
    truth, scores = data
    grid = np.linspace(0, 1, 13)
    average = stats.average_curve([stats.empirical_roc(truth, run) for run in scores], grid)
    for column, fpf in enumerate(grid):
        heights = [
            float(
                matched_by_walk(
                    # Specificity as the matched rate: at one FPF the largest TPF counts.
                    [(1 - f, t) for f, t in points_by_thresholds(truth.tolist(), run.tolist())],
                    1 - round_to_twelfth(fpf),
                    "interpolated",
                )
            )
            for run in scores
        ]
        assert average.mean[column] == pytest.approx(np.mean(heights), abs=1e-12)
        assert average.low[column] == pytest.approx(min(heights), abs=1e-12)
        assert average.high[column] == pytest.approx(max(heights), abs=1e-12)


def round_to_twelfth(value):
    from fractions import Fraction

    return Fraction(round(value * 12), 12)


def test_a_grid_point_off_by_rounding_still_sees_the_top_of_a_vertical_piece():
    # 35 of the 401 grid points are 7 / 80 but for the last bit.
    grid = np.linspace(0, 1, 401)
    assert grid[35] != 7 / 80
    truth = [0] * 7 + [1] * 2 + [0] * 73  # 80 negative cases
    curve = stats.empirical_roc(truth, [2.0] * 7 + [1.0] * 2 + [0.0] * 73)
    assert stats.tpf_at(curve, grid[35]) == 1.0


def test_an_average_needs_curves_and_a_grid_inside_the_square():
    curve = stats.empirical_roc([1, 0], [1, 0])
    with pytest.raises(stats.StatisticsInputError, match="no curves"):
        stats.average_curve([], [0, 1])
    with pytest.raises(stats.StatisticsInputError, match="between 0 and 1"):
        stats.average_curve([curve], [0, 1.1])
    with pytest.raises(stats.StatisticsInputError, match="between 0 and 1"):
        stats.average_curve([curve], [np.nan])
