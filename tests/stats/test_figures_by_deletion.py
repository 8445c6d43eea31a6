"""Figures of merit and their delete-one values against exact fractions, every case deleted in turn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readerstudy.stats.figures import (
    Auc,
    PartialAuc,
    Sensitivity,
    SensitivityAt,
    Specificity,
    SpecificityAt,
)
from tests.stats import twins, twins_figures
from tests.stats.strategies import readings, steady
from tests.stats.strategies_figures import axes, ranges, rates, rules


def agrees(figure, truth, scores, estimate, *, label=None):
    """Values and delete-one values of all readings equal those of the plain estimate."""
    values, left_out = figure.jackknife(truth, scores)
    labels = truth.tolist()
    for row, value, without in zip(scores.tolist(), values, left_out, strict=True):
        assert value == pytest.approx(float(estimate(labels, row)), abs=1e-13)
        twin = twins_figures.without_each(labels, row, estimate, label=label)
        assert without == pytest.approx(twin, abs=1e-13)
    assert figure.values(truth, scores) == pytest.approx(values, abs=1e-15)


@steady
@given(readings(count=2, least=2))
def test_the_auc_and_its_delete_one_values_are_those_of_all_pairs(data):
    agrees(Auc(), *data, twins.auc_by_pairs)


@steady
@given(readings(count=2, least=2), st.integers(-3, 3))
def test_sensitivity_leaves_out_the_positive_cases_and_specificity_the_negative_ones(data, cut):
    for figure, label in ((Sensitivity(cut), 1), (Specificity(cut), 0)):
        agrees(
            figure,
            *data,
            lambda truth, score, label=label: twins_figures.share_called_right(
                truth, score, cut, label
            ),
            label=label,
        )


@steady
@given(readings(count=2, least=2), ranges, axes)
def test_the_partial_area_is_that_of_the_polygon_piece_by_piece(data, limits, of):
    agrees(
        PartialAuc(*map(float, limits), of=of),
        *data,
        lambda truth, score: twins_figures.partial_area(truth, score, *limits, of=of),
    )


@steady
@given(readings(count=2, least=2), ranges, axes)
def test_the_collapsed_partial_area_joins_collapsed_ends_and_the_points_between(data, limits, of):
    agrees(
        PartialAuc(*map(float, limits), of=of, polygon="collapsed"),
        *data,
        lambda truth, score: twins_figures.partial_area(
            truth, score, *limits, of=of, polygon="collapsed"
        ),
    )


@steady
@given(readings(count=2, least=2), rates, rules)
def test_the_sensitivity_at_a_specificity_is_that_of_a_walk_along_the_curve(data, target, rule):
    agrees(
        SensitivityAt(float(target), rule),
        *data,
        lambda truth, score: twins_figures.sensitivity_at(truth, score, target, rule),
    )


@steady
@given(readings(count=2, least=2), rates, rules)
def test_the_specificity_at_a_sensitivity_is_that_of_a_walk_along_the_curve(data, target, rule):
    agrees(
        SpecificityAt(float(target), rule),
        *data,
        lambda truth, score: twins_figures.specificity_at(truth, score, target, rule),
    )


@steady
@given(readings(count=2, least=2), rates)
def test_collapsed_matched_rates_join_one_point_for_each_rate(data, target):
    for kind, estimate in (
        (SensitivityAt, twins_figures.collapsed_sensitivity_at),
        (SpecificityAt, twins_figures.collapsed_specificity_at),
    ):
        agrees(
            kind(float(target), polygon="collapsed"),
            *data,
            lambda truth, score, estimate=estimate: estimate(truth, score, target),
        )
