"""The mean of several training runs at a threshold and at readers' points, by a plain jackknife over readers and cases."""

import numpy as np
import pytest

from readerstudy.stats import against
from readerstudy.stats.operating_points import (
    sensitivity_at_specificity,
    specificity_at_sensitivity,
)
from readerstudy.stats.roc import empirical_roc
from readerstudy.stats.standalone import algorithm_against_readers, algorithms_against_readers
from tests.stats.test_against import a_panel

RULES = ("interpolated", "next", "nearest")


def rates(truth, decision):
    return (decision[truth == 1] == 1).mean(), (decision[truth == 0] == 0).mean()


def gains(truth, decisions, runs, held, rule):
    """Each reader's difference, the algorithm's rate being the mean of the runs' curves at the reader's point."""
    curves = [empirical_roc(truth, run) for run in runs]
    found = []
    for row in decisions:
        sensitivity, specificity = rates(truth, row)
        if held == "sensitivity":
            at = [specificity_at_sensitivity(curve, sensitivity, rule) for curve in curves]
            found.append(np.mean(at) - specificity)
        else:
            at = [sensitivity_at_specificity(curve, specificity, rule) for curve in curves]
            found.append(np.mean(at) - sensitivity)
    return np.array(found)


@pytest.mark.parametrize("held", ["sensitivity", "specificity"])
@pytest.mark.parametrize("rule", RULES)
def test_the_mean_of_runs_at_each_readers_point_is_a_jackknife_of_the_mean(held, rule):
    truth, decisions, runs = a_panel(runs=3)
    found = against.matched_against_readers(truth, decisions, runs, held=held, rule=rule).mean
    keep = ~np.eye(truth.size, dtype=bool)
    left_out = np.array([gains(truth[k], decisions[:, k], runs[:, k], held, rule) for k in keep]).T
    K, J = truth.size, len(decisions)
    covariance = np.cov(left_out) * (K - 1) ** 2 / K
    cov2 = (covariance.sum() - np.trace(covariance)) / (J * (J - 1))
    each = gains(truth, decisions, runs, held, rule)
    assert found.effect == pytest.approx(each.mean())
    assert found.se**2 == pytest.approx(each.var(ddof=1) / J + max(cov2, 0))
    assert "mean of 3 runs" in found.method


@pytest.mark.parametrize("held", ["sensitivity", "specificity"])
def test_the_mean_of_runs_at_the_group_mean_is_the_mean_of_their_differences(held):
    truth, decisions, runs = a_panel(runs=3)
    together = against.at_group_mean(truth, decisions, runs, held=held)
    alone = [against.at_group_mean(truth, decisions, run, held=held) for run in runs]
    assert together.difference.value == pytest.approx(np.mean([one.difference.value for one in alone]))  # fmt: skip
    assert together.algorithm == pytest.approx(np.mean([one.algorithm for one in alone]))
    thrice = against.at_group_mean(truth, decisions, np.stack([runs[0]] * 3), held=held)
    assert thrice.difference.se == pytest.approx(alone[0].difference.se)


@pytest.mark.parametrize(("rate", "label"), [("sensitivity", 1), ("specificity", 0)])
def test_the_mean_rate_of_runs_has_the_errors_of_their_mean_answers(rate, label):
    truth, decisions, runs = a_panel(runs=3)
    own = (runs > 0.7).astype(int)
    found = against.rate_against_readers(truth, decisions, own, rate=rate)
    right = (own[:, truth == label] == label).mean(axis=0)
    gain = np.array([right - (row[truth == label] == label) for row in decisions])
    covariance = np.cov(gain) / gain.shape[1]
    J = len(decisions)
    cov2 = (covariance.sum() - np.trace(covariance)) / (J * (J - 1))
    assert found.algorithm == pytest.approx(right.mean())
    assert found.se**2 == pytest.approx(gain.mean(axis=1).var(ddof=1) / J + max(cov2, 0))
    assert "mean of 3 runs" in found.method


@pytest.mark.parametrize("covariance", ["delong", "jackknife", "unbiased"])
def test_several_algorithms_at_once_are_each_alone(covariance):
    truth, _decisions, runs = a_panel(runs=3)
    readers = np.random.default_rng(4).normal(size=(5, truth.size)) + truth
    together = algorithms_against_readers(truth, readers, runs, covariance=covariance)
    for one, run in zip(together, runs, strict=True):
        alone = algorithm_against_readers(truth, readers, run, covariance=covariance)
        assert one.effect == pytest.approx(alone.effect)
        assert (one.se, one.df, one.p) == pytest.approx((alone.se, alone.df, alone.p))


@pytest.mark.parametrize("held", ["sensitivity", "specificity"])
@pytest.mark.parametrize("rule", RULES)
def test_some_readers_with_one_run_are_compared_as_if_there_were_no_others(held, rule):
    truth, decisions, runs = a_panel(runs=3)
    points = against.at_readers_points(truth, decisions, runs, held=held, rule=rule)
    some = np.array([True, False, True, True, False, True])
    found = points.comparison(some, run=1)
    alone = against.matched_against_readers(truth, decisions[some], runs[1], held=held, rule=rule)
    assert found.mean == alone.mean
    assert (found.algorithm == alone.algorithm).all()


@pytest.mark.parametrize("held", ["sensitivity", "specificity"])
@pytest.mark.parametrize("rule", RULES)
def test_the_only_case_of_a_class_leaves_values_without_an_interval(held, rule):
    truth, decisions, runs = a_panel(positives=1, runs=2)
    found = against.matched_against_readers(truth, decisions, runs, held=held, rule=rule).mean
    assert found.effect == pytest.approx(gains(truth, decisions, runs, held, rule).mean())
    assert found.se is None
