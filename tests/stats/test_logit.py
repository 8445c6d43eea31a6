"""Limits on the logit scale."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t

from readerstudy.stats.logit import logit_limits, mean_on_logit_scale
from readerstudy.stats.mrmc.results import ModalityMean
from tests.stats.strategies import steady


def test_they_are_the_back_transformed_limits_of_the_logit():
    low, high = logit_limits(0.9, 0.03, df=7.5, level=0.9)
    half = t.isf(0.05, 7.5) * 0.03 / 0.09
    assert [math.log(x / (1 - x)) for x in (low, high)] == pytest.approx([math.log(9) - half, math.log(9) + half])  # fmt: skip


@steady
@given(st.floats(0.01, 0.99), st.floats(0.001, 0.3))
def test_they_lie_inside_0_and_1_around_the_value_and_turn_with_it(value, se):
    low, high = logit_limits(value, se)
    assert 0 <= low < value < high <= 1
    assert logit_limits(1 - value, se) == pytest.approx((1 - high, 1 - low))


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_there_are_none_at_the_bounds(value):
    assert logit_limits(value, 0.1) is None
    mean = mean_on_logit_scale(ModalityMean("A", value, 0.1, 5.0, 0.8, 1.2))
    assert (mean.low, mean.high) == (None, None)
    assert "0 or 1" in mean.reason


def test_a_mean_without_an_error_keeps_its_reason():
    mean = mean_on_logit_scale(ModalityMean("A", 0.9, None, None, None, None, "One reader."))
    assert mean.reason == "One reader."


def test_a_mean_gets_the_limits_of_its_own_degrees_of_freedom():
    mean = mean_on_logit_scale(ModalityMean("A", 0.9, 0.03, 7.5, 0.8, 1.0), 0.9)
    assert (mean.low, mean.high) == logit_limits(0.9, 0.03, df=7.5, level=0.9)
