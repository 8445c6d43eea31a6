"""Power and sample size of one ROC curve and of one proportion."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from readerstudy.stats import StatisticsInputError, wilson
from readerstudy.stats.design import (
    curve_cases_needed,
    curve_power,
    paired_cases_needed,
    precision_cases_needed,
    proportion_cases_needed,
    proportion_power,
)
from tests.stats.strategies import steady
from tests.stats.twins_design import exact_power

shares = st.integers(1, 19).map(lambda n: n / 20)


class TestOneCurve:
    def test_the_example_of_the_manual_of_proc(self):
        # aSAH, S100B: 41 cases, 72 controls, AUC 0.73; from pROC's manual and tests.
        assert curve_power(0.73, 41, 72).power == pytest.approx(0.9897453, abs=1e-7)

    @steady
    @given(auc=st.floats(0.51, 0.99), target=st.floats(0.05, 0.99), ratio=st.floats(0.2, 5))
    def test_the_cases_needed_have_the_power_asked_for(self, auc, target, ratio):
        needed = curve_cases_needed(auc, target, ratio=ratio)
        assert needed.n_negative == pytest.approx(ratio * needed.n_positive)
        a = 1.414 * stats.norm.ppf(auc)
        variance = 0.0099 * math.exp(-a * a / 2) * (5 * a * a + 8 + (a * a + 8) / ratio)
        z = math.sqrt(needed.n_positive) * (auc - 0.5) - 1.959963984540054 * math.sqrt(0.0792 * (1 + 1 / ratio))  # fmt: skip
        assert stats.norm.cdf(z / math.sqrt(variance)) == pytest.approx(target, rel=1e-9)

    @steady
    @given(auc=st.floats(0.55, 0.99), n=st.integers(5, 200))
    def test_power_grows_with_the_cases(self, auc, n):
        assert curve_power(auc, n + 1, n + 1).power >= curve_power(auc, n, n).power

    @steady
    @given(auc=st.floats(0.55, 0.95), target=st.floats(0.2, 0.95), positives=st.integers(1, 60))
    def test_rounded_up_the_cases_needed_are_enough(self, auc, target, positives):
        n = math.ceil(curve_cases_needed(auc, target).n_positive)
        assert curve_power(auc, n, n).power >= target
        assert positives >= n or curve_power(auc, positives, positives).power < target

    @pytest.mark.parametrize(
        ("auc", "reason"),
        [
            (1.0, "The area is 1: the binormal variance is not defined."),
            (0.5, "The areas are equal: no number of cases shows a difference."),
        ],
    )
    def test_areas_without_an_answer_have_a_reason(self, auc, reason):
        found = curve_cases_needed(auc, 0.8)
        assert (found.n_positive, found.n_negative, found.power, found.reason) == (None, None, None, reason)  # fmt: skip

    def test_a_perfect_area_has_no_power_and_a_chance_area_half_the_level(self):
        assert curve_power(1.0, 20, 20).reason == "The area is 1: the binormal variance is not defined."  # fmt: skip
        # The binormal variance at 0.5 is 0.0099 × 8 (1 + 1/κ), the null variance 0.0792 (1 + 1/κ).
        assert curve_power(0.5, 20, 30).power == pytest.approx(0.025)

    @pytest.mark.parametrize(
        ("call", "sentence"),
        [
            (lambda: curve_power(0.4, 20, 20), "The area must lie between 0.5 and 1, not 0.4."),
            (lambda: curve_power(0.8, 0, 20), "The number of positive cases must be a whole number above zero, not 0."),
            (lambda: curve_cases_needed(0.8, 1.2), "The power asked for must lie between 0 and 1, not 1.2."),
            (lambda: curve_cases_needed(0.8, 0.8, ratio=0), "The ratio of negative to positive cases must be above zero, not 0."),
        ],
    )  # fmt: skip
    def test_what_cannot_be_planned_is_refused(self, call, sentence):
        with pytest.raises(StatisticsInputError) as error:
            call()
        assert str(error.value) == sentence


class TestTwoCurves:
    def test_with_equal_variances_the_usual_formula_is_left(self):
        found = paired_cases_needed(0.05, 1e-3, 1e-3, 4e-4, n_positive=40, n_negative=60)
        z = stats.norm.isf(0.025) + stats.norm.isf(0.2)
        assert found.n_positive == pytest.approx(z**2 * 40 * 1.2e-3 / 0.05**2)
        assert found.n_negative == pytest.approx(1.5 * found.n_positive)

    def test_under_the_null_hypothesis_both_have_the_first_variance(self):
        found = paired_cases_needed(0.05, 9e-4, 1e-3, 4e-4, n_positive=40, n_negative=60, target=0.9, alpha=0.01)  # fmt: skip
        root = stats.norm.isf(0.005) * math.sqrt(1e-3) + stats.norm.isf(0.1) * math.sqrt(1.1e-3)
        assert found.n_positive == pytest.approx(40 * root**2 / 0.05**2)

    def test_equal_areas_and_differences_without_variance_have_a_reason(self):
        same = paired_cases_needed(0.0, 9e-4, 1e-3, 4e-4, n_positive=40, n_negative=60)
        assert same.reason == "The areas are equal: no number of cases shows a difference."
        alike = paired_cases_needed(0.1, 9e-4, 9e-4, 9e-4, n_positive=40, n_negative=60)
        assert alike.reason == "The difference has no variance."

    def test_variances_that_do_not_fit_are_refused(self):
        with pytest.raises(StatisticsInputError, match="cannot belong to two readings"):
            paired_cases_needed(0.1, 1e-4, 1e-3, 4e-4, n_positive=40, n_negative=60)


class TestExactTest:
    @steady
    @given(null=shares, true=shares, n=st.integers(1, 40), alpha=st.sampled_from([0.025, 0.05, 0.2, 1 / 32]))  # fmt: skip
    def test_power_is_the_sum_of_binomial_probabilities(self, null, true, n, alpha):
        if null == true:
            return
        found = proportion_power(null, true, n, alpha=alpha)
        if true > null:
            critical, size, power = exact_power(null, true, n, alpha)
        else:
            failures, size, power = exact_power(round(1 - null, 6), round(1 - true, 6), n, alpha)
            critical = n - failures
        assert found.critical == (critical if 0 <= critical <= n else None)
        assert (found.level, found.power) == (pytest.approx(size), pytest.approx(power))

    @pytest.mark.parametrize(("null", "true"), [(0.8, 0.9), (0.9, 0.75), (0.5, 0.7), (0.1, 0.2), (0.9, 1.0), (0.2, 0.0)])  # fmt: skip
    def test_counting_up_by_one_finds_the_same_number_of_cases(self, null, true):
        found = proportion_cases_needed(null, true)
        powers = [proportion_power(null, true, n).power for n in range(1, 500)]
        reached = [n for n, power in enumerate(powers, 1) if power >= 0.8]
        below = [n for n, power in enumerate(powers, 1) if power < 0.8]
        assert (found.n, found.always_from) == (reached[0], below[-1] + 1)
        assert found.achieved == powers[found.n - 1]
        assert ("below" in found.method) == (true < null)

    def test_a_result_that_no_number_of_successes_reaches_has_no_critical_number(self):
        found = proportion_power(0.5, 0.9, 3)
        assert (found.critical, found.power, found.level) == (None, 0.0, 0.0)

    def test_one_case_may_be_enough(self):
        found = proportion_cases_needed(0.01, 1.0, 0.8)
        assert (found.n, found.achieved, found.always_from) == (1, 1.0, 1)

    def test_close_proportions_need_too_many_cases(self):
        found = proportion_cases_needed(0.5, 0.5001)
        assert (found.n, found.reason) == (None, "More than 200,000 cases would be needed.")

    @pytest.mark.parametrize(
        ("call", "sentence"),
        [
            (lambda: proportion_power(0.5, 0.5, 10), "The true proportion lies between 0 and 1 and differs from 0.5; it is 0.5."),
            (lambda: proportion_power(1.0, 0.5, 10), "The proportion of the null hypothesis must lie between 0 and 1, not 1.0."),
            (lambda: proportion_power(0.5, 0.6, 0), "The number of cases must be a whole number above zero, not 0."),
            (lambda: proportion_cases_needed(0.5, 1.6), "The true proportion lies between 0 and 1 and differs from 0.5; it is 1.6."),
            (lambda: proportion_cases_needed(0.5, 0.6, alpha=0), "The significance level must lie between 0 and 0.5, not 0."),
            (lambda: proportion_cases_needed(0.5, 0.6, 0), "The power asked for must lie between 0 and 1, not 0."),
        ],
    )  # fmt: skip
    def test_what_cannot_be_planned_is_refused(self, call, sentence):
        with pytest.raises(StatisticsInputError) as error:
            call()
        assert str(error.value) == sentence


class TestPrecision:
    @steady
    @given(tenths=st.integers(0, 10), half_width=st.floats(0.01, 0.4), level=st.sampled_from([0.9, 0.95, 0.99]))  # fmt: skip
    def test_the_number_is_the_first_whose_interval_is_narrow_enough(self, tenths, half_width, level):  # fmt: skip
        found = precision_cases_needed(tenths / 10, half_width, level=level)
        assert found.achieved <= half_width
        z = stats.norm.isf((1 - level) / 2)
        n = np.arange(1, found.n + 1)
        half = z * np.sqrt(tenths / 10 * (1 - tenths / 10) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
        assert half[-1] == pytest.approx(found.achieved)
        assert (half[:-1] > half_width).all()

    @pytest.mark.parametrize(("successes", "n"), [(9, 10), (50, 100), (0, 40)])
    def test_the_width_is_that_of_wilsons_interval(self, successes, n):
        interval = wilson(successes, n)
        half = (interval.high - interval.low) / 2
        assert precision_cases_needed(successes / n, half * (1 + 1e-9)).n == n

    @pytest.mark.parametrize(
        ("call", "sentence"),
        [
            (lambda: precision_cases_needed(1.1, 0.1), "A proportion lies between 0 and 1, not 1.1."),
            (lambda: precision_cases_needed(0.5, 0.5), "The half width must lie between 0 and 0.5, not 0.5."),
            (lambda: precision_cases_needed(0.5, 0.1, level=1), "A confidence level must lie between 0 and 1, not 1."),
        ],
    )  # fmt: skip
    def test_what_cannot_be_planned_is_refused(self, call, sentence):
        with pytest.raises(StatisticsInputError) as error:
            call()
        assert str(error.value) == sentence

    def test_a_needless_precision_has_a_reason(self):
        assert precision_cases_needed(0.5, 1e-6).reason == "More than 1,000,000,000 cases would be needed."  # fmt: skip
