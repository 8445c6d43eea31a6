"""Methods for one reading or two: intervals, partial areas, predictive values, McNemar, unpaired DeLong, many p values."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, norm

from readerstudy.stats import (
    auc_intervals,
    delong,
    further_proportions,
    mcnemar,
    multiplicity,
    partial,
    predictive,
    rate_intervals,
    unpaired,
)
from readerstudy.stats.confusion import ConfusionTable
from readerstudy.stats.operating_points import sensitivity_at_specificity
from readerstudy.stats.result import StatisticsInputError
from readerstudy.stats.roc import auc, empirical_roc
from tests.stats.agreement_with import proc, single_reader
from tests.stats.goldens import SHARED, golden, needs_shared, panel_of
from tests.stats.strategies import readings, steady
from tests.stats.twins import delong_by_pairs

TABLE = ConfusionTable(tp=18, fn=2, tn=60, fp=20)


def a_reading(seed=1, n1=25, n0=40, shift=1.2):
    rng = np.random.default_rng(seed)
    truth = np.array([1] * n1 + [0] * n0)
    return truth, np.round(rng.normal(size=truth.size) + shift * truth, 1)


class TestAucIntervals:
    def test_the_logit_interval_has_delongs_error_on_the_logit_scale(self):
        truth, score = a_reading()
        wald, logit = delong.auc_interval(truth, score), auc_intervals.logit_auc_interval(truth, score)  # fmt: skip
        centre = math.log(wald.value / (1 - wald.value))
        half = norm.isf(0.025) * wald.se / (wald.value * (1 - wald.value))
        limits = [1 / (1 + math.exp(-(centre + sign * half))) for sign in (-1, 1)]
        assert (logit.low, logit.high) == pytest.approx(limits)

    def test_a_perfect_reading_has_no_logit_interval(self):
        found = auc_intervals.logit_auc_interval([0, 0, 1, 1], [1, 2, 3, 4])
        assert (found.value, found.low) == (1, None)
        assert found.reason

    def test_hanley_and_mcneils_formula(self):
        a, n1, n0 = 0.8, 20, 80
        q1, q2 = a / (2 - a), 2 * a * a / (1 + a)
        expected = (a * (1 - a) + (n1 - 1) * (q1 - a * a) + (n0 - 1) * (q2 - a * a)) / (n1 * n0)
        assert auc_intervals.hanley_mcneil_variance(a, n1, n0) == pytest.approx(expected)


class TestUnpaired:
    @steady
    @given(readings(count=1, least=2), readings(count=1, least=2))
    def test_the_variance_is_the_sum_of_both(self, first, second):
        (truth_a, a), (truth_b, b) = first, second
        found = unpaired.unpaired_test(truth_a, a[0], truth_b, b[0])
        variance = delong_by_pairs(truth_a, a[0], a[0]) + delong_by_pairs(truth_b, b[0], b[0])
        assert found.value == pytest.approx(auc(truth_a, a[0]) - auc(truth_b, b[0]))
        assert found.se is None or found.se**2 == pytest.approx(variance, abs=1e-12)

    def test_two_perfect_readings_have_no_test(self):
        found = unpaired.unpaired_test([0, 0, 1, 1], [1, 2, 3, 4], [0, 0, 1, 1], [1, 2, 3, 4])
        assert (found.value, found.p) == (0, None)
        assert found.reason


class TestPartialAreas:
    @steady
    @given(readings(count=1, least=2), st.floats(0.05, 0.9))
    def test_two_parts_make_the_whole(self, data, cut):
        truth, (score,) = data
        parts = [partial.partial_auc(truth, score, low, high).value for low, high in ((0, cut), (cut, 1))]  # fmt: skip
        assert sum(parts) == pytest.approx(auc(truth, score), abs=1e-12)

    def test_the_whole_has_delongs_variance_by_its_components(self):
        truth, score = a_reading()
        found = partial.partial_auc(truth, score, 0, 1, variance=partial.PartialVariance.COMPONENTS)
        assert found.se == pytest.approx(delong.auc_interval(truth, score).se)

    def test_both_variances_are_near_each_other(self):
        truth, score = a_reading(n1=100, n0=150)
        both = [partial.partial_auc(truth, score, 0.7, 1, variance=kind).se for kind in partial.PartialVariance]  # fmt: skip
        assert both[0] == pytest.approx(both[1], rel=0.05)


class TestMatchedRates:
    def plain_replicates(self, truth, score, specificity, rng, count):
        found = []
        for _ in range(count):
            rows = np.concatenate([rng.choice(np.flatnonzero(truth == c), (truth == c).sum()) for c in (0, 1)])  # fmt: skip
            curve = empirical_roc(truth[rows], score[rows])
            found.append(float(sensitivity_at_specificity(curve, specificity)))
        return found

    def test_the_bootstrap_is_that_of_a_loop(self):
        truth, score = a_reading()
        loop = self.plain_replicates(truth, score, 0.8, np.random.default_rng(3), 1500)
        found = rate_intervals.sensitivity_at_specificity_interval(truth, score, 0.8)
        assert (found.low, found.high) == pytest.approx(np.percentile(loop, [2.5, 97.5]), abs=0.045)

    @pytest.mark.parametrize("rule", ["interpolated", "next", "nearest"])
    @pytest.mark.parametrize("interval", ["bootstrap", "jackknife"])
    def test_rule_and_kind_are_named_and_the_seed_decides(self, rule, interval):
        truth, score = a_reading()
        twice = [rate_intervals.specificity_at_sensitivity_interval(truth, score, 0.85, rule=rule, interval=interval) for _ in (1, 2)]  # fmt: skip
        assert twice[0] == twice[1]
        assert rule in twice[0].method
        assert interval in twice[0].method.lower()
        assert twice[0].low <= twice[0].value <= twice[0].high

    def test_exchanging_the_classes_exchanges_the_rates(self):
        truth, score = a_reading()
        first = rate_intervals.sensitivity_at_specificity_interval(truth, score, 0.8, interval="jackknife")  # fmt: skip
        second = rate_intervals.specificity_at_sensitivity_interval(1 - truth, -score, 0.8, interval="jackknife")  # fmt: skip
        assert (first.value, first.low, first.high) == pytest.approx((second.value, second.low, second.high))  # fmt: skip

    @pytest.mark.shared
    @pytest.mark.skipif(not SHARED.is_dir(), reason="the golden results of ../shared are not here")
    def test_limits_are_near_those_of_proc(self):
        readers = panel_of(SHARED / "simulated", "d01_cont_5x2x100", "A")
        for row in golden(SHARED / "simulated", "d01_cont_5x2x100", "proc_perreader"):
            if row["modality"] == "A":
                low, _middle, high = row["boot_ci"]["se_at_sp"]["values"][0]
                found = rate_intervals.sensitivity_at_specificity_interval(readers[0], readers[1][row["reader"]], 0.8)  # fmt: skip
                assert (found.low, found.high) == pytest.approx((low, high), abs=0.05)


class TestTwoByTwo:
    def test_rates_and_ratios_by_hand(self):
        found = predictive.table_measures(TABLE)
        assert found.positive_predictive_value.value == pytest.approx(18 / 38)
        assert found.negative_predictive_value.value == pytest.approx(60 / 62)
        assert found.positive_likelihood_ratio.value == pytest.approx(0.9 / 0.25)
        assert found.negative_likelihood_ratio.value == pytest.approx(0.1 / 0.75)
        assert found.youden_index.value == pytest.approx(0.65)
        assert found.balanced_accuracy.value == pytest.approx(0.825)
        assert found.accuracy.value == pytest.approx(0.78)
        assert found.number_needed_to_biopsy.value == pytest.approx(38 / 18)
        log = math.log(3.6)
        se = math.sqrt(1 / 18 - 1 / 20 + 1 / 20 - 1 / 80)
        expected = [math.exp(log + sign * norm.isf(0.025) * se) for sign in (-1, 1)]
        assert (found.positive_likelihood_ratio.low, found.positive_likelihood_ratio.high) == pytest.approx(expected)  # fmt: skip

    @steady
    @given(st.floats(0.001, 0.9))
    def test_at_a_prevalence_bayes_holds(self, prevalence):
        found = predictive.positive_predictive_value(TABLE, prevalence=prevalence)
        expected = 0.9 * prevalence / (0.9 * prevalence + 0.25 * (1 - prevalence))
        assert found.value == pytest.approx(expected)
        assert found.low < found.value < found.high

    def test_the_studys_own_prevalence_gives_the_studys_value(self):
        assert predictive.positive_predictive_value(TABLE, prevalence=0.2).value == pytest.approx(18 / 38)  # fmt: skip

    def test_an_empty_cell_has_a_reason_and_no_added_half(self):
        table = ConfusionTable(tp=20, fn=0, tn=80, fp=0)
        found = predictive.table_measures(table)
        assert found.positive_likelihood_ratio.value is None
        assert found.positive_likelihood_ratio.reason
        assert found.positive_predictive_value.value == 1

    def test_a_prevalence_outside_0_and_1_is_refused(self):
        with pytest.raises(StatisticsInputError):
            predictive.positive_predictive_value(TABLE, prevalence=1.2)


class TestMcNemar:
    def test_the_forms_by_hand(self):
        found = mcnemar.mcnemar_test(mcnemar.PairedCounts(39, 3, 12, 6))
        assert found.statistic == pytest.approx(81 / 15)
        assert found.statistic_corrected == pytest.approx(64 / 15)
        assert found.p_exact == pytest.approx(2 * binom.cdf(3, 15, 0.5))

    def test_without_discordant_cases_there_is_no_test(self):
        found = mcnemar.mcnemar_test(mcnemar.PairedCounts(10, 0, 0, 10))
        assert (found.statistic, found.p) == (None, None)
        assert found.reason

    def test_newcombes_example(self):
        """Newcombe 1998, table III: 36, 12, 2, 0 of 50, difference .20, method 10: .0569 to .3404."""
        found = mcnemar.paired_difference(mcnemar.PairedCounts(36, 12, 2, 0))
        assert found.value == pytest.approx(0.2)
        assert (found.low, found.high) == pytest.approx((0.0569, 0.3404), abs=6e-4)

    @steady
    @given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=1, max_size=20))
    def test_exchanging_the_readers_turns_the_difference(self, answers):
        first, second = np.array(answers).T
        one = mcnemar.paired_difference(mcnemar.paired_counts(first, second))
        two = mcnemar.paired_difference(mcnemar.paired_counts(second, first))
        assert one.value == pytest.approx(-two.value)
        if one.low is not None:
            assert (one.low, one.high) == pytest.approx((-two.high, -two.low), abs=1e-9)

    def test_missing_answers_are_counted_apart(self):
        found = mcnemar.paired_counts([1, 0, -1, 1], [1, 1, 1, -1])
        assert (found.n11, found.n01, found.missing) == (1, 1, 2)

    def test_cochrans_q_of_two_readers_is_mcnemars_statistic(self):
        rng = np.random.default_rng(6)
        answers = rng.integers(0, 2, (2, 40))
        q = mcnemar.cochran_q(answers)
        assert q.statistic == pytest.approx(mcnemar.mcnemar_test(mcnemar.paired_counts(*answers)).statistic)  # fmt: skip


class TestManyPValues:
    def test_holm_by_hand(self):
        found = multiplicity.holm([0.01, 0.04, None, 0.03, 0.005])
        assert found.adjusted == pytest.approx((0.03, 0.06, None, 0.06, 0.02))
        assert found.n == 4

    def test_hochberg_by_hand(self):
        assert multiplicity.hochberg([0.01, 0.04, 0.03, 0.005]).adjusted == pytest.approx((0.03, 0.04, 0.04, 0.02))  # fmt: skip

    @steady
    @given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
    def test_they_lie_between_the_own_p_and_bonferronis(self, p):
        holm, hochberg = multiplicity.holm(p).adjusted, multiplicity.hochberg(p).adjusted
        for own, first, second in zip(p, holm, hochberg, strict=True):
            assert own <= second <= first + 1e-15 <= min(own * len(p), 1) + max(p) + 1e-12

    def test_nothing_to_adjust_is_told(self):
        assert multiplicity.holm([None]).reason


class TestProportions:
    @pytest.mark.parametrize("interval", [further_proportions.agresti_coull, further_proportions.jeffreys])  # fmt: skip
    @steady
    @given(st.integers(0, 30))
    def test_they_hold_the_proportion_and_turn_with_it(self, interval, x):
        one, other = interval(x, 30), interval(30 - x, 30)
        assert 0 <= one.low <= x / 30 <= one.high <= 1
        assert (one.low, one.high) == pytest.approx((1 - other.high, 1 - other.low), abs=1e-9)


@pytest.mark.parametrize("module", [proc, single_reader], ids=["pROC", "others"])
class TestReferenceSoftware:
    pytestmark = needs_shared

    def test_it_agrees(self, module):
        rows = list(module.comparisons())
        assert len(rows) > 100
        assert [(row, row.difference) for row in rows if not row.agrees] == []
