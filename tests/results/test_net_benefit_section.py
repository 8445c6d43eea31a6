"""Net benefit and predictive values against plain counts of people."""

import dataclasses

import numpy as np
import pytest
from scipy.stats import t as student

from readerstudy.results.sections.net_benefit import THRESHOLDS, net_benefit
from readerstudy.results.sections.predictive import predictive
from readerstudy.results.table import AnalysisPlan
from tests.results.factories import fuller_table, make_table

TARGET = 0.02


def study(**options):
    found = fuller_table(**options)
    model = dataclasses.replace(found.models[0], values=1 / (1 + np.exp(-found.models[0].values)))
    plan = AnalysisPlan(prevalence=TARGET, prevalence_source="Registry")
    return dataclasses.replace(found, models=(model,), plan=plan)


def rates(decision, truth):
    called = [(int(d), int(t)) for d, t in zip(decision, truth, strict=True) if d != -1]
    return tuple(
        sum(d == one for d, t in called if t == one) / sum(t == one for _d, t in called)
        for one in (1, 0)
    )


def benefit(decision, truth, threshold, prevalence):
    """True positives less what false positives cost, per case."""
    sensitivity, specificity = rates(decision, truth)
    cost = threshold / (1 - threshold)
    return prevalence * sensitivity - (1 - prevalence) * (1 - specificity) * cost


def test_thresholds_run_from_one_to_fifty_percent():
    part = net_benefit(study())
    assert part["thresholds"] == pytest.approx([k / 100 for k in range(1, 51)])
    assert part["reader_thresholds"] == pytest.approx([0.01, *(k / 20 for k in range(1, 11))])


@pytest.mark.parametrize(("place", "prevalence"), [(0, 5 / 17), (1, TARGET)])
def test_readers_their_mean_and_the_cnn_are_those_of_a_plain_count(place, prevalence):
    table = study()
    at = net_benefit(table)["prevalences"][place]
    assert at["prevalence"] == pytest.approx(prevalence)
    t = 0.2  # the twentieth threshold, and the fifth of the readers' own
    each = [benefit(row, table.truth, t, prevalence) for row in table.decision]
    assert [one["values"][4] for one in at["readers"]] == pytest.approx(each)
    assert at["groups"][0]["mean"][19] == pytest.approx(np.mean(each))
    assert at["groups"][1]["mean"][19] == pytest.approx(np.mean(each[::2]))
    runs = [benefit(run >= t, table.truth, t, prevalence) for run in table.models[0].values]
    model = at["models"][0]
    assert model["mean"][19] == pytest.approx(np.mean(runs))
    assert (model["smallest"][19], model["largest"][19]) == pytest.approx((min(runs), max(runs)))
    assert at["treat_all"][19] == pytest.approx(prevalence - (1 - prevalence) * t / (1 - t))


def test_at_the_target_prevalence_the_scores_are_moved_by_their_odds():
    table = study()
    at = net_benefit(table)["prevalences"][1]
    assert [one["scores"] for one in at["models"]] == ["given", "moved"]
    factor = (TARGET / (1 - TARGET)) / (5 / 12)
    odds = table.models[0].values / (1 - table.models[0].values) * factor
    t = 0.03
    runs = [benefit(run >= t, table.truth, t, TARGET) for run in odds / (1 + odds)]
    assert at["models"][1]["mean"][2] == pytest.approx(np.mean(runs))


def test_the_interval_of_the_readers_mean_holds_it_and_is_that_of_readers_and_cases():
    table = study(readers=4)
    group = net_benefit(table)["prevalences"][0]["groups"][0]
    t = THRESHOLDS[19]
    # What each case adds to each reader: Obuchowski-Rockette of means over cases, by hand.
    adds = np.where(table.truth == 1, 1.0, -t / (1 - t)) * table.decision
    values = adds.mean(axis=1)
    covariance = np.cov(adds) / table.truth.size
    shared = (covariance.sum() - np.trace(covariance)) / 12
    between = values.var(ddof=1)
    se = np.sqrt((between + 4 * max(shared, 0)) / 4)
    low, high = group["low"][19], group["high"][19]
    assert low < group["mean"][19] < high
    df = 3 * ((between + 4 * max(shared, 0)) / between) ** 2
    assert (high - low) / 2 == pytest.approx(student.isf(0.025, df) * se)


def test_a_single_run_has_the_interval_of_its_cases():
    model = net_benefit(study(runs=1))["prevalences"][0]["models"][0]
    assert model["smallest"] == model["largest"] == model["mean"]
    assert all(low <= value <= high for low, value, high in zip(model["low"], model["mean"], model["high"], strict=True))  # fmt: skip


def test_missing_answers_leave_the_mean_without_an_interval_and_say_so():
    group = net_benefit(study(unassessed=[(0, 1)]))["prevalences"][0]["groups"][0]
    assert set(group["low"]) == {None}
    assert "1 of" in group["reason"]


def test_without_a_planned_prevalence_there_is_only_that_of_the_study():
    assert [one["kind"] for one in net_benefit(make_table())["prevalences"]] == ["study"]


def test_scores_that_are_no_probabilities_have_no_decision_curve():
    assert "between 0 and 1" in net_benefit(make_table())["prevalences"][0]["models"][0]["reason"]


def people(sensitivity, specificity, prevalence):
    """PPV, NPV and biopsies per melanoma among a million people."""
    ill = 1_000_000 * prevalence
    well = 1_000_000 - ill
    found, false = sensitivity * ill, (1 - specificity) * well
    right_no, missed = specificity * well, (1 - sensitivity) * ill
    return found / (found + false), right_no / (right_no + missed), (found + false) / found


def test_predictive_values_are_shares_of_people():
    table = study()
    part = predictive(table)
    assert part["prevalences"][0] == 0.005
    assert part["prevalences"][-1] == 0.5
    assert TARGET in part["prevalences"]
    pairs = np.array([rates(row, table.truth) for row in table.decision])
    for place, prevalence in enumerate(part["prevalences"]):
        for group, chosen in zip(part["groups"], (pairs, pairs[::2], pairs[1::2]), strict=True):
            expected = people(*chosen.mean(axis=0), prevalence)
            assert [group[key][place] for key in ("ppv", "npv", "nnb")] == pytest.approx(expected)


def test_the_cnn_is_taken_at_the_threshold_of_every_run():
    table = study()
    model = predictive(table)["models"][0]
    place = predictive(table)["prevalences"].index(0.1)
    runs = [people(*rates(run >= 0.5, table.truth), 0.1) for run in table.models[0].values]
    for key, values in zip(("ppv", "npv", "nnb"), zip(*runs, strict=True), strict=True):
        assert model[key][place]["mean"] == pytest.approx(np.mean(values))
        assert model[key][place]["high"] == pytest.approx(max(values))
    one = model["runs"][0]["ppv"][place]
    assert one["low"] < one["value"] < one["high"]


def test_a_cnn_without_a_threshold_has_no_predictive_values():
    assert "names no threshold" in predictive(make_table())["models"][0]["reason"]


def test_readers_who_never_decide_for_a_biopsy_have_no_ppv():
    table = make_table()
    table = dataclasses.replace(table, decision=np.zeros_like(table.decision))
    group = predictive(table)["groups"][0]
    assert set(group["ppv"]) == set(group["nnb"]) == {None}
    assert group["npv"] == pytest.approx([1 - one for one in predictive(table)["prevalences"]])
