"""An algorithm against readers: rates, matched points, several runs, hypotheses."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import f as f_distribution

from readerstudy.stats import against, mrmc, standalone
from readerstudy.stats.figures import Sensitivity
from readerstudy.stats.mrmc.covariance import readings_covariance
from readerstudy.stats.operating_points import (
    sensitivity_at_specificity,
    specificity_at_sensitivity,
)
from readerstudy.stats.readings import fully_crossed
from readerstudy.stats.result import Estimate, StatisticsInputError
from readerstudy.stats.roc import empirical_roc
from readerstudy.stats.tails import quantile
from tests.stats.agreement_with import standalone as reference
from tests.stats.goldens import needs_shared
from tests.stats.strategies import readings, steady


def a_panel(seed=1, readers=6, runs=1, negatives=30, positives=15):
    """Truth, readers' decisions (J, K), the algorithm's scores (runs, K)."""
    rng = np.random.default_rng(seed)
    truth = np.array([1] * positives + [0] * negatives)
    scores = rng.normal(size=(readers, truth.size)) + 1.2 * truth
    own = np.round(rng.normal(size=(runs, truth.size)) + 1.5 * truth, 1)
    return truth, (scores > 0.5).astype(int), own


class TestSecondModality:
    @pytest.mark.parametrize("covariance", ["jackknife", "delong", "unbiased"])
    @steady
    @given(readings(count=4, least=2, most=5))
    def test_its_test_is_that_of_the_differences(self, covariance, data):
        truth, rows = data
        one = standalone.algorithm_against_readers(truth, rows[1:], rows[0], covariance=covariance)
        two = against.algorithm_as_second_modality(truth, rows[1:], rows[0], covariance=covariance).rrrc  # fmt: skip
        assume(one.ms > 1e-9)
        assert two.statistic == pytest.approx(one.t**2, rel=1e-9, abs=1e-12)
        assert two.df2 == pytest.approx(one.df, rel=1e-9)
        assert two.p == pytest.approx(one.p, abs=1e-9)
        assert two.differences[0].estimate == pytest.approx(one.effect, abs=1e-12)


class TestFixedCases:
    def test_it_is_the_t_test_of_the_differences(self):
        truth, decisions, scores = a_panel()
        found = standalone.algorithm_against_readers_of_fixed_cases(truth, decisions, scores[0])
        differences = found.algorithm - np.array([empirical_roc(truth, row).auc for row in decisions])  # fmt: skip
        assert found.effect == pytest.approx(differences.mean())
        assert found.se == pytest.approx(differences.std(ddof=1) / 6**0.5)
        assert (found.df, found.cov2, found.var) == (5, None, None)
        assert "understates" in found.method


class TestRates:
    @pytest.mark.parametrize(("rate", "label"), [("sensitivity", 1), ("specificity", 0)])
    def test_the_difference_has_the_errors_of_the_answers(self, rate, label):
        truth, decisions, scores = a_panel()
        own = (scores[0] > 0.7).astype(int)
        found = against.rate_against_readers(truth, decisions, own, rate=rate)
        right = [(row[truth == label] == label).astype(float) for row in (own, *decisions)]
        gain = [right[0] - row for row in right[1:]]
        pairs = [np.cov(a, b)[0, 1] / a.size for i, a in enumerate(gain) for j, b in enumerate(gain) if i != j]  # fmt: skip
        ms = np.var([row.mean() for row in gain], ddof=1)
        assert found.effect == pytest.approx(np.mean([row.mean() for row in gain]))
        assert found.cov2 == pytest.approx(np.mean(pairs))
        assert found.se**2 == pytest.approx(ms / 6 + max(np.mean(pairs), 0))

    def test_it_is_the_two_treatment_test_of_the_binary_figure(self):
        truth, decisions, scores = a_panel()
        own = (scores[0] > 0.7).astype(int)
        found = against.rate_against_readers(truth, decisions, own, rate="sensitivity")
        both = fully_crossed(truth, np.stack([np.broadcast_to(own, decisions.shape), decisions]).astype(float))  # fmt: skip
        test = mrmc.obuchowski_rockette(both, figure=Sensitivity(0.5)).rrrc
        assert (test.statistic, test.df2) == pytest.approx((found.t**2, found.df))

    def test_fixed_cases_give_the_t_test(self):
        truth, decisions, scores = a_panel()
        found = against.rate_against_readers(truth, decisions, (scores[0] > 0.7).astype(int), rate="specificity", cases_random=False)  # fmt: skip
        assert found.df == 5
        assert found.cov2 is None

    def test_a_missing_decision_and_an_unknown_rate_are_told(self):
        truth, decisions, scores = a_panel()
        own = (scores[0] > 0.7).astype(int)
        with pytest.raises(StatisticsInputError, match="sensitivity or specificity, not accuracy"):
            against.rate_against_readers(truth, decisions, own, rate="accuracy")
        decisions[2, 4] = -1
        with pytest.raises(StatisticsInputError, match="Reader 3 has no decision on case 5"):
            against.rate_against_readers(truth, decisions, own, rate="sensitivity")

    def test_one_positive_case_has_no_interval(self):
        truth, decisions, scores = a_panel(positives=1)
        found = against.rate_against_readers(truth, decisions, (scores[0] > 0).astype(int), rate="sensitivity")  # fmt: skip
        assert found.p is None
        assert "one positive case" in found.reason


def by_deletion(truth, decisions, score, held, rule, *, mean_point=False):
    """Differences (J,) of all cases, and without each case (J, K), each curve and point computed again."""

    def differences(keep):
        curve = empirical_roc(truth[keep], score[keep])
        right = {label: (decisions[:, keep][:, truth[keep] == label] == label).mean(axis=1) for label in (0, 1)}  # fmt: skip
        own, other = (right[1], right[0]) if held == "sensitivity" else (right[0], right[1])
        read = specificity_at_sensitivity if held == "sensitivity" else sensitivity_at_specificity
        if mean_point:
            return np.array([read(curve, float(own.mean()), rule=rule) - other.mean()])
        return np.array([read(curve, float(at), rule=rule) for at in own]) - other

    everything = np.arange(truth.size)
    return differences(everything), np.stack([differences(np.delete(everything, k)) for k in everything], axis=1)  # fmt: skip


class TestMatchedPoints:
    @pytest.mark.parametrize("rule", ["interpolated", "next", "nearest"])
    @pytest.mark.parametrize("held", ["sensitivity", "specificity"])
    def test_leaving_out_a_case_moves_the_point_and_the_curve(self, held, rule):
        truth, decisions, scores = a_panel(negatives=14, positives=9)
        found = against.matched_against_readers(truth, decisions, scores[0], held=held, rule=rule)
        values, left_out = by_deletion(truth, decisions, scores[0], held, rule)
        K = truth.size
        matrix = np.cov(left_out) * (K - 1) ** 2 / K
        J = values.size
        cov2 = (matrix.sum() - np.trace(matrix)) / (J * (J - 1))
        assert found.algorithm - found.readers == pytest.approx(values, abs=1e-12)
        assert found.mean.effect == pytest.approx(values.mean())
        assert found.mean.cov2 == pytest.approx(cov2, abs=1e-12)
        assert found.mean.se**2 == pytest.approx(values.var(ddof=1) / J + max(cov2, 0))
        assert rule in found.mean.method

    @pytest.mark.parametrize("held", ["sensitivity", "specificity"])
    def test_the_group_mean_has_the_variance_of_both_jackknives(self, held):
        truth, decisions, scores = a_panel(negatives=14, positives=9)
        found = against.at_group_mean(truth, decisions, scores[0], held=held)
        values, left_out = by_deletion(truth, decisions, scores[0], held, "interpolated", mean_point=True)  # fmt: skip
        by_reader = [by_deletion(truth, np.delete(decisions, j, axis=0), scores[0], held, "interpolated", mean_point=True)[0][0] for j in range(6)]  # fmt: skip
        K, J = truth.size, 6
        variance = left_out[0].var(ddof=1) * (K - 1) ** 2 / K + np.var(by_reader, ddof=1) * (J - 1) ** 2 / J  # fmt: skip
        assert found.difference.value == pytest.approx(values[0])
        assert found.difference.se**2 == pytest.approx(variance)
        assert "flattered" in found.caveat
        assert found.difference.reason == found.caveat

    def test_the_mean_point_flatters_the_algorithm(self):
        """An algorithm that is one of the readers, only with all its thresholds, is no better than they are."""
        rng = np.random.default_rng(5)
        truth = np.array([1] * 2000 + [0] * 2000)
        own, cuts = rng.normal(size=truth.size) + 1.5 * truth, np.linspace(-1, 2.5, 9)
        decisions = np.stack([(rng.normal(size=truth.size) + 1.5 * truth > cut).astype(int) for cut in cuts])  # fmt: skip
        each = against.matched_against_readers(truth, decisions, own).mean.effect
        group = against.at_group_mean(truth, decisions, own).difference.value
        assert abs(each) < 0.02
        assert group > 0.08

    def test_one_case_of_a_class_has_values_and_no_interval(self):
        truth, decisions, scores = a_panel(positives=1)
        each = against.matched_against_readers(truth, decisions, scores[0])
        group = against.at_group_mean(truth, decisions, scores[0])
        assert (each.mean.p, group.difference.low) == (None, None)
        assert "two positive" in each.mean.reason
        assert "two positive" in group.difference.reason

    def test_a_missing_decision_and_an_unknown_rate_are_told(self):
        truth, decisions, scores = a_panel()
        with pytest.raises(StatisticsInputError, match="sensitivity or specificity, not PPV"):
            against.matched_against_readers(truth, decisions, scores[0], held="PPV")
        decisions[1, 2] = -1
        with pytest.raises(StatisticsInputError, match="Reader 2 has no decision on case 3"):
            against.at_group_mean(truth, decisions, scores[0])

    def test_the_interval_of_each_readers_point_covers_as_it_says(self):
        """Algorithm and readers of one ability: the true difference is zero."""
        rng, inside, studies = np.random.default_rng(11), 0, 400
        truth = np.array([1] * 60 + [0] * 60)
        for _ in range(studies):
            case = rng.normal(size=truth.size) * 0.6
            cuts = rng.normal(0.75, 0.3, size=(8, 1))
            latent = case + rng.normal(size=(8, truth.size)) * 0.8 + 1.5 * truth
            own = case + rng.normal(size=truth.size) * 0.8 + 1.5 * truth
            mean = against.matched_against_readers(truth, (latent > cuts).astype(int), own).mean
            inside += mean.low <= 0 <= mean.high
        # Binomial: four standard errors around .95, and room for the jackknife of a quantile.
        assert 0.90 <= inside / studies <= 0.995


class TestRuns:
    def panel(self, runs=3, readers=5, seed=2):
        rng = np.random.default_rng(seed)
        truth = np.array([1] * 12 + [0] * 18)
        case = rng.normal(size=truth.size) * 0.5
        return truth, *(np.round(case + rng.normal(size=(count, truth.size)) + 1.3 * truth, 1) for count in (runs, readers))  # fmt: skip

    @pytest.mark.parametrize("covariance", ["jackknife", "delong", "unbiased"])
    def test_one_run_is_a_standalone_algorithm(self, covariance):
        truth, runs, readers = self.panel(runs=1)
        found = against.runs_against_readers(truth, runs, readers, covariance=covariance).difference
        alone = standalone.algorithm_against_readers(truth, readers, runs[0], covariance=covariance)
        assert (found.value, found.se, found.df, found.p) == pytest.approx((alone.effect, alone.se, alone.df, alone.p))  # fmt: skip
        assert "One run" in found.reason or "one run" in found.reason

    def test_the_variance_has_a_part_for_runs_readers_and_cases(self):
        truth, runs, readers = self.panel()
        found = against.runs_against_readers(truth, runs, readers)
        data = fully_crossed(truth, np.vstack([runs, readers]))
        cov = readings_covariance(data, "delong").matrix
        m, j = len(runs), len(readers)
        within = [cov[:m, :m], cov[m:, m:]]
        cov2 = [(block.sum() - np.trace(block)) / (len(block) * (len(block) - 1)) for block in within]  # fmt: skip
        aucs = np.array([empirical_roc(truth, row).auc for row in np.vstack([runs, readers])])
        expected = aucs[:m].var(ddof=1) / m + aucs[m:].var(ddof=1) / j + max(sum(cov2) - 2 * cov[:m, m:].mean(), 0)  # fmt: skip
        assert found.difference.se**2 == pytest.approx(expected)
        assert found.runs.mean == pytest.approx(aucs[:m].mean())
        assert (found.readers.low, found.readers.high) == pytest.approx((aucs[m:].min(), aucs[m:].max()))  # fmt: skip

    def test_the_spread_is_an_f_ratio(self):
        truth, runs, readers = self.panel(readers=8)
        found = against.spread_of_runs_and_readers(truth, runs, readers)
        aucs = [[empirical_roc(truth, row).auc for row in rows] for rows in (runs, readers)]
        ratio = np.var(aucs[1], ddof=1) / np.var(aucs[0], ddof=1)
        tail = f_distribution(7, 2)
        assert found.ratio.value == pytest.approx(ratio)
        assert found.ratio.p == pytest.approx(2 * min(tail.sf(ratio), tail.cdf(ratio)))
        assert (found.ratio.low, found.ratio.high) == pytest.approx((ratio / tail.ppf(0.975), ratio / tail.ppf(0.025)))  # fmt: skip
        assert found.between_readers < found.ms_readers

    @pytest.mark.parametrize("analyse", ["difference", "spread"])
    def test_the_tests_reject_a_true_hypothesis_as_often_as_they_say(self, analyse):
        """Runs and readers from one population, sharing the cases."""
        rng, rejected, studies = np.random.default_rng(3), 0, 500
        truth = np.array([1] * 40 + [0] * 40)
        for _ in range(studies):
            case = rng.normal(size=truth.size) * 0.6
            skill = 1.3 + 0.25 * rng.normal(size=(14, 1))
            scores = case + rng.normal(size=(14, truth.size)) * 0.8 + skill * truth
            if analyse == "difference":
                p = against.runs_against_readers(truth, scores[:5], scores[5:]).difference.p
            else:
                p = against.spread_of_runs_and_readers(truth, scores[:5], scores[5:]).ratio.p
            rejected += p < 0.05
        assert 0.02 <= rejected / studies <= 0.085

    def test_a_true_difference_of_spread_is_found(self):
        rng = np.random.default_rng(4)
        truth = np.array([1] * 60 + [0] * 60)
        runs = rng.normal(size=truth.size) + 1.3 * truth + 0.05 * rng.normal(size=(6, truth.size))
        readers = rng.normal(size=(20, truth.size)) + rng.uniform(0.2, 2.5, size=(20, 1)) * truth
        found = against.spread_of_runs_and_readers(truth, runs, readers)
        assert found.ratio.low > 1
        assert found.ratio.p < 0.01

    def test_what_cannot_be_compared_is_told(self):
        truth, runs, readers = self.panel(runs=2)
        alike = np.stack([runs[0], np.exp(runs[0])])
        assert "All runs have the same AUC" in against.spread_of_runs_and_readers(truth, alike, readers).ratio.reason  # fmt: skip
        assert "two runs and two readers" in against.spread_of_runs_and_readers(truth, runs[:1], readers).ratio.reason  # fmt: skip
        assert "one reader" in against.runs_against_readers(truth, runs, readers[:1]).difference.reason  # fmt: skip
        few = against.runs_against_readers([1, 0, 0], runs[:, :3], readers[:, :3]).difference
        assert (few.p, few.value is None) == (None, False)


class TestHypotheses:
    def difference(self, value, se=0.02, df=30.0):
        return Estimate(value, None, None, "", se=se, df=df)

    @pytest.mark.parametrize(
        ("value", "margin", "non_inferior", "superior", "text"),
        [
            (0.1, 0.05, True, True, "The algorithm is superior."),
            (0.0, 0.05, True, False, "non-inferior within the margin 0.05; the data do not show that it is superior"),
            (-0.04, 0.05, False, False, "The data do not show that the algorithm is non-inferior"),
            (0.01, 0.0, False, False, "The data do not show that the algorithm is superior."),
        ],
    )  # fmt: skip
    def test_superiority_comes_after_non_inferiority(self, value, margin, non_inferior, superior, text):  # fmt: skip
        found = against.claim(self.difference(value), margin)
        assert (found.non_inferior, found.superior) == (non_inferior, superior)
        assert text in found.text
        assert (found.p_superior is None) == (not non_inferior)
        assert "equivalent" not in found.text

    @steady
    @given(st.floats(-0.2, 0.2), st.floats(0, 0.1), st.floats(0.001, 0.05))
    def test_it_is_the_lower_limit_of_the_two_sided_interval(self, value, margin, se):
        found = against.claim(self.difference(value, se=se), margin)
        low = value - quantile(0.95, 30.0) * se
        assume(abs(low + margin) > 1e-9)
        assert found.non_inferior == (low > -margin)

    def test_any_result_with_a_standard_error_can_be_claimed_of(self):
        truth, decisions, scores = a_panel()
        found = standalone.algorithm_against_readers(truth, decisions, scores[0])
        assert against.claim(found, 0.1).estimate == found.effect

    def test_both_rates_must_hold(self):
        good, bad = self.difference(0.05), self.difference(-0.05)
        assert against.claim_on_both(good, good, margins=(0.05, 0.05)).holds
        found = against.claim_on_both(good, bad, margins=(0.05, 0.05))
        assert not found.holds
        assert found.p == found.specificity.p_non_inferior

    def test_without_an_error_there_is_no_claim(self):
        found = against.claim(Estimate.undefined("One case.", "", value=0.1), 0.05)
        assert (found.p_non_inferior, found.reason) == (None, "One case.")
        assert found.text == "The data allow no test."

    @pytest.mark.parametrize(("margin", "alpha"), [(-0.1, 0.025), (0.1, 0), (0.1, 0.7)])
    def test_bad_margins_and_levels_are_refused(self, margin, alpha):
        with pytest.raises(StatisticsInputError):
            against.claim(self.difference(0.1), margin, alpha=alpha)


class TestReferenceSoftware:
    pytestmark = needs_shared

    @pytest.mark.parametrize("part", ["rjafroc", "mrmcaov", "google", "binary"])
    def test_it_agrees(self, part):
        rows = list(getattr(reference, part)())
        assert rows
        assert [(row, row.difference) for row in rows if not row.agrees] == []
