"""U-statistics for any design: twins by pairs of readings, invariances, links to other methods."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from readerstudy.stats.readings import Readings, fully_crossed
from readerstudy.stats.unbiased import unbiased_covariance
from readerstudy.stats.ustatistics import (
    PairProducts,
    coded,
    pair_products,
    reader_covariances,
    u_statistics,
    u_statistics_of_sensitivity,
    u_statistics_of_specificity,
    unbiased_matrix,
)
from readerstudy.stats.ustatistics.codes import case_sums
from readerstudy.stats.ustatistics.counts import ScoreSums
from tests.stats import twins_ustatistics as twins
from tests.stats.strategies import steady


@st.composite
def studies(draw, *, modalities=2, readers=(2, 3), least=2, most=3, gaps=True):
    """Readings with few distinct scores, some of them missing."""
    J = draw(st.integers(*readers))
    n1, n0 = draw(st.integers(least, most)), draw(st.integers(least, most))
    truth = np.array(draw(st.permutations([1] * n1 + [0] * n0)))
    score = st.sampled_from([0.0, 1.0, 2.0, 3.0, *([np.nan] if gaps else [])])
    size = modalities * J * truth.size
    values = np.array(draw(st.lists(score, min_size=size, max_size=size)))
    return fully_crossed(truth, values.reshape(modalities, J, truth.size))


def tables(readings):
    """Scores as lists with None, one table a modality."""
    return [
        [[None if np.isnan(x) else x for x in row] for row in part]
        for part in readings.scores.tolist()
    ]


def a_study(seed=1, *, modalities=2, readers=4, positives=9, negatives=12, missing=0.0, digits=1):
    rng = np.random.default_rng(seed)
    truth = np.array([1] * positives + [0] * negatives)
    ability = 1 + 0.5 * rng.normal(size=(1, readers, 1))
    scores = rng.normal(size=(modalities, readers, truth.size)) + ability * truth
    scores += rng.normal(size=truth.size)
    scores[rng.random(scores.shape) < missing] = np.nan
    return fully_crossed(truth, np.round(scores, digits))


def with_scores(readings, scores, truth=None):
    return fully_crossed(readings.truth if truth is None else truth, scores)


def numbers(found):
    """Every number of the rows, for comparing two analyses."""
    rows = [*found.modalities, *found.differences]
    return [[value for value in row.as_dict().values() if not isinstance(value, str)] for row in rows]  # fmt: skip


def same_numbers(first, second):
    for a, b in zip(numbers(first), numbers(second), strict=True):
        assert [x is None for x in a] == [x is None for x in b]
        assert [x for x in a if x is not None] == pytest.approx([x for x in b if x is not None], rel=1e-9, abs=1e-12)  # fmt: skip


def has_readers(truth, table):
    """Whether at least two readers have a pair of cases."""
    return len({reader for (reader, _p, _n), _s in twins.readings_of(truth, table)}) > 1


class TestTwins:
    @steady
    @given(readings=studies())
    def test_moments_components_and_covariances_are_those_of_all_pairs_of_readings(self, readings):
        first, second = tables(readings)
        truth = readings.truth.tolist()
        assume(twins.readings_of(truth, first) and twins.readings_of(truth, second))
        found = u_statistics(readings)
        for names, parts in (("11", (first, first)), ("12", (first, second))):
            each, expected = found.decomposition(*names), twins.decomposition(truth, *parts)
            for ours, theirs in (
                ("moments", "unbiased"),
                ("moments_mle", "biased"),
                ("coefficients", "coefficients"),
                ("components", "components"),
                ("components_mle", "biased_components"),
                ("component_coefficients", "shares"),
            ):
                assert getattr(each, ours) == tuple(map(float, expected[theirs].values()))
            assert each.covariance_mle == float(expected["covariance_mle"])
            if expected["apart"] and all(has_readers(truth, part) for part in parts):
                assert each.covariance == float(expected["covariance"])

    @steady
    @given(readings=studies(readers=(2, 4), gaps=False))
    def test_averages_variances_and_degrees_of_freedom_of_crossed_data(self, readings):
        first, second = tables(readings)
        truth = readings.truth.tolist()
        a, b, both = (
            twins.decomposition(truth, *pair)
            for pair in ((first, first), (second, second), (first, second))
        )
        found = u_statistics(readings)
        for row, part in zip(found.modalities, (a, b), strict=True):
            assert row.estimate == float(part["auc"][0])
            assert row.variance == float(part["covariance"])
            if row.df_bdg is not None:
                assert row.df_bdg == pytest.approx(
                    float(twins.df_of_modality(part, part["covariance"]))
                )
        row = found.differences[0]
        variance = a["covariance"] + b["covariance"] - 2 * both["covariance"]
        assert row.estimate == float(a["auc"][0] - b["auc"][0])
        assert row.variance == float(variance)
        if row.df_bdg is not None:
            assert row.df_bdg == pytest.approx(float(twins.df_of_difference(a, b, both, variance)))  # fmt: skip

    def test_unpaired_readers_and_cases_keep_their_own_degrees_of_freedom(self):
        readings = nested(a_study(5, readers=3, positives=4, negatives=4), readers=True, cases=True)
        truth, (first, second) = readings.truth.tolist(), tables(readings)
        a, b, both = (twins.decomposition(truth, *pair) for pair in ((first, first), (second, second), (first, second)))  # fmt: skip
        row = u_statistics(readings).differences[0]
        variance = a["covariance"] + b["covariance"]
        assert (row.readers_paired, row.positives_paired, row.negatives_paired) == (False,) * 3
        assert row.variance == float(variance)
        assert row.df_bdg == pytest.approx(float(twins.df_of_difference(a, b, both, variance)))

    @steady
    @given(readings=studies(modalities=1, readers=(2, 4), least=2, most=4))
    def test_covariances_of_single_readings_are_those_of_pairs_of_cases(self, readings):
        rows = [
            row for row in tables(readings)[0]
            if all(sum(x is not None and t == label for x, t in zip(row, readings.truth, strict=True)) > 1 for label in (0, 1))
        ]  # fmt: skip
        assume(rows)
        scores = np.array([[np.nan if x is None else x for x in row] for row in rows])
        expected = [[float(twins.covariance_of_readings(readings.truth.tolist(), a, b)) for b in rows] for a in rows]  # fmt: skip
        assert unbiased_matrix(readings.truth, scores) == pytest.approx(np.array(expected), abs=1e-13)  # fmt: skip
        assert reader_covariances(with_scores(readings, scores)).covariance == pytest.approx(np.array(expected), abs=1e-13)  # fmt: skip


def nested(readings, *, readers=False, cases=False):
    """The same scores where the second modality has readers or cases of its own."""
    scores, truth = readings.scores, readings.truth
    if readers:
        gap = np.full_like(scores[0], np.nan)
        scores = np.stack([np.vstack([scores[0], gap]), np.vstack([gap, scores[1]])])
    if cases:
        gap = np.full_like(scores[0], np.nan)
        scores = np.stack([np.hstack([scores[0], gap]), np.hstack([gap, scores[1]])])
        truth = np.concatenate([truth, truth])
    return fully_crossed(truth, scores)


class TestSums:
    @pytest.mark.parametrize("digits", [0, 9])
    @pytest.mark.parametrize("missing", [0.0, 0.3])
    @pytest.mark.parametrize(
        ("readers", "positives", "negatives"),
        [(3, 5, 4), (2, 70, 65), (260, 6, 70), (2, 3, 2100), (2, 2100, 3)],
    )
    def test_blocks_of_readers_and_cases_add_up(self, readers, positives, negatives, digits, missing):  # fmt: skip
        study = a_study(2, readers=readers, positives=positives, negatives=negatives, missing=missing, digits=digits)  # fmt: skip
        codes = coded(study.truth, study.scores.reshape(2 * readers, -1))
        sums = case_sums(codes)
        parts = [part.reshape(2, readers, -1) for part in (codes.positive, codes.negative)]
        found = pair_products(*parts, sums)
        high, low = (study.scores[:, :, study.truth == label] for label in (1, 0))
        won = (high[..., None] > low[..., None, :]) + 1.0 * (high[..., None] >= low[..., None, :])
        assert found.readers.tolist() == np.einsum("ajkl,bjkl->abj", won, won).tolist()
        total = won.sum(axis=1)
        assert found.modalities.tolist() == np.einsum("akl,bkl->ab", total, total).tolist()
        assert sums.by_positive.tolist() == won.sum(axis=3).reshape(2 * readers, -1).tolist()
        assert sums.by_negative.tolist() == won.sum(axis=2).reshape(2 * readers, -1).tolist()

    @steady
    @given(readings=studies())
    def test_products_over_pairs_are_those_of_the_definition(self, readings):
        parts = tables(readings)
        codes = coded(readings.truth, readings.scores.reshape(-1, readings.truth.size))
        J = len(readings.readers)
        found = pair_products(
            codes.positive.reshape(2, J, -1), codes.negative.reshape(2, J, -1), case_sums(codes)
        )
        expected = [[twins.products_of_pairs(readings.truth.tolist(), a, b) for b in parts] for a in parts]  # fmt: skip
        assert found.modalities.tolist() == expected

    def test_sums_of_products_are_exact_beyond_64_bits(self):
        rng = np.random.default_rng(3)
        high, low = (rng.integers(2**40, 2**41, (1, 3, size)) for size in (5, 6))
        products = PairProducts(np.array([[7]]), np.array([[[1, 2, 3]]]))
        rows, columns = high[0].tolist(), low[0].tolist()
        found = ScoreSums(high >> 12, low >> 12, products).eight(0, 0)
        assert found[0] == 6
        assert found[4] == 7
        assert found[1] == sum((x >> 12) ** 2 for row in rows for x in row)
        assert found[2] == sum((x >> 12) ** 2 for row in columns for x in row)
        found = ScoreSums(high, low, products).eight(0, 0)
        assert found[3] == sum(sum(row) ** 2 for row in rows)
        assert found[5] == sum(sum(column) ** 2 for column in zip(*rows, strict=True))
        assert found[6] == sum(sum(column) ** 2 for column in zip(*columns, strict=True))
        assert found[7] == sum(map(sum, rows)) ** 2


class TestInvariances:
    @steady
    @given(readings=studies(modalities=2), order=st.randoms(use_true_random=False))
    def test_the_order_of_readers_and_cases_and_a_rising_scale_do_not_matter(self, readings, order):
        J, K = readings.scores.shape[1:]
        readers, cases = order.sample(range(J), J), order.sample(range(K), K)
        scores = np.exp(readings.scores)[:, readers][:, :, cases]
        same_numbers(u_statistics(readings), u_statistics(with_scores(readings, scores, readings.truth[cases])))  # fmt: skip

    @steady
    @given(readings=studies(modalities=2))
    def test_exchanging_the_modalities_turns_the_difference(self, readings):
        there, back = (
            u_statistics(with_scores(readings, scores)).differences[0]
            for scores in (readings.scores, readings.scores[::-1])
        )
        assume(there.estimate is not None)
        assert back.estimate == -there.estimate
        assert (back.variance, back.variance_mle, back.p) == (there.variance, there.variance_mle, there.p)  # fmt: skip
        assert back.df_bdg == (there.df_bdg if there.df_bdg is None else pytest.approx(there.df_bdg))  # fmt: skip

    @steady
    @given(readings=studies(modalities=1))
    def test_turning_scores_and_truth_exchanges_negatives_and_positives(self, readings):
        turned = with_scores(readings, -readings.scores, 1 - readings.truth)
        (a,), (b,) = (u_statistics(each).modalities for each in (readings, turned))
        assert (a.estimate, a.variance, a.variance_mle) == (b.estimate, b.variance, b.variance_mle)
        assert (a.n_positive, a.n_negative) == (b.n_negative, b.n_positive)

    def test_a_modality_against_itself_has_variance_zero_and_no_test(self):
        scores = a_study(4, missing=0.2).scores[:1]
        row = u_statistics(fully_crossed(a_study(4).truth, np.concatenate([scores, scores]))).differences[0]  # fmt: skip
        assert (row.estimate, row.variance, row.se, row.p) == (0.0, 0.0, 0.0, None)
        assert "unbiased variance is zero" in row.reason
        assert "MLE variance is zero" in row.reason

    @pytest.mark.parametrize("cases", [True, False])
    def test_modalities_without_common_readers_or_cases_are_uncorrelated(self, cases):
        found = u_statistics(nested(a_study(6), readers=True, cases=cases))
        assert (found.decomposition("1", "2").covariance == 0) is cases
        readers = [row.n_readers for row in found.modalities]
        assert readers == [4, 4]


class TestLinks:
    """To Obuchowski-Rockette with the unbiased covariance, where both are defined."""

    @steady
    @given(readings=studies(modalities=1, readers=(2, 4), gaps=False))
    def test_the_variance_of_an_average_is_ms_by_readers_plus_cov2(self, readings):
        result = unbiased_covariance(readings.truth, readings.scores[0])
        expected = twins.variance_of_a_panel(result.auc.tolist(), result.covariance.tolist())
        assert u_statistics(readings).modalities[0].variance == pytest.approx(expected, abs=1e-12)

    @steady
    @given(readings=studies(modalities=1, readers=(3, 5), gaps=False))
    def test_an_algorithm_against_readers_has_the_variance_of_their_differences(self, readings):
        result = unbiased_covariance(readings.truth, readings.scores[0])
        J = result.auc.size - 1
        contrast = np.hstack([np.ones((J, 1)), -np.eye(J)])
        covariance = contrast @ result.covariance @ contrast.T
        expected = twins.variance_of_a_panel((contrast @ result.auc).tolist(), covariance.tolist())
        row = u_statistics(algorithm_and_readers(readings)).differences[0]
        assert row.variance == pytest.approx(expected, abs=1e-12)
        assert row.estimate == pytest.approx((contrast @ result.auc).mean(), abs=1e-12)

    @steady
    @given(readings=studies(modalities=1, readers=(2, 2), gaps=False))
    def test_two_algorithms_have_the_variance_over_cases_alone(self, readings):
        result = unbiased_covariance(readings.truth, readings.scores[0])
        gap = np.full(readings.truth.size, np.nan)
        first, second = readings.scores[0]
        row = u_statistics(with_scores(readings, np.array([[first, gap], [gap, second]]))).differences[0]  # fmt: skip
        paired = u_statistics(with_scores(readings, np.array([[first], [second]]))).differences[0]
        C = result.covariance
        assert row.variance == pytest.approx(C[0, 0] + C[1, 1] - 2 * C[0, 1], abs=1e-12)
        assert paired.variance == row.variance


def algorithm_and_readers(readings):
    """The first reader of one modality as a modality of its own."""
    J, K = readings.scores.shape[1:]
    scores = np.full((2, J, K), np.nan)
    scores[0, 0], scores[1, 1:] = readings.scores[0, 0], readings.scores[0, 1:]
    names = tuple(map(str, range(J))), tuple(map(str, range(K)))
    return Readings(("algorithm", "readers"), *names, readings.truth, scores)


class TestRates:
    def test_a_rate_is_the_share_of_decisions(self):
        readings = a_study(9)
        positive = readings.truth == 1
        for threshold in (0.5, 1.0):
            called = readings.scores >= threshold
            found = u_statistics_of_sensitivity(readings, threshold)
            assert [row.estimate for row in found.modalities] == pytest.approx(called[:, :, positive].mean(axis=(1, 2)))  # fmt: skip
            found = u_statistics_of_specificity(readings, threshold)
            assert [row.estimate for row in found.modalities] == pytest.approx(1 - called[:, :, ~positive].mean(axis=(1, 2)))  # fmt: skip
            assert found.figure == "specificity"

    def test_a_score_at_the_threshold_is_positive_unless_told_otherwise(self):
        truth, scores = [1, 1, 0, 0], [[3, 2, 2, 1], [2, 2, 1, 2]]
        readings = fully_crossed(truth, scores)
        for inclusive, sensitivity, specificity in ((True, 1.0, 0.5), (False, 0.25, 1.0)):
            found = [
                analyse(readings, 2, inclusive=inclusive).modalities[0].estimate
                for analyse in (u_statistics_of_sensitivity, u_statistics_of_specificity)
            ]
            assert found == [sensitivity, specificity]

    @steady
    @given(readings=studies(modalities=1, gaps=False, readers=(2, 4)))
    def test_the_variance_of_a_rate_is_that_of_pairs_of_readers_and_cases(self, readings):
        """Gallas, Pennello and Myers: p² less the mean product over different readers and different cases."""
        called = (readings.scores[0][:, readings.truth == 1] >= 2).astype(int).tolist()
        cells = [(j, k, Fraction(x)) for j, row in enumerate(called) for k, x in enumerate(row)]
        apart = [x * y for j, k, x in cells for i, m, y in cells if i != j and k != m]
        rate = twins.mean(x for _j, _k, x in cells)
        row = u_statistics_of_sensitivity(readings, 2).modalities[0]
        assert row.estimate == float(rate)
        assert row.variance == float(rate**2 - twins.mean(apart))

    def test_unread_cases_do_not_count(self):
        readings = fully_crossed([1, 1, 1, 0, 0], [[3, np.nan, 1, 1, 1], [3, 3, 3, 0, np.nan]])
        row = u_statistics_of_sensitivity(readings, 2).modalities[0]
        # Weights are pairs: the first reader has 2 × 2 of them, the second 3 × 1.
        assert row.estimate == pytest.approx((0.5 * 4 + 1 * 3) / 7)
