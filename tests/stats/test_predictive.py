"""What a 2 × 2 table says of a decision."""

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from readerstudy.stats import ConfusionTable, StatisticsInputError, predictive, wilson
from readerstudy.stats.predictive import table_measures
from tests.stats.strategies import steady

count = st.integers(0, 30)
filled = st.integers(1, 30)
tables = st.builds(ConfusionTable, count, count, count, count)
full_tables = st.builds(ConfusionTable, filled, filled, filled, filled)
prevalences = st.sampled_from([0.01, 0.2, 0.5, 0.9])
Z = norm.isf(0.025)


def delta(function, table, step=1e-6):
    """Value and standard error of a function of both rates by numerical derivatives and binomial variances."""
    n1, n0 = table.tp + table.fn, table.tn + table.fp
    x, y = table.tp / n1, table.tn / n0
    by_x = (function(x + step, y) - function(x - step, y)) / (2 * step)
    by_y = (function(x, y + step) - function(x, y - step)) / (2 * step)
    return function(x, y), math.sqrt(by_x**2 * x * (1 - x) / n1 + by_y**2 * y * (1 - y) / n0)


def logit(p):
    return math.log(p / (1 - p))


def expit(x):
    return 1 / (1 + math.exp(-x))


@steady
@given(full_tables)
def test_likelihood_ratios_have_the_delta_interval_of_their_logarithm(table):
    for ratio, function in (
        (predictive.positive_likelihood_ratio, lambda x, y: math.log(x / (1 - y))),
        (predictive.negative_likelihood_ratio, lambda x, y: math.log((1 - x) / y)),
    ):
        found, (value, se) = ratio(table), delta(function, table)
        assert found.value == pytest.approx(math.exp(value))
        assert found.low == pytest.approx(math.exp(value - Z * se), rel=1e-5)
        assert found.high == pytest.approx(math.exp(value + Z * se), rel=1e-5)


@steady
@given(full_tables, prevalences)
def test_predictive_values_have_the_delta_interval_of_their_logit(table, share):
    for measure, function in (
        (predictive.positive_predictive_value, lambda x, y: logit(share * x / (share * x + (1 - share) * (1 - y)))),
        (predictive.negative_predictive_value, lambda x, y: logit((1 - share) * y / ((1 - share) * y + share * (1 - x)))),
    ):  # fmt: skip
        found, (value, se) = measure(table, prevalence=share), delta(function, table)
        limits = expit(value - Z * se), expit(value + Z * se)
        assert (found.value, found.low, found.high) == pytest.approx((expit(value), *limits), rel=1e-5)  # fmt: skip


@steady
@given(full_tables)
def test_in_the_study_predictive_values_and_accuracy_are_shares_with_wilsons_interval(table):
    for found, right, n in (
        (predictive.positive_predictive_value(table), table.tp, table.tp + table.fp),
        (predictive.negative_predictive_value(table), table.tn, table.tn + table.fn),
        (predictive.accuracy(table), table.tp + table.tn, sum(dataclasses.astuple(table))),
    ):
        twin = wilson(right, n)
        assert (found.value, found.low, found.high, found.n) == (twin.value, twin.low, twin.high, n)


@steady
@given(full_tables)
def test_at_the_studys_own_prevalence_bayes_gives_the_shares_of_the_study(table):
    share = (table.tp + table.fn) / sum(dataclasses.astuple(table))
    for measure in (
        predictive.positive_predictive_value,
        predictive.negative_predictive_value,
        predictive.accuracy,
    ):
        assert measure(table, prevalence=share).value == pytest.approx(measure(table).value)


@steady
@given(full_tables)
def test_youdens_index_has_newcombes_interval_of_a_difference(table):
    # Newcombe 1998, Stat Med 17:873, method 10, of sensitivity and 1 − specificity.
    x, y = wilson(table.tp, table.tp + table.fn), wilson(table.fp, table.tn + table.fp)
    value = x.value - y.value
    low = value - math.hypot(x.value - x.low, y.high - y.value)
    high = value + math.hypot(x.high - x.value, y.value - y.low)
    found = predictive.youden_index(table)
    assert (found.value, found.low, found.high) == pytest.approx((value, low, high))
    balanced = predictive.balanced_accuracy(table)
    assert (balanced.low, balanced.high) == pytest.approx(((low + 1) / 2, (high + 1) / 2))


def test_newcombes_published_interval_of_a_difference():
    # Newcombe, Stat Med 1998;17:873, table II: 56/70 − 48/80 = 0.2000, 0.0524 to 0.3339.
    found = predictive.youden_index(ConfusionTable(tp=56, fn=14, fp=48, tn=32))
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


@steady
@given(tables, st.one_of(st.none(), prevalences))
def test_exchanging_the_classes_exchanges_the_measures(table, share):
    turned = ConfusionTable(tp=table.tn, fn=table.fp, tn=table.tp, fp=table.fn)
    a = table_measures(table, prevalence=share)
    b = table_measures(turned, prevalence=None if share is None else 1 - share)
    for one, other in (
        (a.positive_predictive_value, b.negative_predictive_value),
        (a.accuracy, b.accuracy),
        (a.youden_index, b.youden_index),
    ):
        assert (one.value is None) == (other.value is None)
        if one.value is not None:
            assert one.value == pytest.approx(other.value)
            assert (one.low is None) == (other.low is None)
            assert one.low is None or one.low == pytest.approx(other.low)


@steady
@given(tables, st.one_of(st.none(), prevalences))
def test_every_measure_is_a_number_with_limits_around_it_or_has_a_reason(table, share):
    told = table_measures(table, prevalence=share).as_dict()
    for name, found in told.items():
        if name == "prevalence":
            continue
        if found["low"] is None:
            assert found["reason"].endswith(".")
            assert found["high"] is None
        else:
            assert found["low"] <= found["value"] + 1e-12
            assert found["value"] <= found["high"] + 1e-12


def test_biopsies_for_one_melanoma_are_one_by_the_predictive_value():
    table = ConfusionTable(tp=20, fn=5, fp=60, tn=300)
    found, ppv = predictive.number_needed_to_biopsy(table), predictive.positive_predictive_value(table)  # fmt: skip
    assert found.value == 4
    assert (found.low, found.high) == (1 / ppv.high, 1 / ppv.low)
    rare = predictive.number_needed_to_biopsy(table, prevalence=0.01)
    assert rare.value == pytest.approx((0.01 * 0.8 + 0.99 / 6) / (0.01 * 0.8))


@pytest.mark.parametrize(
    ("cells", "measure", "value", "reason"),
    [
        ((0, 5, 5, 5), "positive_likelihood_ratio", 0, "No case is a true positive, so that the logarithm"),
        ((5, 5, 5, 0), "positive_likelihood_ratio", None, "No case is a false positive: the ratio has no upper bound."),
        ((0, 5, 5, 0), "positive_likelihood_ratio", None, "No case was called positive."),
        ((5, 0, 0, 5), "negative_likelihood_ratio", None, "No case was called negative."),
        ((5, 0, 0, 5), "positive_likelihood_ratio", 1, "All cases were called alike"),
        ((0, 0, 3, 4), "positive_likelihood_ratio", None, "There is no positive case."),
        ((3, 4, 0, 0), "youden_index", None, "There is no negative case."),
        ((5, 5, 5, 0), "positive_predictive_value", 1, "No case is a false positive, so that"),
        ((0, 5, 5, 0), "positive_predictive_value", None, "No case was called positive."),
        ((0, 5, 5, 5), "number_needed_to_biopsy", None, "No case is a true positive: however many"),
    ],
)  # fmt: skip
def test_empty_cells_are_told_and_never_filled(cells, measure, value, reason):
    found = getattr(table_measures(ConfusionTable(*cells), prevalence=0.3), measure)
    assert found.value == value
    assert found.low is None
    assert found.reason.startswith(reason)


@pytest.mark.parametrize("share", [0, 1, -0.2, float("nan")])
def test_a_prevalence_outside_zero_to_one_is_refused(share):
    for measure in (
        predictive.positive_predictive_value,
        predictive.negative_predictive_value,
        predictive.accuracy,
        predictive.number_needed_to_biopsy,
    ):
        with pytest.raises(StatisticsInputError, match="prevalence must lie between 0 and 1"):
            measure(ConfusionTable(1, 1, 1, 1), prevalence=share)


def test_the_level_is_checked():
    with pytest.raises(StatisticsInputError, match="confidence level"):
        predictive.positive_likelihood_ratio(ConfusionTable(1, 1, 1, 1), level=0)
