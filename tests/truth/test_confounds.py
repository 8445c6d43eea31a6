"""AUC of trivial features against the truth: against counting pairs, by hand, and in its colours."""

import numpy as np
import pytest
from scipy.stats import norm

from readerstudy.truth.choices import Colour, Feature, HigherIn, Reason
from readerstudy.truth.confounds import MIN_PER_CLASS, colour_of, confound_of
from readerstudy.truth.features import CaseFeature


def column(values):
    return CaseFeature(Feature.BYTES, np.asarray(values, dtype=float))


def data(n1, n0, shift, seed):
    rng = np.random.default_rng(seed)
    truth = np.array([True] * n1 + [False] * n0)
    values = rng.normal(0, 1, n1 + n0).round(1) + shift * truth
    order = rng.permutation(n1 + n0)
    return truth[order], values[order]


def counted(truth, values):
    """AUC and its DeLong interval by counting all pairs."""
    wins = np.array(
        [[1 if p > n else 0.5 if p == n else 0 for n in values[~truth]] for p in values[truth]]
    )
    se = np.sqrt(
        wins.mean(axis=1).var(ddof=1) / len(wins) + wins.mean(axis=0).var(ddof=1) / wins.shape[1]
    )
    half = norm.ppf(0.975) * se
    return wins.mean(), max(wins.mean() - half, 0), min(wins.mean() + half, 1)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("shift", [0, 0.5, 1.5])
def test_a_feature_that_is_higher_in_malignant_cases_has_the_auc_of_all_pairs(seed, shift):
    truth, values = data(14, 31, shift, seed)
    found = confound_of(truth, column(values))
    auc, low, high = counted(truth, values)
    if auc < 0.5:
        auc, low, high = 1 - auc, 1 - high, 1 - low
    assert (found.auc, found.low, found.high) == pytest.approx((auc, low, high))


def test_a_feature_that_is_lower_in_malignant_cases_is_folded_and_says_so():
    truth, values = data(20, 20, 1.2, 3)
    up, down = confound_of(truth, column(values)), confound_of(truth, column(-values))
    assert (up.auc, up.low, up.high) == pytest.approx((down.auc, down.low, down.high))
    assert (up.higher_in, down.higher_in) == (HigherIn.MALIGNANT, HigherIn.BENIGN)
    assert up.colour == down.colour == Colour.RED


@pytest.mark.parametrize(
    ("auc", "low", "colour"),
    [
        (0.9, 0.8, Colour.RED),
        (0.66, 0.51, Colour.RED),
        (0.66, 0.49, Colour.NONE),
        (0.65, 0.51, Colour.AMBER),
        (0.55, 0.501, Colour.AMBER),
        (0.55, 0.5, Colour.NONE),
        (0.5, None, Colour.NONE),
        (1, None, Colour.RED),
    ],
)
def test_the_colours_follow_the_cut_offs(auc, low, colour):
    assert colour_of(auc, low) == colour


def test_perfect_separation_is_red_in_both_directions():
    truth = np.repeat([True, False], 12)
    for values in (truth * 5.0, truth * -5.0):
        found = confound_of(truth, column(values))
        assert (found.auc, found.low, found.colour) == (1, None, Colour.RED)
        assert found.reason == Reason.SEPARATED


def test_a_feature_that_never_varies_is_nothing():
    found = confound_of(np.repeat([True, False], 12), column(np.ones(24)))
    assert (found.auc, found.colour, found.reason) == (0.5, Colour.NONE, Reason.CONSTANT)
    assert found.higher_in == HigherIn.NEITHER


def test_what_is_recorded_nowhere_or_for_too_few_is_not_tested():
    truth = np.repeat([True, False], 12)
    nothing = confound_of(truth, column(np.full(24, np.nan)))
    assert (nothing.reason, nothing.cases, nothing.auc) == (Reason.NOT_RECORDED, 0, None)
    values = np.arange(24.0)
    values[: 12 - MIN_PER_CLASS + 1] = np.nan
    few = confound_of(truth, column(values))
    assert (few.reason, few.auc, few.colour) == (Reason.TOO_FEW, None, Colour.UNKNOWN)


def test_cases_without_a_value_are_left_out():
    truth, values = data(15, 25, 1, 8)
    gaps = np.where(np.arange(40) % 9 == 0, np.nan, values)
    known = ~np.isnan(gaps)
    found = confound_of(truth, column(gaps))
    assert found.cases == known.sum()
    assert found.auc == pytest.approx(counted(truth[known], gaps[known])[0])


def test_stored_figures_are_rounded_and_the_colour_is_not():
    truth, values = data(200, 200, 0.22, 1)
    found = confound_of(truth, column(values))
    stored = found.as_dict()
    assert stored["auc"] == round(found.auc, 2) != found.auc
    assert stored["colour"] == found.colour


def test_of_features_without_meaning_one_in_twenty_is_amber_or_red():
    rng = np.random.default_rng(11)
    truth = np.repeat([True, False], [60, 90])
    colours = [confound_of(truth, column(rng.normal(size=150))).colour for _ in range(600)]
    share = np.mean([colour in (Colour.AMBER, Colour.RED) for colour in colours])
    # Binomial with p = 0.05 and n = 600 lies within these bounds in 999 of 1,000 runs.
    assert 0.02 < share < 0.085


def test_the_sentence_about_too_few_cases_names_the_number_that_is_asked_for():
    assert f"{MIN_PER_CLASS} malignant and {MIN_PER_CLASS} benign" in str(Reason.TOO_FEW.label)
