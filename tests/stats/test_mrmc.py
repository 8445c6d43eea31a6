"""Obuchowski-Rockette and Dorfman-Berbaum-Metz: twins, invariances, degenerate studies, reference software."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from readerstudy.stats import mrmc
from readerstudy.stats.readings import Readings, fully_crossed, readings_from_columns
from readerstudy.stats.result import StatisticsInputError
from tests.stats import twins_mrmc
from tests.stats.agreement_with import mrmc as reference
from tests.stats.goldens import needs_shared
from tests.stats.strategies import steady
from tests.stats.twins_mrmc import COVARIANCES, cells

ESTIMATORS = ["jackknife", "delong", "unbiased"]


@st.composite
def studies(draw, *, modalities=(2, 3), readers=(2, 4), least=2, most=4):
    """(truth (K,), scores (I, J, K)) with few distinct scores."""
    I, J = draw(st.integers(*modalities)), draw(st.integers(*readers))
    n1, n0 = draw(st.integers(least, most)), draw(st.integers(least, most))
    truth = np.array(draw(st.permutations([1] * n1 + [0] * n0)))
    size = I * J * (n1 + n0)
    values = draw(st.lists(st.integers(0, 4), min_size=size, max_size=size))
    return truth, np.array(values, dtype=float).reshape(I, J, n1 + n0)


def a_study(seed=3, modalities=2, readers=4, negatives=9, positives=7, shift=1.0):
    rng = np.random.default_rng(seed)
    truth = np.array([0] * negatives + [1] * positives)
    scores = rng.normal(size=(modalities, readers, truth.size)) + shift * truth
    return truth, np.round(scores + np.arange(modalities)[:, None, None] * truth * 0.4, 1)


def flat(test):
    rows = [(row.a, row.b, row.estimate, row.se, row.df, row.low, row.high, row.p) for row in test.differences]  # fmt: skip
    means = [(row.modality, row.estimate, row.se, row.df) for row in test.modalities]
    return rows, means


class TestTwins:
    @pytest.mark.parametrize("covariance", ESTIMATORS)
    @steady
    @given(study=studies())
    def test_components_are_means_over_pairs_of_readings(self, study, covariance):
        truth, scores = study
        found = mrmc.obuchowski_rockette(fully_crossed(truth, scores), covariance=covariance)
        expected = twins_mrmc.averaged_covariances(truth.tolist(), cells(scores), covariance)
        for name, value in expected.items():
            assert getattr(found.components, name) == pytest.approx(value, abs=1e-12)

    @pytest.mark.parametrize("covariance", ESTIMATORS)
    def test_the_test_with_readers_and_cases_random_is_that_of_the_definitions(self, covariance):
        truth, scores = a_study(modalities=3)
        test = mrmc.obuchowski_rockette(fully_crossed(truth, scores), covariance=covariance).rrrc
        f, df, se = twins_mrmc.random_readers_and_cases(truth.tolist(), cells(scores), covariance)
        assert (test.statistic, test.df2, test.differences[0].se) == pytest.approx((f, df, se), rel=1e-10)  # fmt: skip

    @pytest.mark.parametrize("covariance", ESTIMATORS)
    def test_fixed_readers_have_the_variance_that_the_matrix_gives_to_the_difference(self, covariance):  # fmt: skip
        truth, scores = a_study()
        test = mrmc.obuchowski_rockette(fully_crossed(truth, scores), covariance=covariance).frrc
        variance = twins_mrmc.variance_of_fixed_readers_difference(truth.tolist(), cells(scores), covariance, 0, 1)  # fmt: skip
        assert test.differences[0].se ** 2 == pytest.approx(variance, rel=1e-10)
        assert test.statistic == pytest.approx(test.differences[0].estimate ** 2 / variance)

    def test_each_readers_difference_has_the_variance_of_the_paired_readings(self):
        truth, scores = a_study()
        found = mrmc.obuchowski_rockette(fully_crossed(truth, scores), covariance="delong")
        for j, row in enumerate(found.reader_differences):
            pair = [scores[0, j].tolist(), scores[1, j].tolist()]
            c = {(a, b): COVARIANCES["delong"](truth.tolist(), pair[a], pair[b]) for a in (0, 1) for b in (0, 1)}  # fmt: skip
            assert row.reader == str(j + 1)
            assert row.se**2 == pytest.approx(c[0, 0] + c[1, 1] - 2 * c[0, 1], rel=1e-10)

    @steady
    @given(study=studies(modalities=(1, 1), readers=(1, 3)))
    def test_readings_of_some_of_the_cases_have_the_unbiased_covariance_of_their_pairs(self, study):
        truth, scores = study
        keep = np.ones(scores.shape, dtype=bool)
        keep[0, 0, np.flatnonzero(truth == 1)[-1]] = (truth == 1).sum() < 3
        data = fully_crossed(truth, np.where(keep, scores, np.nan))
        found = mrmc.obuchowski_rockette(data, covariance="unbiased")
        seen = keep[0, 0]
        own = COVARIANCES["unbiased"](truth[seen].tolist(), *[scores[0, 0][seen].tolist()] * 2)
        se = found.readings[0].se
        assert (se**2 if se is not None else min(own, 0.0)) == pytest.approx(own, abs=1e-12)


class TestIdentities:
    @steady
    @given(study=studies())
    def test_pseudovalues_give_the_tests_of_the_jackknife_covariance(self, study):
        data = fully_crossed(*study)
        rockette, dorfman = mrmc.obuchowski_rockette(data), mrmc.dorfman_berbaum_metz(data)
        assume(rockette.rrrc.statistic is not None and dorfman.rrrc.statistic is not None)
        assert dorfman.rrrc.statistic == pytest.approx(rockette.rrrc.statistic, rel=1e-8, abs=1e-12)
        for ours, theirs in zip(dorfman.rrrc.differences, rockette.rrrc.differences, strict=True):
            assert (ours.estimate, ours.se) == pytest.approx((theirs.estimate, theirs.se), abs=1e-9)
            assert (ours.p is None) == (theirs.p is None)
            assert ours.p == pytest.approx(theirs.p, abs=1e-7)

    @steady
    @given(study=studies())
    def test_error_components_are_those_of_the_mean_squares_of_pseudovalues(self, study):
        data = fully_crossed(*study)
        ms, found = mrmc.dorfman_berbaum_metz(data).components, mrmc.obuchowski_rockette(data).components  # fmt: skip
        I, J, K = data.scores.shape
        n = I * J * K
        both = (I - 1) * (J - 1)
        assert found.var == pytest.approx((ms.ms_c + (I - 1) * ms.ms_tc + (J - 1) * ms.ms_rc + both * ms.ms_trc) / n, abs=1e-12)  # fmt: skip
        assert found.cov1 == pytest.approx((ms.ms_c - ms.ms_tc + (J - 1) * (ms.ms_rc - ms.ms_trc)) / n, abs=1e-12)  # fmt: skip
        assert found.cov2 == pytest.approx((ms.ms_c - ms.ms_rc + (I - 1) * (ms.ms_tc - ms.ms_trc)) / n, abs=1e-12)  # fmt: skip
        assert found.cov3 == pytest.approx((ms.ms_c - ms.ms_tc - ms.ms_rc + ms.ms_trc) / n, abs=1e-12)  # fmt: skip

    def test_two_modalities_have_t_squared_equal_f(self):
        test = mrmc.obuchowski_rockette(fully_crossed(*a_study())).rrrc
        row = test.differences[0]
        assert (row.estimate / row.se) ** 2 == pytest.approx(test.statistic)
        assert row.p == pytest.approx(test.p)
        assert row.df == test.df2

    @pytest.mark.parametrize("covariance", ESTIMATORS)
    @steady
    @given(study=studies(), power=st.sampled_from([0.5, 1, 3]))
    def test_a_monotone_map_of_a_readers_scores_changes_nothing(self, study, covariance, power):
        truth, scores = study
        other = scores.copy()
        other[:, 0] = 7 * (other[:, 0] + 1) ** power
        ours, theirs = (mrmc.obuchowski_rockette(fully_crossed(truth, s), covariance=covariance).as_dict() for s in (scores, other))  # fmt: skip
        assert ours == theirs

    @pytest.mark.parametrize("covariance", ESTIMATORS)
    @steady
    @given(study=studies())
    def test_negated_scores_have_the_opposite_differences(self, study, covariance):
        truth, scores = study
        ours, theirs = (mrmc.obuchowski_rockette(fully_crossed(truth, s), covariance=covariance) for s in (scores, -scores))  # fmt: skip
        for a, b in zip(ours.rrrc.differences, theirs.rrrc.differences, strict=True):
            assert a.estimate == pytest.approx(-b.estimate, abs=1e-12)
            assert (a.se is None) == (b.se is None)
            assert (a.se or 0) == pytest.approx(b.se or 0, rel=1e-6)
        for a, b in zip(ours.readings, theirs.readings, strict=True):
            assert a.estimate == pytest.approx(1 - b.estimate)

    @steady
    @given(study=studies(), order=st.randoms(use_true_random=False))
    def test_the_order_of_rows_cases_and_readers_changes_nothing(self, study, order):
        truth, scores = study
        rows = [
            (f"r{j}", f"m{i}", f"c{k}", int(truth[k]), float(scores[i, j, k]))
            for i, j, k in np.ndindex(*scores.shape)
        ]
        first = readings_from_columns(*zip(*rows, strict=True))
        order.shuffle(rows)
        second = readings_from_columns(*zip(*rows, strict=True))
        assert flat(mrmc.obuchowski_rockette(first).rrrc) == flat(mrmc.obuchowski_rockette(second).rrrc)  # fmt: skip

    def test_one_modalitys_mean_comes_from_its_own_readings_alone(self):
        truth, scores = a_study()
        both = mrmc.obuchowski_rockette(fully_crossed(truth, scores)).rrrc.modalities[0]
        alone = mrmc.obuchowski_rockette(fully_crossed(truth, scores[:1])).rrrc.modalities[0]
        assert (alone.estimate, alone.se, alone.df) == pytest.approx((both.estimate, both.se, both.df))  # fmt: skip


class TestDesigns:
    def nested_readers(self, sizes):
        truth, scores = a_study(readers=sum(sizes))
        table = np.full((2, sum(sizes), truth.size), np.nan)
        table[0, : sizes[0]], table[1, sizes[0] :] = scores[0, : sizes[0]], scores[1, sizes[0] :]
        return fully_crossed(truth, table)

    @pytest.mark.parametrize("sizes", [(3, 3), (2, 5)])
    @pytest.mark.parametrize("covariance", ["jackknife", "delong"])
    def test_fixed_readers_nested_in_modalities_have_the_variance_of_the_matrix(self, sizes, covariance):  # fmt: skip
        data = self.nested_readers(sizes)
        found = mrmc.obuchowski_rockette(data, covariance=covariance)
        assert data.design == "readers nested in modalities"
        a, b = sizes
        c, per = found.components, 1 / a + 1 / b
        # With the averaged components: Var/J + (J − 1)/J Cov2 for each mean, less twice Cov3.
        expected = c.var * per + ((a - 1) / a + (b - 1) / b) * c.cov2 - 2 * c.cov3
        assert found.frrc.differences[0].se ** 2 == pytest.approx(expected, rel=1e-10)

    def test_readers_nested_in_modalities_have_more_error_than_their_means_squares(self):
        found = mrmc.obuchowski_rockette(self.nested_readers((3, 4)))
        c = found.components
        weight = (49 - 9 - 16) / 7
        denominator = c.ms_tr + weight * max(c.cov2 - c.cov3, 0)
        assert found.rrrc.statistic == pytest.approx(c.ms_t / denominator)
        assert found.rrrc.df2 == pytest.approx(denominator**2 / (c.ms_tr**2 / 5))
        assert found.rrrc.differences[0].se ** 2 == pytest.approx(denominator * (1 / 3 + 1 / 4))

    def test_cases_nested_in_modalities_have_no_covariance_between_modalities(self):
        truth, scores = a_study(negatives=12, positives=12)
        table = np.full(scores.shape, np.nan)
        table[0, :, ::2], table[1, :, 1::2] = scores[0, :, ::2], scores[1, :, 1::2]
        found = mrmc.obuchowski_rockette(fully_crossed(truth, table)).components
        assert (found.cov1, found.cov3) == (0, 0)
        assert found.cov2 != 0

    def test_readers_in_some_modalities_only_are_refused(self):
        truth, scores = a_study()
        scores[1, 0] = np.nan
        with pytest.raises(StatisticsInputError, match="Reader 1 has no readings in modality 2"):
            mrmc.obuchowski_rockette(fully_crossed(truth, scores))


class TestDegenerate:
    def test_perfect_readers_in_all_modalities_leave_no_test(self):
        truth = np.array([0] * 5 + [1] * 4)
        scores = np.broadcast_to(truth.astype(float), (2, 3, 9)) + np.arange(3)[:, None]
        found = mrmc.obuchowski_rockette(fully_crossed(truth, scores))
        for test in (found.rrrc, found.frrc, found.rrfc):
            assert test.statistic is None
            assert test.p is None
            assert "nothing to estimate an error from" in test.reason
        assert [row.estimate for row in found.rrrc.modalities] == [1, 1]

    def test_pseudovalues_of_perfect_readers_leave_no_test(self):
        truth = np.array([0] * 5 + [1] * 4)
        found = mrmc.dorfman_berbaum_metz(fully_crossed(truth, np.broadcast_to(truth * 1.0, (2, 3, 9))))  # fmt: skip
        assert found.rrrc.statistic is None
        assert found.rrrc.reason

    def test_a_constant_reader_stays_in_the_analysis(self):
        truth, scores = a_study()
        scores[:, 0] = 3
        found = mrmc.obuchowski_rockette(fully_crossed(truth, scores))
        assert found.readings[0].estimate == 0.5
        assert found.readings[0].se == 0
        assert found.rrrc.p is not None
        assert found.reader_differences[0].reason

    def test_one_positive_case_leaves_the_model_with_fixed_cases(self):
        truth, scores = a_study(positives=1)
        found = mrmc.obuchowski_rockette(fully_crossed(truth, scores))
        assert found.rrfc.p is not None
        assert found.rrrc.p is None
        assert found.frrc.p is None
        assert found.components.var is None
        assert "two positive cases" in found.reason

    def test_one_reader_leaves_the_model_with_fixed_readers(self):
        truth, scores = a_study(readers=1)
        found = mrmc.obuchowski_rockette(fully_crossed(truth, scores), covariance="delong")
        assert (
            found.rrrc.reason == "With one reader the variance between readers cannot be estimated."
        )
        assert found.frrc.p is not None

    def test_one_modality_has_means_and_no_test(self):
        truth, scores = a_study(modalities=1)
        found = mrmc.obuchowski_rockette(fully_crossed(truth, scores))
        assert found.rrrc.statistic is None
        assert found.rrrc.modalities[0].se > 0
        assert found.rrrc.differences == ()

    def test_readers_who_differ_alike_have_a_chi_square_test(self):
        truth, scores = a_study(readers=1)
        found = mrmc.obuchowski_rockette(fully_crossed(truth, np.repeat(scores, 3, axis=1)))
        assert found.components.ms_tr == 0
        # The readers are copies: the cases' error alone is left.
        if found.rrrc.statistic is not None:
            assert found.rrrc.distribution == "chi-square"
            assert found.rrrc.df2 is None

    def test_a_class_that_a_reader_did_not_read_is_named(self):
        truth, scores = a_study()
        scores[1, 2, truth == 1] = np.nan
        with pytest.raises(StatisticsInputError, match="Reader 3 has no positive case in modality 2"):  # fmt: skip
            mrmc.obuchowski_rockette(fully_crossed(truth, scores))

    def test_an_unknown_estimator_is_named(self):
        with pytest.raises(
            StatisticsInputError, match="delong, jackknife, unbiased, not bootstrap"
        ):
            mrmc.obuchowski_rockette(fully_crossed(*a_study()), covariance="bootstrap")

    def test_pseudovalues_need_complete_data(self):
        truth, scores = a_study()
        scores[0, 0, 0] = np.nan
        with pytest.raises(StatisticsInputError, match="every reader to have read every case"):
            mrmc.dorfman_berbaum_metz(fully_crossed(truth, scores))


class TestReadings:
    def columns(self):
        return [["a", "a", "b", "b"], ["x"] * 4, ["1", "2", "1", "2"], [0, 1, 0, 1], [1.0, 2.0, 3.0, 4.0]]  # fmt: skip

    def test_columns_become_an_array(self):
        data = readings_from_columns(*self.columns())
        assert (data.modalities, data.readers, data.cases) == (("x",), ("a", "b"), ("1", "2"))
        assert data.scores.tolist() == [[[1, 2], [3, 4]]]
        assert (data.n_positive, data.n_negative, data.is_complete) == (1, 1, True)

    @pytest.mark.parametrize(
        ("column", "row", "value", "message"),
        [
            (3, 1, 2, r"Row 2 \(reader a, case 2, modality x\): the truth is 2"),
            (4, 2, float("nan"), r"Row 3 \(reader b, case 1, modality x\): the score is nan"),
            (2, 3, "1", r"Row 4 \(reader b, case 1, modality x\): this reading is there already, in row 3"),
            (3, 3, 0, "Case 2 is positive in some rows and negative in others"),
        ],
    )  # fmt: skip
    def test_a_fault_is_told_with_its_place(self, column, row, value, message):
        columns = self.columns()
        columns[column][row] = value
        with pytest.raises(StatisticsInputError, match=message):
            readings_from_columns(*columns)

    def test_no_rows_are_told(self):
        with pytest.raises(StatisticsInputError, match="There are no rows"):
            readings_from_columns([], [], [], [], [])

    def test_unequal_columns_are_told(self):
        columns = self.columns()
        columns[0] = ["a"]
        with pytest.raises(StatisticsInputError, match="different lengths"):
            readings_from_columns(*columns)

    def test_an_infinite_score_is_named(self):
        with pytest.raises(StatisticsInputError, match="Reader b has an infinite score for case 2"):
            Readings(("x",), ("a", "b"), ("1", "2"), np.array([0, 1]), np.array([[[1, 2], [3, np.inf]]]))  # fmt: skip

    def test_readers_can_be_chosen(self):
        data = readings_from_columns(*self.columns())
        assert data.of_readers(["b"]).scores.tolist() == [[[3, 4]]]
        with pytest.raises(StatisticsInputError, match="There is no reader c; there are a, b"):
            data.of_readers(["c"])

    @pytest.mark.parametrize(
        ("design", "holes"),
        [
            ("fully crossed", []),
            ("split-plot", [(slice(None), slice(0, 2), slice(0, 4)), (slice(None), slice(2, 4), slice(4, 8))]),
            ("cases nested in modalities", [(0, slice(None), slice(0, 4)), (1, slice(None), slice(4, 8))]),
            ("readers nested in modalities", [(0, slice(0, 2)), (1, slice(2, 4))]),
            ("incomplete", [(0, 0, 0)]),
            ("cases nested in readers", [(slice(None), j, [k for k in range(8) if k // 2 != j]) for j in range(4)]),
        ],
    )  # fmt: skip
    def test_the_design_is_recognised(self, design, holes):
        scores = np.ones((2, 4, 8))
        for hole in holes:
            scores[hole] = np.nan
        assert fully_crossed([0, 1] * 4, scores).design == design


@pytest.mark.parametrize("part", ["rjafroc", "mrmcaov", "components"])
class TestReferenceSoftware:
    pytestmark = needs_shared

    def test_it_agrees(self, part):
        rows = list(getattr(reference, part)())
        assert len(rows) > 20
        assert [(row, row.difference) for row in rows if not row.agrees] == []
