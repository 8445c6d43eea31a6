"""AUCs of different cases."""

import numpy as np
import pytest
from hypothesis import given
from scipy.stats import t

from readerstudy import stats
from readerstudy.stats.unpaired import unpaired_test
from tests.stats.strategies import readings, steady
from tests.stats.twins import auc_by_pairs, delong_by_pairs


@steady
@given(readings(least=2), readings(least=2))
def test_the_unpaired_test_is_welchs_of_two_delong_variances(first, second):
    (truth_a, (a,)), (truth_b, (b,)) = first, second
    found = unpaired_test(truth_a, a, truth_b, b)
    va, vb = delong_by_pairs(truth_a, a, a), delong_by_pairs(truth_b, b, b)
    assert found.value == pytest.approx(float(auc_by_pairs(truth_a.tolist(), a.tolist()) - auc_by_pairs(truth_b.tolist(), b.tolist())))  # fmt: skip
    assert found.n == len(a) + len(b)
    if va + vb < 1e-20:
        assert found.p is None
        assert "Both variances are zero" in found.reason
        return
    df = (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
    assert found.df == pytest.approx(df)
    assert found.p == pytest.approx(2 * t.sf(abs(found.value) / (va + vb) ** 0.5, df))
    half = t.isf(0.025, df) * (va + vb) ** 0.5
    assert (found.low, found.high) == pytest.approx((found.value - half, found.value + half))
    assert (found.reason is None) == (min(va, vb) > 1e-20)


@steady
@given(readings(least=2), readings(least=2))
def test_exchanging_the_readings_turns_the_sign(first, second):
    (truth_a, (a,)), (truth_b, (b,)) = first, second
    found, turned = unpaired_test(truth_a, a, truth_b, b), unpaired_test(truth_b, b, truth_a, a)
    assert found.value == -turned.value
    assert found.p == (turned.p if turned.p is None else pytest.approx(turned.p))


def test_a_perfect_reading_understates_the_error():
    found = unpaired_test([1, 1, 0, 0], [3, 4, 1, 2], [1, 1, 0, 0], [3, 1, 2, 0])
    assert found.df == pytest.approx(3)
    assert "error is understated" in found.reason


def test_a_single_case_of_a_class_allows_no_test():
    found = unpaired_test([1, 0, 0], [3, 1, 2], [1, 1, 0, 0], [3, 1, 2, 0])
    assert (found.value, found.p, found.se) == (0.25, None, None)
    assert found.reason == "A variance needs two positive and two negative cases."


def test_faults_of_the_data_and_the_level_are_told():
    with pytest.raises(stats.StatisticsInputError, match="no negative case"):
        unpaired_test([1, 1], [1, 2], [1, 0], [1, 2])
    with pytest.raises(stats.StatisticsInputError, match="confidence level"):
        unpaired_test([1, 0], [1, 2], [1, 0], [1, 2], level=1)


def test_the_test_keeps_its_size():
    rng, truth = np.random.default_rng(11), np.repeat([1, 0], 20)
    p = [unpaired_test(truth, rng.normal(truth), truth, rng.normal(truth)).p for _ in range(400)]
    assert 0.03 < np.mean(np.array(p) < 0.1) < 0.15
