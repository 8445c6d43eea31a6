"""The algorithm against the readers: published software's results, and a twin in matrices."""

import json

import numpy as np
import pytest
from hypothesis import given
from scipy.stats import t

from readerstudy import stats
from tests.stats.goldens import OWN, golden, panel_of
from tests.stats.strategies import readings, steady
from tests.stats.twins import auc_by_pairs, delong_by_pairs, jackknife_by_deletion

BRINKER = "d04_brinker_145x1x100_plus_alg"


def matrix_by_pairs(truth, rows, covariance):
    if covariance == "jackknife":
        return jackknife_by_deletion(truth, rows)
    return np.array([[delong_by_pairs(truth, a, b) for b in rows] for a in rows])


@pytest.mark.parametrize("covariance", ["delong", "jackknife"])
@steady
@given(readings(count=4, least=2, most=4))
def test_the_test_is_that_of_loops_over_pairs(covariance, data):
    truth, rows = data
    result = stats.algorithm_against_readers(truth, rows[1:], rows[0], covariance=covariance)
    aucs = [float(auc_by_pairs(truth.tolist(), row.tolist())) for row in rows]
    effects = [aucs[0] - auc for auc in aucs[1:]]
    errors = matrix_by_pairs(truth, rows, covariance)
    pairs = [
        errors[0, 0] - errors[0, j] - errors[0, k] + errors[j, k]
        for j in (1, 2, 3)
        for k in (1, 2, 3)
        if j != k
    ]
    cov2, ms = np.mean(pairs), np.var(effects, ddof=1)
    assert result.effect == pytest.approx(np.mean(effects), abs=1e-14)
    if ms < 1e-12:
        assert result.reason
        return
    denominator = ms + 3 * max(cov2, 0)
    df = 2 * (denominator / ms) ** 2
    statistic = np.mean(effects) / (denominator / 3) ** 0.5
    assert (result.ms, result.cov2) == pytest.approx((ms, cov2), abs=1e-14)
    assert result.df == pytest.approx(df, rel=1e-9)
    assert result.t == pytest.approx(statistic, abs=1e-9)
    assert result.p == pytest.approx(2 * t.sf(abs(statistic), df), abs=1e-9)


def test_145_readers_with_the_jackknife_agree_with_rjafroc():
    truth, readers = panel_of(OWN, BRINKER, "M1")
    algorithm = readers.pop("ALG")
    result = stats.algorithm_against_readers(
        truth, list(readers.values()), algorithm, covariance="jackknife"
    )
    expected = golden(OWN, BRINKER, "rjafroc_cadvsrad")["1T-RRRC"]
    # There the effect is readers − algorithm.
    assert result.effect == pytest.approx(-expected["avgDiffFom"], rel=1e-9)
    assert result.t == pytest.approx(-expected["Tstat"], rel=1e-9)
    assert result.df == pytest.approx(expected["df"], rel=1e-9)
    assert result.p == pytest.approx(expected["pval"], abs=1e-12)
    assert result.cov2 == pytest.approx(expected["cov2"], rel=1e-9)
    assert result.ms == pytest.approx(expected["varR"], rel=1e-9)
    assert (-result.high, -result.low) == pytest.approx(expected["CIAvgDiffFom"], rel=1e-9)
    assert result.algorithm == pytest.approx(expected["fomCAD"])
    assert result.readers == pytest.approx(expected["avgRadFom"])
    assert result.n_readers == 145


def test_145_readers_with_delong_agree_with_mrmcaov():
    truth, readers = panel_of(OWN, BRINKER, "M1")
    algorithm = readers.pop("ALG")
    result = stats.algorithm_against_readers(truth, list(readers.values()), algorithm)
    row = golden(OWN, BRINKER, "mrmcaov_alg2t")["DeLong"]["test_diffs"]
    assert result.effect == pytest.approx(row["Estimate"][0], rel=1e-9)
    assert result.se == pytest.approx(row["StdErr"][0], rel=1e-9)
    assert result.df == pytest.approx(row["df"][0], rel=1e-9)
    assert (result.low, result.high) == pytest.approx((row["CI.Lower"][0], row["CI.Upper"][0]))
    assert result.p == pytest.approx(row["p-value"][0], abs=1e-12)
    assert "DeLong" in result.method


def test_the_difference_to_the_paired_test_with_one_reader_is_said():
    result = stats.algorithm_against_readers([1, 0, 1, 0], [[3, 1, 2, 2]], [3, 1, 3, 1])
    assert result.effect == pytest.approx(0.125)
    assert (result.p, result.se, result.low) == (None, None, None)
    assert "paired DeLong" in result.reason


def test_one_positive_case_has_an_effect_but_no_test():
    result = stats.algorithm_against_readers([1, 0, 0], [[3, 1, 2], [1, 2, 3]], [3, 1, 2])
    assert result.effect == 0.5
    assert (result.p, result.cov2) == (None, None)
    assert "two positive and two negative" in result.reason


def test_perfect_readers_and_algorithm_leave_nothing_to_test():
    truth = [1, 1, 0, 0]
    result = stats.algorithm_against_readers(truth, [truth, truth], truth)
    assert (result.effect, result.p) == (0, None)
    assert "nothing to estimate" in result.reason


def test_readers_who_rank_alike_are_tested_with_the_normal_distribution():
    truth = np.array([1] * 5 + [0] * 8)
    rng = np.random.default_rng(1)
    reader, algorithm = rng.normal(size=(2, 13)) + truth
    result = stats.algorithm_against_readers(truth, [reader, np.exp(reader)], algorithm)
    paired = stats.paired_test(truth, algorithm, reader)
    # All readers one and the same: the paired DeLong test.
    assert (result.effect, result.se, result.p) == pytest.approx(
        (paired.value, paired.se, paired.p)
    )
    assert result.df is None
    assert "infinite" in result.reason


def test_the_order_of_readers_and_cases_does_not_matter():
    rng = np.random.default_rng(7)
    truth = np.array([1] * 6 + [0] * 9)
    rows = rng.normal(size=(5, 15)) + truth
    first = stats.algorithm_against_readers(truth, rows[1:], rows[0])
    order = rng.permutation(15)
    second = stats.algorithm_against_readers(truth[order], rows[:0:-1, order], rows[0, order])
    assert (first.p, first.df) == pytest.approx((second.p, second.df))


def test_an_unknown_estimator_is_refused():
    with pytest.raises(
        stats.StatisticsInputError, match="delong, jackknife, unbiased, not bootstrap"
    ):
        stats.algorithm_against_readers([1, 0], [[1, 0], [0, 1]], [1, 0], covariance="bootstrap")


def test_the_result_is_json():
    result = stats.algorithm_against_readers(
        [1, 0, 1, 0], [[3, 1, 2, 2], [1, 2, 3, 4]], [3, 1, 3, 1]
    )
    assert json.loads(json.dumps(result.as_dict(), allow_nan=False)) == result.as_dict()
