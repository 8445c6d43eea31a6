"""Crowds: against every panel formed one by one."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readerstudy.stats import StatisticsInputError, auc, paired_test
from readerstudy.stats.crowd import (
    crowd_rating,
    crowd_vote,
    majority_vote,
    rest_of_panel_ratings,
    rest_of_panel_votes,
    scaled_ranks,
)
from tests.stats.strategies import readings, steady
from tests.stats.twins import auc_by_pairs
from tests.stats.twins_useful import TIES, crowd_by_panels, mid_ranks, panel_aucs, vote

RULES = st.sampled_from(sorted(TIES))


@st.composite
def answers(draw, *, missing=True):
    """(truth (K,), decisions (4, K)); every case has an answer."""
    truth, scores = draw(readings(count=4, most=4))
    decisions = (scores > 0).astype(int)
    if missing:
        decisions[scores == -3] = -1
        decisions[0, (decisions == -1).all(axis=0)] = 1
    return truth, decisions


def given_votes(decisions, case):
    """The answers on one case, without the missing ones."""
    return [answer for answer in decisions[:, case].tolist() if answer >= 0]


def generator():
    return np.random.default_rng(5)


@steady
@given(answers(), RULES)
def test_random_panels_vote_as_all_panels_do(data, ties):
    truth, decisions = data
    found = crowd_vote(truth, decisions, ties=ties)
    votes = [given_votes(decisions, case) for case in range(truth.size)]
    assert len(found.panels) == min(map(len, votes))
    for panel in found.panels:
        chance = [crowd_by_panels(vote_, panel.size, ties) for vote_ in votes]
        positive = [float(c) for c, t in zip(chance, truth, strict=True) if t]
        negative = [1 - float(c) for c, t in zip(chance, truth, strict=True) if not t]
        for rate, expected in ((panel.sensitivity, positive), (panel.specificity, negative)):
            assert rate.value == pytest.approx(np.mean(expected), abs=1e-12)
            assert rate.n == len(expected)
            if rate.low is not None:
                se = np.std(expected, ddof=1) / len(expected) ** 0.5
                assert rate.se == pytest.approx(se)
                assert rate.low == pytest.approx(max(0, rate.value - 1.959963984540054 * se), abs=1e-9)  # fmt: skip
            else:
                assert len(expected) == 1 or np.ptp(expected) < 1e-9


@steady
@given(answers(missing=False), RULES)
def test_a_panel_of_one_is_the_mean_reader_and_of_all_the_majority(data, ties):
    truth, decisions = data
    panels = crowd_vote(truth, decisions, ties=ties).panels
    assert panels[0].sensitivity.value == pytest.approx(decisions[:, truth == 1].mean())
    assert panels[0].specificity.value == pytest.approx(1 - decisions[:, truth == 0].mean())
    everyone = majority_vote(decisions, ties=ties)
    assert panels[-1].sensitivity.value == pytest.approx(everyone[truth == 1].mean())
    assert panels[-1].specificity.value == pytest.approx(1 - everyone[truth == 0].mean())


@steady
@given(answers(), RULES)
def test_the_majority_is_that_of_counting(data, ties):
    decisions = data[1]
    expected = [float(vote(given_votes(decisions, k), ties)) for k in range(decisions.shape[1])]
    assert majority_vote(decisions, ties=ties).tolist() == expected


@steady
@given(answers(missing=False))
def test_answers_turned_around_exchange_the_rates_under_a_fair_coin(data):
    truth, decisions = data
    there, back = (
        crowd_vote(*pair, ties="half").panels
        for pair in ((truth, decisions), (1 - truth, 1 - decisions))
    )
    for one, other in zip(there, back, strict=True):
        assert one.sensitivity.value == pytest.approx(other.specificity.value, abs=1e-12)


@pytest.mark.parametrize(
    ("ties", "two_yes", "three_yes"),
    [("positive", 0.7, 0.9), ("negative", 0.1, 0.3), ("half", 0.4, 0.6)],
)
def test_panels_of_two_of_five_by_hand(ties, two_yes, three_yes):
    # With two positive answers of five, one of the ten pairs has two and six have one.
    for answers_, expected in (([1, 1, 0, 0, 0], two_yes), ([1, 1, 1, 0, 0], three_yes)):
        pair = crowd_vote([1, 0], np.array([answers_, [0] * 5]).T, ties=ties).panels[1]
        assert pair.sensitivity.value == pytest.approx(expected)
        assert pair.specificity.value == 1


def test_condorcets_jury_grows_better_with_many_readers():
    rng = np.random.default_rng(2)
    truth = np.array([1] * 200 + [0] * 300)
    decisions = np.where(rng.random((145, 500)) < 0.65, truth, 1 - truth)
    panels = crowd_vote(truth, decisions, ties="half").panels
    odd = [panel.sensitivity.value for panel in panels[::2]]
    assert len(panels) == 145
    assert odd[0] == pytest.approx(0.65, abs=0.02)
    assert (np.diff(odd) > -1e-9).all()
    assert odd[-1] > 0.99
    # A fair coin makes a panel of 2 n as good as one of 2 n − 1.
    even = [panel.sensitivity.value for panel in panels[1::2]]
    assert even == pytest.approx(odd[:-1], abs=1e-10)


def test_a_case_with_few_votes_limits_the_panels_and_one_without_is_refused():
    found = crowd_vote([1, 0], [[1, 0], [1, -1], [0, 1]], ties="half")
    assert [panel.size for panel in found.panels] == [1, 2]
    assert "only 2 of 3 votes" in found.reason
    with pytest.raises(StatisticsInputError, match="Case 2 has no vote"):
        crowd_vote([1, 0], [[1, -1]], ties="half")


def test_rates_without_a_variance_have_a_reason():
    found = crowd_vote([1, 0, 0], [[1, 0, 0]], ties="half").panels[0]
    assert "one case" in found.sensitivity.reason
    assert (found.specificity.value, found.specificity.low) == (1, None)
    assert "variance is zero" in found.specificity.reason
    assert "readers fixed" in found.specificity.method


@steady
@given(readings(count=4, most=4), st.sampled_from(["rating", "rank"]))
def test_all_panels_have_the_aucs_of_panels_formed_one_by_one(data, scale):
    truth, scores = data
    found = crowd_rating(truth, scores, rng=generator(), scale=scale)
    rows = scores.tolist() if scale == "rating" else [mid_ranks(row) for row in scores.tolist()]
    for panel in found.panels:
        expected = np.array(panel_aucs(truth.tolist(), rows, panel.size), dtype=float)
        assert (panel.panels, panel.exact) == (math.comb(4, panel.size), True)
        assert panel.mean == pytest.approx(expected.mean())
        assert (panel.smallest, panel.largest) == pytest.approx((expected.min(), expected.max()))
        percentiles = np.percentile(expected, [2.5, 97.5])
        assert (panel.percentile_2_5, panel.percentile_97_5) == pytest.approx(tuple(percentiles))


def test_sums_of_decimals_that_differ_by_rounding_are_ties():
    scores = [[0.1, 0.3], [0.2, 0.0]]
    found = crowd_rating([1, 0], scores, rng=generator(), sizes=[2])
    assert found.panels[0].mean == 0.5
    assert crowd_rating([1, 0], [[0, 0], [0, 0]], rng=generator()).panels[1].mean == 0.5


def test_ranks_take_no_notice_of_a_readers_scale():
    rng = generator()
    truth, scores = np.array([1] * 8 + [0] * 12), rng.normal(size=(5, 20))
    stretched = np.exp(scores * np.arange(1, 6)[:, np.newaxis])
    found, moved = (
        crowd_rating(truth, values, rng=generator(), scale="rank") for values in (scores, stretched)
    )
    assert found == moved


def test_drawn_panels_come_near_all_of_them_and_are_the_same_again():
    rng = np.random.default_rng(1)
    truth = np.array([1] * 15 + [0] * 25)
    scores = rng.normal(size=(10, 40)) + truth
    every = crowd_rating(truth, scores, rng=generator(), sizes=[5], panels=252).panels[0]
    drawn, again = (
        crowd_rating(truth, scores, rng=generator(), sizes=[5], panels=200).panels[0]
        for _ in range(2)
    )
    assert (every.exact, every.panels, drawn.exact, drawn.panels) == (True, 252, False, 200)
    assert drawn == again
    assert drawn.mean == pytest.approx(every.mean, abs=0.005)
    assert every.smallest <= drawn.smallest <= drawn.percentile_2_5


def test_panels_of_one_and_of_all_are_exact_with_more_readers_than_panels():
    rng = np.random.default_rng(1)
    truth = np.array([1] * 5 + [0] * 5)
    scores = rng.normal(size=(30, 10)) + truth
    one, all_ = crowd_rating(truth, scores, rng=generator(), sizes=[1, 30], panels=3).panels
    assert (one.panels, one.exact) == (30, True)
    assert one.mean == pytest.approx(np.mean([auc(truth, row) for row in scores]))
    assert (all_.panels, all_.mean) == (1, pytest.approx(auc(truth, scores.sum(axis=0))))


@steady
@given(answers(), RULES)
def test_the_rest_of_the_panel_votes_as_the_others_do(data, ties):
    truth, decisions = data
    found = rest_of_panel_votes(truth, decisions, ties=ties)
    for reader, row in enumerate(found.readers):
        others = np.delete(decisions, reader, axis=0)
        own, rest = {0: [], 1: []}, {0: [], 1: []}
        for case, label in enumerate(truth.tolist()):
            theirs = given_votes(others, case)
            if decisions[reader, case] >= 0 and theirs:
                own[label].append(decisions[reader, case] == label)
                chance = float(vote(theirs, ties))
                rest[label].append(chance if label else 1 - chance)
        assert (row.n_positive, row.n_negative) == (len(own[1]), len(own[0]))
        expected = [np.mean(part) if part else None for part in (own[1], own[0], rest[1], rest[0])]
        found_rates = [row.sensitivity, row.specificity, row.rest_sensitivity, row.rest_specificity]
        assert found_rates == pytest.approx(expected)
        assert bool(row.reason) == (not own[0] or not own[1])


@steady
@given(readings(count=3, least=2, most=5))
def test_the_rest_of_the_panel_rates_as_the_others_do(data):
    truth, scores = data
    found = rest_of_panel_ratings(truth, scores, names=["a", "b", "c"])
    assert [row.reader for row in found.readers] == ["a", "b", "c"]
    for reader, row in enumerate(found.readers):
        others = np.delete(scores, reader, axis=0).sum(axis=0)
        assert row.auc == pytest.approx(float(auc_by_pairs(truth, scores[reader])))
        assert row.rest == pytest.approx(float(auc_by_pairs(truth, others)))
        test = paired_test(truth, scores[reader], others)
        assert row.difference.value == pytest.approx(test.value)
        assert row.difference.p == (None if test.p is None else pytest.approx(test.p))
    assert found.better == sum(row.auc > row.rest + 1e-9 for row in found.readers)
    assert found.single.mean == pytest.approx(np.mean([row.auc for row in found.readers]))


def test_ranks_of_the_rest_are_summed():
    truth, scores = [1, 0, 1, 0], [[1, 2, 5, 3], [9, 1, 1, 1], [0, 0, 100, 1]]
    (first, *_others) = rest_of_panel_ratings(truth, scores, scale="rank").readers
    summed = [sum(pair) for pair in zip(*(mid_ranks(row) for row in scores[1:]), strict=True)]
    assert first.rest == pytest.approx(float(auc_by_pairs(truth, summed)))


def test_ranks_are_scaled_between_zero_and_one():
    assert scaled_ranks([[5, 1, 1, 7]]).tolist() == [[0.625, 0.25, 0.25, 0.875]]


def test_results_are_plain_numbers():
    decisions = [[1, 0, 1, 0], [1, 0, 0, 0], [0, 1, 1, 0]]
    for found in (
        crowd_vote([1, 0, 1, 0], decisions, ties="half"),
        crowd_rating([1, 0, 1, 0], decisions, rng=generator()),
        rest_of_panel_votes([1, 0, 1, 0], decisions, ties="half"),
        rest_of_panel_ratings([1, 0, 1, 0], decisions),
    ):
        assert found.as_dict()
        assert found.as_html().startswith("<table>")


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: majority_vote([[1, 0]], ties="odd"), "tie rule must be one of positive, negative"),
        (lambda: majority_vote([[1, 2]], ties="half"), "must be 1, 0, or -1"),
        (lambda: majority_vote(np.empty((0, 2)), ties="half"), "no readers"),
        (lambda: crowd_vote([1, 1], [[1, 0]], ties="half"), "no negative case"),
        (lambda: crowd_vote([1, 0], [[1, 0]], ties="half", level=2), "confidence level"),
        (lambda: crowd_rating([1, 0], [[1, 0]], rng=generator(), sizes=[2]), "1 to 1 members"),
        (lambda: crowd_rating([1, 0], [[1, 0]], rng=generator(), sizes=[0]), "not 0"),
        (lambda: crowd_rating([1, 0], [[1, 0]], rng=generator(), panels=0), "at least one panel"),
        (lambda: crowd_rating([1, 0], [[1, np.nan]], rng=generator()), "not a finite number"),
        (lambda: crowd_rating([1, 0], [[1, 0]], rng=generator(), scale="z"), "rating, rank, not z"),
        (lambda: rest_of_panel_votes([1, 0], [[1, 0]], ties="half"), "need two readers"),
        (lambda: rest_of_panel_ratings([1, 0], [[1, 0]]), "need two readers"),
        (lambda: rest_of_panel_ratings([1, 0], [[1, 0], [0, 1]], names=["a"]), "but 1 names"),
        (lambda: scaled_ranks([[1, np.nan]]), "without a missing one"),
        (lambda: scaled_ranks([1, 2]), "readers × cases"),
    ],
)
def test_bad_input_is_refused_with_a_sentence(call, sentence):
    with pytest.raises(StatisticsInputError, match=sentence):
        call()
