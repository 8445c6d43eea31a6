"""Paired proportions: McNemar's test, its difference, and Cochran's Q."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, norm

from readerstudy.stats import StatisticsInputError
from readerstudy.stats.mcnemar import (
    PairedCounts,
    cochran_q,
    mcnemar_test,
    paired_counts,
    paired_difference,
)
from tests.stats.strategies import steady
from tests.stats.twins_single import binomial_tails, cochran_by_totals

counts = st.integers(0, 9)
tables = st.builds(PairedCounts, counts, counts, counts, counts)


@steady
@given(st.lists(st.tuples(st.sampled_from([1, 0, -1]), st.sampled_from([1, 0, -1])), min_size=1))
def test_the_table_counts_pairs_and_leaves_missing_answers_out(pairs):
    first, second = zip(*pairs, strict=True)
    found = paired_counts(first, second)
    assert (found.n11, found.n10, found.n01, found.n00) == tuple(pairs.count(cell) for cell in ((1, 1), (1, 0), (0, 1), (0, 0)))  # fmt: skip
    assert found.n + found.missing == len(pairs)


@steady
@given(tables)
def test_every_form_of_the_test_is_its_textbook_formula(table):
    found = mcnemar_test(table)
    if not table.n10 + table.n01:
        assert found.p is None
        return
    gap, n = abs(table.n10 - table.n01), table.n10 + table.n01
    assert found.statistic == pytest.approx(gap**2 / n)
    assert found.p == pytest.approx(chi2.sf(gap**2 / n, 1))
    assert found.statistic_corrected == pytest.approx((gap - 1) ** 2 / n if gap else 0)
    exact, mid = binomial_tails(table.n10, table.n01)
    assert found.p_exact == pytest.approx(float(exact))
    assert found.p_mid == pytest.approx(float(mid))


@steady
@given(tables)
def test_exchanging_the_readers_turns_the_sign_only(table):
    turned = mcnemar_test(PairedCounts(table.n11, table.n01, table.n10, table.n00))
    found = mcnemar_test(table)
    for name in ("p", "p_corrected", "p_exact", "p_mid"):
        assert getattr(found, name) == getattr(turned, name)
    if table.n:
        a, b = found.difference, turned.difference
        assert (a.value, a.low, a.high) == pytest.approx((-b.value, -b.high, -b.low))


def newcombe_by_hand(table, level):
    """Method 10: the lower limit, from Wilson's limits as the roots of a quadratic."""
    a, b, c, d = table.n11, table.n10, table.n01, table.n00
    n, z = a + b + c + d, norm.ppf((1 + level) / 2)

    def roots(x):
        # (p − x/n)² = z² p (1 − p) / n
        return np.sort(np.roots([1 + z * z / n, -(2 * x / n + z * z / n), (x / n) ** 2]))

    l1, u1 = roots(a + b)
    l2, u2 = roots(a + c)
    margins = (a + b) * (c + d) * (a + c) * (b + d)
    product = a * d - b * c
    phi = 0 if not margins else (max(product - n / 2, 0) if product > 0 else product) / margins**0.5
    p1, p2 = (a + b) / n, (a + c) / n
    low = math.sqrt(max((p1 - l1) ** 2 - 2 * phi * (p1 - l1) * (u2 - p2) + (u2 - p2) ** 2, 0))
    high = math.sqrt(max((u1 - p1) ** 2 - 2 * phi * (u1 - p1) * (p2 - l2) + (p2 - l2) ** 2, 0))
    return p1 - p2 - low, p1 - p2 + high


@steady
@given(tables.filter(lambda table: table.n), st.sampled_from([0.9, 0.95]))
def test_the_interval_of_the_difference_is_newcombes(table, level):
    found = paired_difference(table, level)
    assert (found.low, found.high) == pytest.approx(newcombe_by_hand(table, level), abs=1e-6)
    assert -1 <= found.low <= found.value <= found.high <= 1


@pytest.mark.parametrize(
    ("table", "low", "high"),
    [
        # Newcombe, Stat Med 1998;17:2635, and Fagerland, Lydersen, Laake, Stat Med 2014;33:2850.
        (PairedCounts(36, 12, 2, 0), 0.0569, 0.3404),
        (PairedCounts(1, 1, 7, 12), -0.507, -0.026),
    ],
)
def test_published_intervals_of_paired_differences(table, low, high):
    found = paired_difference(table)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5.1e-4)


def test_published_p_values_of_the_airway_example():
    # Fagerland, Lydersen, Laake, BMC Med Res Methodol 2013;13:91: 0.034, 0.077, 0.070, 0.039.
    found = mcnemar_test(PairedCounts(1, 1, 7, 12))
    told = (found.p, found.p_corrected, found.p_exact, found.p_mid)
    assert told == pytest.approx((0.034, 0.077, 0.070, 0.039), abs=5e-4)


def test_equal_discordant_counts_are_not_moved_by_the_correction():
    found = mcnemar_test(PairedCounts(5, 3, 3, 5))
    assert (found.statistic, found.statistic_corrected) == (0, 0)
    assert (found.p, found.p_corrected, found.p_exact) == (1, 1, 1)
    # Twice the half of the observed table, which is in both tails: 1 − C(6, 3) / 2⁶ / 2.
    assert found.p_mid == pytest.approx(1 - 20 / 128)


def test_without_a_discordant_case_there_is_an_interval_but_no_test():
    found = mcnemar_test(PairedCounts(20, 0, 0, 10))
    assert found.p is None
    assert found.p_exact is None
    assert found.statistic_corrected is None
    assert "differ on no case" in found.reason
    assert found.difference.low < 0 < found.difference.high
    assert found.as_dict()["reason"] == found.reason


def test_without_a_common_case_there_is_nothing():
    found = mcnemar_test(paired_counts([1, -1], [-1, 0]))
    assert found.difference.value is None
    assert found.reason == found.difference.reason == "No case was answered by both readers."


@steady
@given(st.lists(st.lists(st.sampled_from([0, 1]), min_size=5, max_size=5), min_size=2, max_size=5))
def test_cochrans_q_is_the_textbook_formula(answers):
    found, twin = cochran_q(answers), cochran_by_totals(answers)
    if twin is None:
        assert found.statistic is None
        assert "answered alike" in found.reason
        return
    assert found.statistic == pytest.approx(float(twin))
    assert found.p == pytest.approx(chi2.sf(float(twin), len(answers) - 1))
    assert (found.df, found.n) == (len(answers) - 1, 5)


@steady
@given(tables.filter(lambda table: table.n10 + table.n01))
def test_cochrans_q_of_two_readers_is_mcnemars_statistic(table):
    first = [1] * (table.n11 + table.n10) + [0] * (table.n01 + table.n00)
    second = [1] * table.n11 + [0] * table.n10 + [1] * table.n01 + [0] * table.n00
    assert cochran_q([first, second]).statistic == pytest.approx(mcnemar_test(table).statistic)


def test_cases_with_a_missing_answer_do_not_count_for_cochrans_q():
    answers = np.array([[1, 0, 1, 1], [0, 0, 1, -1], [0, 1, 1, 0]])
    found = cochran_q(answers)
    assert found.n == 3
    assert found == cochran_q(answers[:, :3])


def test_cochrans_q_needs_two_readers():
    assert cochran_q([[1, 0, 1]]).reason == "Cochran's Q needs two readers."


def test_bad_answers_are_refused():
    with pytest.raises(StatisticsInputError, match="1, 0, or -1"):
        paired_counts([1, 2], [0, 1])
    with pytest.raises(StatisticsInputError, match="2 and 3 cases, not the same"):
        paired_counts([1, 0], [0, 1, 1])
    with pytest.raises(StatisticsInputError, match="must not be negative"):
        PairedCounts(1, -1, 0, 0)
