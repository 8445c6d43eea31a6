"""What leaves figures of merit and their delete-one values unchanged, known cases, and what is refused."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from readerstudy.stats import StatisticsInputError
from readerstudy.stats import operating_points as points
from readerstudy.stats.figures import (
    Auc,
    FigureOfMerit,
    PartialAuc,
    Sensitivity,
    SensitivityAt,
    Specificity,
    SpecificityAt,
)
from readerstudy.stats.jackknife import jackknife_covariance
from readerstudy.stats.roc import empirical_roc
from tests.stats.strategies import readings, steady
from tests.stats.strategies_figures import axes, ranges, rates, rules

EVERY = [
    Auc(),
    Sensitivity(0),
    Specificity(0),
    PartialAuc(0.8, 1),
    PartialAuc(0.1, 0.6, of="sensitivity"),
    PartialAuc(0.5, 1, scale="mcclish"),
    PartialAuc(0.25, 0.75, scale="normalised"),
    PartialAuc(0.8, 1, polygon="collapsed"),
    SensitivityAt(0.8),
    SensitivityAt(0.5, "next"),
    SpecificityAt(0.8),
    SpecificityAt(0.5, "nearest"),
    SpecificityAt(0.8, polygon="collapsed"),
]
every_figure = pytest.mark.parametrize("figure", EVERY, ids=lambda figure: figure.method)


@every_figure
def test_a_delete_one_value_is_the_value_of_the_data_without_the_case(figure):
    rng = np.random.default_rng(11)
    truth = rng.permutation(np.repeat([0, 1], [45, 35]))
    scores = np.stack([rng.normal(size=80) + truth, (rng.normal(size=80) + truth).round(1)])
    left_out = figure.jackknife(truth, scores)[1]
    labels = {Sensitivity: (1,), Specificity: (0,)}.get(type(figure), (0, 1))
    bearing = np.flatnonzero(np.isin(truth, labels))
    again = [figure.values(np.delete(truth, k), np.delete(scores, k, axis=1)) for k in bearing]
    assert left_out == pytest.approx(np.transpose(again), abs=1e-13)


@steady
@given(readings(), rates, rules)
def test_matched_rates_are_those_of_the_operating_points(data, target, rule):
    truth, scores = data
    curve = empirical_roc(truth, scores[0])
    at = float(target)
    sensitivity = points.sensitivity_at_specificity(curve, at, rule)
    specificity = points.specificity_at_sensitivity(curve, at, rule)
    assert SensitivityAt(at, rule).values(truth, scores) == pytest.approx(sensitivity, abs=1e-13)
    assert SpecificityAt(at, rule).values(truth, scores) == pytest.approx(specificity, abs=1e-13)


@steady
@given(readings(least=2), axes)
def test_the_partial_area_over_everything_is_the_auc(data, of):
    whole = [part for figure in (Auc(), PartialAuc(0, 1, of=of)) for part in figure.jackknife(*data)]  # fmt: skip
    assert whole[2] == pytest.approx(whole[0], abs=1e-13)
    assert whole[3] == pytest.approx(whole[1], abs=1e-13)


@steady
@given(readings(least=2), rates, axes)
def test_partial_areas_over_neighbouring_ranges_add_up(data, middle, of):
    assume(0 < middle < 1)
    limits = [(0, float(middle)), (float(middle), 1), (0, 1)]
    low, high, whole = (PartialAuc(*pair, of=of).jackknife(*data)[1] for pair in limits)
    assert low + high == pytest.approx(whole, abs=1e-13)


@steady
@given(readings(least=2), ranges)
def test_scales_of_the_partial_area_are_linear_in_it(data, limits):
    low, high = map(float, limits)
    raw, normalised, mcclish = (
        PartialAuc(low, high, scale=scale).jackknife(*data)[1]
        for scale in ("raw", "normalised", "mcclish")
    )
    chance = (high - low) * (2 - low - high) / 2
    assert normalised * (high - low) == pytest.approx(raw, abs=1e-13)
    assert (2 * mcclish - 1) * (high - low - chance) + chance == pytest.approx(raw, abs=1e-13)


@every_figure
@steady
@given(data=readings(count=2, least=2), rng=st.randoms(use_true_random=False))
def test_the_order_of_the_cases_only_orders_the_delete_one_values(figure, data, rng):
    truth, scores = data
    order = np.array(rng.sample(range(truth.size), truth.size))
    values, left_out = figure.jackknife(truth, scores)
    moved_values, moved = figure.jackknife(truth[order], scores[:, order])
    cases = {figure.name: np.arange(truth.size)} | {
        Sensitivity(0).name: np.flatnonzero(truth == 1),
        Specificity(0).name: np.flatnonzero(truth == 0),
    }
    bearing = cases[figure.name]
    place = {case: column for column, case in enumerate(bearing.tolist())}
    columns = [place[case] for case in order.tolist() if case in place]
    assert moved_values == pytest.approx(values, abs=1e-13)
    assert moved == pytest.approx(left_out[:, columns], abs=1e-13)


@every_figure
@steady
@given(data=readings(count=2, least=2))
def test_a_rising_transformation_of_the_scores_changes_nothing(figure, data):
    truth, scores = data
    rising = np.where(scores < 0, scores * 3, np.expm1(scores))
    for ours, other in zip(figure.jackknife(truth, scores), figure.jackknife(truth, rising), strict=True):  # fmt: skip
        assert other.tolist() == ours.tolist()


@steady
@given(readings(count=2, least=2), ranges, rates, rules)
def test_exchanging_the_classes_exchanges_sensitivity_and_specificity(data, limits, target, rule):
    truth, scores = data
    low, high, at = (*map(float, limits), float(target))
    for one, other in (
        (PartialAuc(low, high), PartialAuc(low, high, of="sensitivity")),
        (SensitivityAt(at, rule), SpecificityAt(at, rule)),
    ):
        mirrored = other.jackknife(1 - truth, -scores)[1]
        assert one.jackknife(truth, scores)[1] == pytest.approx(mirrored, abs=1e-13)


@every_figure
def test_the_delete_one_values_are_finite_closed_and_the_figure_says_what_it_is(figure):
    truth = np.array([1, 0, 1, 0, 0, 1])
    values, left_out = figure.jackknife(truth, np.ones((3, 6)))
    assert isinstance(figure, FigureOfMerit)
    assert figure.method.startswith(figure.name[:1].upper() + figure.name[1:])
    assert values.shape == (3,)
    assert left_out.shape == (3, 3 if isinstance(figure, Sensitivity | Specificity) else 6)
    assert np.isfinite(left_out).all()
    for array in (values, left_out, figure.values(truth, np.ones((3, 6)))):
        assert not array.flags.writeable


def test_the_jackknife_variance_of_a_sensitivity_is_p_times_q_over_n_less_one():
    truth, score = np.array([1, 1, 1, 1, 1, 0, 0]), [3.0, 3, 3, 1, 1, 1, 3]
    values, left_out = Sensitivity(2).jackknife(truth, score)
    deviations = left_out[0] - left_out[0].mean()
    assert values.tolist() == [0.6]
    assert deviations @ deviations * 4 / 5 == pytest.approx(0.6 * 0.4 / 4)
    assert Specificity(2).values(truth, score).tolist() == [0.5]


def test_the_delete_one_areas_give_the_jackknife_covariance_of_the_auc():
    rng = np.random.default_rng(5)
    truth, scores = np.arange(30) % 2, rng.normal(size=(3, 30)).round(1)
    values, left_out = Auc().jackknife(truth, scores)
    known = jackknife_covariance(truth, scores)
    assert values == pytest.approx(known.auc)
    assert np.cov(left_out) * 29**2 / 30 == pytest.approx(known.covariance)


def test_perfect_and_chance_readings_have_the_partial_areas_of_theory():
    truth = np.array([1] * 10 + [0] * 10)
    perfect, chance = truth.astype(float), np.zeros(20)
    scores = np.stack([perfect, chance])
    assert PartialAuc(0.8, 1).values(truth, scores) == pytest.approx([0.2, 0.02])
    assert PartialAuc(0.8, 1, scale="mcclish").values(truth, scores) == pytest.approx([1, 0.5])
    assert PartialAuc(0.8, 1, scale="normalised").values(truth, scores) == pytest.approx([1, 0.1])
    assert PartialAuc(0.8, 1, of="sensitivity").values(truth, scores) == pytest.approx([0.2, 0.02])
    assert SensitivityAt(0.8).values(truth, scores) == pytest.approx([1, 0.2])
    assert SpecificityAt(0.8).values(truth, scores) == pytest.approx([1, 0.2])


@pytest.mark.parametrize("rule", ["interpolated", "next", "nearest"])
def test_a_rate_that_rounding_moves_off_a_point_still_meets_it(rule):
    # 1 − 0.8 is a little less than the one fifth of the negatives below which the curve rises from 0 to 1.
    truth, score = [0, 1, 1, 0, 0, 0, 0], [7.0, 6, 5, 4, 3, 2, 1]
    assert 1 - 0.8 < 1 / 5
    assert SensitivityAt(0.8, rule).values(truth, score).tolist() == [1]
    mirrored = SpecificityAt(0.8, rule).values(1 - np.array(truth), -np.array(score))
    assert mirrored.tolist() == [1]


def test_figures_of_one_study_can_be_keys_and_compared():
    assert PartialAuc(0.8, 1) == PartialAuc(0.8, 1, of="specificity")
    assert len({SensitivityAt(0.8), SensitivityAt(0.8), SensitivityAt(0.9)}) == 2


@every_figure
def test_a_class_with_a_single_case_has_no_jackknife(figure):
    needs = {Sensitivity(0): 1, Specificity(0): 0}
    for truth in ([1, 0, 0, 0], [0, 1, 1, 1]):
        single = truth[0]
        assert np.isfinite(figure.values(truth, [[3.0, 2, 1, 0]])).all()
        if needs.get(figure, single) == single:
            with pytest.raises(StatisticsInputError, match=r"needs two|There is a single"):
                figure.jackknife(truth, [[3.0, 2, 1, 0]])
        else:
            assert figure.jackknife(truth, [[3.0, 2, 1, 0]])[1].shape == (1, 3)


@every_figure
def test_unreadable_data_is_refused_with_a_sentence(figure):
    for truth, scores, sentence in (
        ([1, 1, 1], [[1.0, 2, 3]], "There is no negative case"),
        ([1, 0], [[1.0, float("nan")]], "not a finite number"),
        ([1, 0], [[1.0, 2, 3]], "There are 2 cases"),
    ):
        for compute in (figure.values, figure.jackknife):
            with pytest.raises(StatisticsInputError, match=sentence):
                compute(truth, scores)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: PartialAuc(0.8, 0.8), "two rates 0 ≤ low < high ≤ 1, not 0.8 and 0.8"),
        (lambda: PartialAuc(-0.1, 1), "not -0.1 and 1"),
        (lambda: PartialAuc(0, float("nan")), "not 0 and nan"),
        (lambda: PartialAuc(0, 1, of="npv"), "rate must be one of specificity, sensitivity, not npv"),
        (lambda: PartialAuc(0, 1, scale="log"), "scale must be one of raw, normalised, mcclish, not log"),
        (lambda: PartialAuc(0, 1, polygon="x"), "polygon must be one of exact, collapsed, not x"),
        (lambda: SensitivityAt(1.1), "between 0 and 1"),
        (lambda: SpecificityAt(-0.1), "between 0 and 1"),
        (lambda: SensitivityAt(0.8, "last"), "matching rule must be one of"),
        (lambda: SpecificityAt(0.8, polygon="x"), "polygon must be one of"),
        (lambda: SensitivityAt(0.8, "next", "collapsed"), "collapsed polygon is for the interpolated rule, not for next"),
        (lambda: Sensitivity(float("inf")), "threshold must be a finite number, not inf"),
    ],
)  # fmt: skip
def test_a_figure_that_means_nothing_is_refused(make, sentence):
    with pytest.raises(StatisticsInputError, match=sentence):
        make()
