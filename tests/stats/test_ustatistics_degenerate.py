"""U-statistics of studies that do not allow everything, each with its reason; the rules of the tests; input errors."""

import json

import numpy as np
import pytest
from hypothesis import given
from scipy import stats

from readerstudy.stats.readings import fully_crossed
from readerstudy.stats.result import StatisticsInputError
from readerstudy.stats.ustatistics import (
    Distribution,
    UnpairedRule,
    reader_covariances,
    u_statistics,
    u_statistics_of_sensitivity,
    u_statistics_of_specificity,
)
from tests.stats.strategies import steady
from tests.stats.test_ustatistics import a_study, algorithm_and_readers, nested, studies

NAN = np.nan
TESTED = ("df_bdg", "low", "high", "p")


def nothing(row, *names):
    return all(getattr(row, name + kind) is None for name in names for kind in ("", "_mle"))


def test_a_study_worked_by_hand():
    """A perfect reader and one who always answers alike: V = MS / J = 0.125 / 2, no covariance of their errors."""
    found = u_statistics(fully_crossed([1, 1, 0, 0], [[4, 3, 2, 1], [5, 5, 5, 5]]))
    row, parts = found.modalities[0], found.decomposition("1")
    assert (row.estimate, row.variance) == (0.75, 0.0625)
    assert parts.moments == (0.625, 0.625, 0.625, 0.625, 0.5, 0.5, 0.5, 0.5)
    assert parts.component_coefficients == (0.5, 0.5, 0.25, 0.5, 0.25, 0.25, 0.125)
    # Biased moments: M4 = 0.625, M8 = θ² = 0.5625. Only readers vary: df = V² / (R² / 1³) = 1.
    assert parts.components_mle[3] == 0.0625
    assert (row.variance_mle, row.df_bdg, row.df_bdg_mle) == (0.03125, 1.0, 1.0)
    assert (row.n_readers, row.n_positive, row.n_negative) == (2, 2, 2)


class TestRules:
    @pytest.mark.parametrize("missing", [0.0, 0.2])
    def test_interval_and_p_use_t_with_whole_degrees_of_freedom(self, missing):
        for row in u_statistics(a_study(2, missing=missing), level=0.9).modalities:
            df = np.floor(row.df_bdg)
            assert df < 50
            half = stats.t.isf(0.05, df) * row.se
            assert (row.low, row.high) == pytest.approx((row.estimate - half, row.estimate + half))
            assert row.p == pytest.approx(2 * stats.t.sf(abs(row.estimate - 0.5) / row.se, df))

    def test_the_distribution_can_be_chosen(self):
        readings = a_study(2)
        for test, distribution in (("t", stats.t), (Distribution.NORMAL, None)):
            row = u_statistics(readings, test=test).differences[0]
            law = stats.norm if distribution is None else distribution(row.df_bdg)
            assert row.p == pytest.approx(2 * law.sf(abs(row.estimate) / row.se))
            assert row.high - row.estimate == pytest.approx(law.isf(0.025) * row.se)

    def test_above_50_degrees_of_freedom_the_distribution_is_normal(self):
        row = u_statistics(a_study(3, readers=30, positives=60, negatives=80)).modalities[0]
        assert row.df_bdg > 50
        assert row.p == pytest.approx(2 * stats.norm.sf((row.estimate - 0.5) / row.se))

    def test_50_and_a_half_degrees_of_freedom_are_above_50(self):
        assert Distribution.IMRMC.df(50.5) is None
        assert Distribution.IMRMC.df(50.0) == 50
        assert Distribution.IMRMC.df(49.9) == 49
        assert Distribution.T.df(50.5) == 50.5

    def test_the_mle_block_uses_its_own_variance_and_degrees_of_freedom(self):
        row = u_statistics(a_study(2)).differences[0]
        half = stats.t.isf(0.025, np.floor(row.df_bdg_mle)) * np.sqrt(row.variance_mle)
        assert row.high_mle - row.estimate == pytest.approx(half)

    def test_pooled_unpaired_factors_give_fewer_degrees_of_freedom(self):
        readings = nested(a_study(5), readers=True, cases=True)
        separate, pooled = (
            u_statistics(readings, unpaired=rule).differences[0] for rule in UnpairedRule
        )
        assert separate.variance == pooled.variance
        assert separate.df_bdg > pooled.df_bdg


class TestReasons:
    def test_a_modality_with_one_class_has_no_average(self):
        readings = a_study(1)
        scores = readings.scores.copy()
        scores[1][:, readings.truth == 1] = NAN
        found = u_statistics(fully_crossed(readings.truth, scores))
        for row in (found.modalities[1], found.differences[0]):
            assert row.reason == "In modality 2 no reader read a positive and a negative case."
            assert row.estimate is None
            assert nothing(row, "variance", "se", *TESTED)
        assert found.modalities[1].n_readers == found.modalities[1].n_negative == 0
        assert found.modalities[0].p is not None
        with pytest.raises(KeyError):
            found.decomposition("1", "2")

    def test_a_reader_without_a_class_does_not_count(self):
        readings = a_study(1, modalities=1)
        scores = readings.scores.copy()
        scores[0, 2, readings.truth == 0] = NAN
        with_reader = u_statistics(fully_crossed(readings.truth, scores)).modalities[0]
        without = u_statistics(fully_crossed(readings.truth, scores[:, [0, 1, 3]])).modalities[0]
        assert with_reader == without
        assert with_reader.n_readers == 3

    @pytest.mark.parametrize("shape", [(2, 0, 4), (0, 2, 4), (2, 3, 0)])
    def test_a_study_without_readings_has_no_averages(self, shape):
        found = u_statistics(fully_crossed(np.arange(shape[2]) % 2, np.zeros(shape)))
        assert all(row.estimate is None and row.reason for row in found.modalities)
        assert len(found.modalities) == shape[0]

    @pytest.mark.parametrize("turned", [False, True])
    def test_one_case_of_a_class_gives_averages_without_variance(self, turned):
        readings = a_study(1, positives=1, negatives=8)
        truth = 1 - readings.truth if turned else readings.truth
        found = u_statistics(fully_crossed(truth, readings.scores))
        for row in (*found.modalities, *found.differences):
            assert row.estimate is not None
            assert nothing(row, "variance", "se", *TESTED)
            assert "needs two cases of each class" in row.reason
        assert found.decomposition("1", "2").covariance is None

    def test_one_reader_is_taken_as_fixed_and_the_row_says_so(self):
        readings = a_study(1, modalities=1)
        found = u_statistics(algorithm_and_readers(readings))
        algorithm, panel = found.modalities
        caution = "Modality algorithm has one reader: its variance is over cases alone and says nothing about other readers."  # fmt: skip
        assert algorithm.reason == found.differences[0].reason == caution
        assert panel.reason is None
        assert algorithm.variance == pytest.approx(reader_covariances(readings).covariance[0, 0])
        # The algorithm adds no readers: their degrees of freedom are those of the panel.
        assert algorithm.df_bdg >= 8
        assert min(found.differences[0].df_bdg, panel.df_bdg) >= 2
        assert found.differences[0].p is not None

    @pytest.mark.parametrize("rule", list(UnpairedRule))
    def test_an_algorithm_leaves_the_readers_their_degrees_of_freedom(self, rule):
        readings = algorithm_and_readers(a_study(7, modalities=1, readers=5))
        row = u_statistics(readings, unpaired=rule).differences[0]
        assert row.df_bdg >= 3
        assert row.p is not None

    def test_one_reader_with_one_case_of_a_class_has_no_variance(self):
        row = u_statistics(fully_crossed([1, 0, 0, 0], [[3, 1, 2, 4]])).modalities[0]
        assert row.estimate == pytest.approx(2 / 3)
        assert row.variance is None
        assert row.reason == "The variance in modality 1 needs two cases of each class."

    def test_a_lone_reader_of_one_modality_who_reads_in_the_other_too_cannot_be_compared(self):
        scores = a_study(1).scores.copy()
        scores[0, 1:] = NAN
        row = u_statistics(fully_crossed(a_study(1).truth, scores)).differences[0]
        assert row.estimate is not None
        assert nothing(row, "variance", "se", *TESTED)
        assert row.reason == (
            "Modality 1 has one reader, who reads in modality 2 too: the difference between them cannot be told from "
            "that between readers."
        )

    def test_modalities_whose_readings_all_share_something_have_no_covariance(self):
        scores = np.full((2, 2, 6), NAN)
        for modality, reader, positive, negative in ((0, 0, 0, 2), (0, 1, 1, 3), (1, 0, 1, 4), (1, 1, 0, 5)):  # fmt: skip
            scores[modality, reader, [positive, negative]] = 1, 0
        scores[0, 0, 2] = 2
        found = u_statistics(fully_crossed([1, 1, 0, 0, 0, 0], scores))
        assert found.modalities[0].variance is not None
        assert found.differences[0].reason == (
            "The covariance of modalities 1 and 2 needs two readings of different readers without a common case."
        )

    def test_a_negative_variance_gives_no_test_but_the_biased_one_may(self):
        found = u_statistics(fully_crossed([1, 1, 0, 0], [[3, 0, 1, 2], [0, 3, 2, 1]]))
        row = found.modalities[0]
        assert (row.estimate, row.variance) == (0.5, -0.25)
        assert (row.se, row.p, row.low, row.df_bdg) == (None, None, None, None)
        assert row.variance_mle > 0
        assert row.p_mle is not None
        assert row.reason.startswith("The unbiased variance is negative")
        # Readers, positives and negatives each average to the same: no component of the biased moments is left.
        assert row.df_bdg_mle is None
        assert row.reason.endswith("the normal distribution is used.")
        assert row.p_mle == pytest.approx(2 * stats.norm.sf(0))

    def test_perfect_readers_have_variance_zero_and_no_test(self):
        row = u_statistics(fully_crossed([1, 1, 0, 0], [[3, 4, 1, 2], [4, 3, 2, 1]])).modalities[0]
        assert (row.estimate, row.variance, row.se, row.variance_mle) == (1.0, 0.0, 0.0, 0.0)
        assert nothing(row, *TESTED)
        assert "variance is zero" in row.reason

    def test_very_uneven_readers_have_no_degrees_of_freedom(self):
        readings = a_study(4, modalities=1, readers=2, positives=13, negatives=13)
        scores = readings.scores.copy()
        scores[0, 1, 2:-2] = NAN
        row = u_statistics(fully_crossed(readings.truth, scores)).modalities[0]
        assert row.variance_mle > 0
        assert nothing(row, *TESTED)
        assert "too unevenly" in row.reason

    @steady
    @given(readings=studies(modalities=2, readers=(1, 3), least=1))
    def test_nothing_is_ever_nan_and_what_is_missing_has_a_reason(self, readings):
        for found in (u_statistics(readings), u_statistics_of_sensitivity(readings, 2)):
            json.dumps(found.as_dict(), allow_nan=False)
            for row in (*found.modalities, *found.differences):
                complete = None not in (row.estimate, row.variance, row.p, row.p_mle, row.df_bdg)
                assert complete or row.reason


class TestErrors:
    @pytest.mark.parametrize("level", [0, 1, 95])
    def test_the_level_must_lie_between_0_and_1(self, level):
        with pytest.raises(StatisticsInputError, match="confidence level"):
            u_statistics(a_study(), level=level)

    @pytest.mark.parametrize("rule", [{"test": "z"}, {"unpaired": "both"}])
    def test_unknown_rules_are_refused(self, rule):
        with pytest.raises(StatisticsInputError, match=r"imrmc, t, normal.*separate, pooled"):
            u_statistics(a_study(), **rule)

    @pytest.mark.parametrize("analyse", [u_statistics_of_sensitivity, u_statistics_of_specificity])
    def test_the_threshold_must_be_a_number(self, analyse):
        with pytest.raises(StatisticsInputError, match="finite number, not nan"):
            analyse(a_study(), float("nan"))

    def test_covariances_of_readings_name_the_reading_without_a_class(self):
        scores = a_study().scores.copy()
        scores[1, 2, a_study().truth == 0] = NAN
        with pytest.raises(
            StatisticsInputError, match="Reader 3 has no negative case in modality 2"
        ):
            reader_covariances(fully_crossed(a_study().truth, scores))
        with pytest.raises(StatisticsInputError, match="There are no readings"):
            reader_covariances(fully_crossed([1, 0], [[NAN, NAN]]))

    def test_covariances_of_readings_need_two_cases_of_each_class(self):
        found = reader_covariances(fully_crossed([1, 0, 0], [[2, 1, 3], [3, 1, 2]]))
        assert found.auc.tolist() == [0.5, 1.0]
        assert found.covariance is None
        assert (
            found.reason
            == "A covariance needs two positive and two negative cases of every reading."
        )


def test_a_result_shows_itself():
    found = u_statistics(a_study(2))
    assert found.as_text().splitlines()[0] == "U statistics"
    assert found.as_dict()["modalities"][0]["modality"] == "1"
    assert "<th" in found.as_html()
    assert list(found.as_dict()["differences"][0])[:2] == ["a", "b"]
