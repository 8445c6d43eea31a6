"""Readers combined with the CNN: rules by hand, effects beside the multi-reader analysis."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readerstudy.stats import (
    StatisticsInputError,
    algorithm_against_readers,
    auc,
    auc_interval,
    mrmc,
    paired_test,
    random_reader_random_case_interval,
)
from readerstudy.stats.combinations import (
    combine_decisions,
    combine_scores,
    combined_decisions,
    combined_scores,
)
from readerstudy.stats.figures import Sensitivity, Specificity
from readerstudy.stats.readings import fully_crossed
from tests.stats.strategies import readings, steady
from tests.stats.twins_useful import mid_ranks

SCORE_RULES = st.sampled_from(["mean rank", "max rank"])


def study(seed=0, readers=5, n1=40, n0=60):
    """(truth, readers' scores, CNN's score), of readers who share part of their errors."""
    rng = np.random.default_rng(seed)
    truth = np.array([1] * n1 + [0] * n0)
    scores = rng.normal(size=(readers, n1 + n0)) + rng.normal(size=n1 + n0) + truth
    return truth, scores, rng.normal(size=n1 + n0) + 1.5 * truth


@steady
@given(readings(count=3), SCORE_RULES)
def test_scores_are_combined_as_ranks(data, rule):
    _truth, ((*cnn,), *readers) = data[0], data[1].tolist()
    found, K = combined_scores(readers, cnn, rule), len(cnn)
    for row, reader in zip(found, readers, strict=True):
        pairs = zip(mid_ranks(reader), mid_ranks(cnn), strict=True)
        expected = [((a + b - 1) / 2 if rule == "mean rank" else max(a, b) - 0.5) for a, b in [(float(x), float(y)) for x, y in pairs]]  # fmt: skip
        assert row == pytest.approx(np.array(expected) / K)


def test_equal_sums_of_ranks_are_ties_whatever_the_number_of_cases():
    rng = np.random.default_rng(3)
    for count in range(3, 60):
        reader, cnn = rng.permutation(count), rng.permutation(count)
        found = combined_scores([reader], cnn, "mean rank")
        assert np.unique(found).size == np.unique(reader + cnn).size


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("or", [[1, 1, 1, 0], [1, 0, 1, np.nan]]),
        ("and", [[1, 0, 0, 0], [0, 0, 1, np.nan]]),
        ("second reader", [[1, 0.5, 0.5, 0], [0.5, 0, 1, np.nan]]),
    ],
)
def test_decisions_are_combined_by_the_rule(rule, expected):
    decisions, cnn = [[1, 1, 0, 0], [0, 0, 1, -1]], [1, 0, 1, 0]
    np.testing.assert_array_equal(combined_decisions(decisions, cnn, rule), expected)


def test_the_arbiter_decides_where_the_reader_is_not_sure():
    decisions, cnn = [[1, 1, 0, -1]], [0, 0, 1, 1]
    found = combined_decisions(decisions, cnn, "arbiter", confidence=[[0.2, 0.5, 0.9, np.nan]], threshold=0.5)  # fmt: skip
    np.testing.assert_array_equal(found, [[0, 1, 0, np.nan]])
    always = combined_decisions(decisions, cnn, "arbiter", confidence=[[0, 0, 0, 0]], threshold=1)
    np.testing.assert_array_equal(always, [[0, 0, 1, np.nan]])


@steady
@given(readings(count=4, least=2), SCORE_RULES)
def test_the_gain_in_auc_is_that_of_the_multi_reader_analysis(data, rule):
    truth, (cnn, *readers) = data
    found = combine_scores(truth, readers, cnn, rule)
    both = np.stack([combined_scores(readers, cnn, rule), readers])
    expected = mrmc.obuchowski_rockette(fully_crossed(truth, both), covariance="delong").rrrc
    (difference,) = expected.differences
    assert found.auc.gain.value == pytest.approx(difference.estimate, abs=1e-14)
    assert found.auc.combined.value == pytest.approx(expected.modalities[0].estimate)
    assert found.auc.alone.value == pytest.approx(expected.modalities[1].estimate)
    if difference.se is not None and found.auc.gain.df is not None:
        same = [getattr(found.auc.gain, name) for name in ("se", "low", "high", "p")]
        assert same == pytest.approx([getattr(difference, name) for name in ("se", "low", "high", "p")], abs=1e-9)  # fmt: skip
    for row, reader, combined in zip(found.readers, readers, both[0], strict=True):
        assert row.gain.value == paired_test(truth, combined, reader).value
        assert (row.alone, row.combined) == pytest.approx((auc(truth, reader), auc(truth, combined)))  # fmt: skip
    assert found.improved == sum(row.combined > row.alone + 1e-9 for row in found.readers)


def test_the_intervals_of_a_drawn_study_are_those_of_the_multi_reader_analysis():
    truth, scores, cnn = study()
    found = combine_scores(truth, scores, cnn, "mean rank")
    both = np.stack([combined_scores(scores, cnn, "mean rank"), scores])
    expected = mrmc.obuchowski_rockette(fully_crossed(truth, both), covariance="delong").rrrc
    pairs = [(found.auc.gain, expected.differences[0]), (found.auc.combined, expected.modalities[0]), (found.auc.alone, expected.modalities[1])]  # fmt: skip
    for ours, theirs in pairs:
        assert (ours.se, ours.df, ours.low, ours.high) == pytest.approx((theirs.se, theirs.df, theirs.low, theirs.high))  # fmt: skip
    assert found.auc.gain.p == pytest.approx(expected.differences[0].p)
    assert found.auc.alone.p is None
    against = algorithm_against_readers(truth, both[0], cnn)
    over = found.auc.over_cnn
    assert (over.value, over.se, over.p) == pytest.approx((-against.effect, against.se, against.p))
    assert found.cnn == auc_interval(truth, cnn)


@pytest.mark.parametrize("rule", ["or", "and", "second reader"])
def test_the_gain_in_rates_is_that_of_the_multi_reader_analysis(rule):
    truth, scores, cnn = study(1)
    decisions, called = (scores > 0.5).astype(int), (cnn > 0.7).astype(int)
    found = combine_decisions(truth, decisions, called, rule)
    combined = combined_decisions(decisions, called, rule)
    for effect, figure, label in ((found.sensitivity, Sensitivity(0.5), 1), (found.specificity, Specificity(0.5), 0)):  # fmt: skip
        right = [np.abs(rows[:, truth == label] - 1 + label) for rows in (combined, decisions)]
        assert [effect.combined.value, effect.alone.value] == pytest.approx([np.mean(rows) for rows in right])  # fmt: skip
        alone = random_reader_random_case_interval(right[1].astype(int))
        assert (effect.alone.low, effect.alone.high) == pytest.approx((alone.low, alone.high))
        if rule != "second reader":
            both = fully_crossed(truth, np.stack([combined, decisions]))
            (difference,) = mrmc.obuchowski_rockette(both, figure=figure).rrrc.differences
            names = ("se", "df", "low", "high", "p")
            ours = [getattr(effect.gain, name) for name in names]
            assert ours == pytest.approx([getattr(difference, name) for name in names])


def test_or_only_adds_and_and_only_takes_positives():
    truth, scores, cnn = study(2)
    decisions, called = (scores > 0.5).astype(int), (cnn > 0.7).astype(int)
    believed, denied, second = (
        combine_decisions(truth, decisions, called, rule)
        for rule in ("or", "and", "second reader")
    )  # fmt: skip
    for either, both, half in zip(believed.readers, denied.readers, second.readers, strict=True):
        assert either.combined_sensitivity >= either.sensitivity >= both.combined_sensitivity
        assert either.combined_specificity <= either.specificity <= both.combined_specificity
        # Or and And average to the average of reader and CNN.
        assert half.combined_sensitivity == pytest.approx((either.combined_sensitivity + both.combined_sensitivity) / 2)  # fmt: skip
        assert half.combined_sensitivity == pytest.approx((half.sensitivity + second.cnn_sensitivity.value) / 2)  # fmt: skip
    assert believed.sensitivity.over_cnn.value >= 0 >= denied.sensitivity.over_cnn.value


def test_the_arbiter_beside_its_extremes():
    truth, scores, cnn = study(3)
    decisions, called = (scores > 0.5).astype(int), (cnn > 0.7).astype(int)
    sure = np.abs(scores - 0.5)
    never, always = (
        combine_decisions(truth, decisions, called, "arbiter", confidence=sure, threshold=threshold)
        for threshold in (0, 100)
    )
    assert (never.sensitivity.gain.value, never.sensitivity.gain.low) == (0, None)
    assert "nothing to estimate" in never.sensitivity.gain.reason
    assert always.specificity.combined.value == pytest.approx(always.cnn_specificity.value)
    assert always.specificity.over_cnn.value == pytest.approx(0)


def test_a_rule_is_exploratory_unless_prespecified():
    truth, scores, cnn = study(4)
    decisions, called = (scores > 0.5).astype(int), (cnn > 0.7).astype(int)
    for prespecified, word in ((False, "exploratory"), (True, "prespecified rule")):
        auc_gain = combine_scores(truth, scores, cnn, "max rank", prespecified=prespecified).auc.gain  # fmt: skip
        rate = combine_decisions(truth, decisions, called, "or", prespecified=prespecified).sensitivity.gain  # fmt: skip
        for method in (auc_gain.method, rate.method):
            assert word in method
            assert "Hillis" in method
    assert "max rank" in auc_gain.method


def test_a_missing_answer_counts_in_no_rate_and_leaves_no_interval():
    truth, cnn = [1, 1, 1, 0, 0], [1, 1, 0, 0, 1]
    found = combine_decisions(truth, [[0, -1, 1, 0, 0], [1, 0, 0, 1, 0]], cnn, "or", names=["x", "y"])  # fmt: skip
    first = found.readers[0]
    assert (first.reader, first.sensitivity, first.combined_sensitivity) == ("x", 0.5, 1)
    assert found.sensitivity.alone.value == pytest.approx((1 / 2 + 1 / 3) / 2)
    assert found.sensitivity.gain.low is None
    assert "answers are missing" in found.sensitivity.gain.reason
    assert found.specificity.gain.reason is None or "missing" not in found.specificity.gain.reason


def test_one_reader_and_one_case_have_values_and_reasons():
    single = combine_scores([1, 1, 0, 0], [[3, 1, 2, 0]], [1, 2, 0, 0], "mean rank")
    assert single.auc.gain.value == pytest.approx(0.25)
    assert "one reader" in single.auc.gain.reason
    lonely = combine_scores([1, 0, 0], [[1, 2, 0], [2, 1, 0]], [1, 0, 0], "mean rank")
    assert lonely.auc.combined.low is None
    assert "one case of a class" in lonely.auc.combined.reason


def test_results_are_plain_numbers():
    truth, scores, cnn = study(5, readers=2)
    assert combine_scores(truth, scores, cnn, "mean rank").as_dict()["rule"] == "mean rank"
    found = combine_decisions(truth, (scores > 0).astype(int), (cnn > 0).astype(int), "and")
    assert "Decision combination" in found.as_text()


D = [[1, 0], [1, 1]]


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: combine_scores([1, 0], D, [1, 0], "sum"), "rule must be one of mean rank"),
        (lambda: combine_scores([1, 0], [[1, np.nan]], [1, 0], "max rank"), "not a finite number"),
        (lambda: combine_scores([1, 0], D, [1, 0, 1], "max rank"), "There are 2 cases"),
        (lambda: combine_scores([1, 0], D, [1, 0], "max rank", names=["a"]), "2 readers, but 1"),
        (lambda: combine_scores([1, 1], D, [1, 0], "max rank"), "no negative case"),
        (lambda: combine_scores([1, 0], D, [1, 0], "max rank", level=0), "confidence level"),
        (lambda: combined_scores(D, [1, 0, 1], "max rank"), "The readers have 2 cases"),
        (lambda: combine_decisions([1, 0], D, [1, -1], "or"), "CNN must have one decision"),
        (lambda: combine_decisions([1, 0], D, D, "or"), "CNN must have one decision"),
        (lambda: combine_decisions([1, 0], D, [1, 0], "vote"), "rule must be one of or, and"),
        (lambda: combine_decisions([1, 0], D, [1, 0], "arbiter"), "confidence and a threshold"),
        (lambda: combine_decisions([1, 0], D, [1, 0], "or", threshold=1), "takes no confidence"),
        (lambda: combined_decisions(D, [1, 0], "arbiter", confidence=[[1, 1]], threshold=1), "shape"),
        (lambda: combined_decisions(D, [1, 0], "arbiter", confidence=[[1, np.nan]] * 2, threshold=1), "has no confidence"),
        (lambda: combine_decisions([1, 0], [[1, -1]], [1, 0], "or"), "Reader 1 answered no negative"),
        (lambda: combine_decisions([1, 0], np.empty((0, 2)), [1, 0], "or"), "no readers"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_with_a_sentence(call, sentence):
    with pytest.raises(StatisticsInputError, match=sentence):
        call()
