"""Subgroups against plain loops and against the analyses of whole studies."""

import dataclasses

import numpy as np
import pytest

from readerstudy import stats
from readerstudy.results.sections import NotComputableError
from readerstudy.results.sections.areas import arms, difference, mean_of_readers, right_answers
from readerstudy.results.sections.levels import factors
from readerstudy.results.sections.subgroups import subgroups
from readerstudy.results.table import AnalysisPlan
from tests.results.factories import fuller_table, make_table


def table_by_sex(**options):
    """Two subgroups, every second case each, with cases enough of both classes in both."""
    table = fuller_table(**{"readers": 7, "positives": 14, "negatives": 22, **options})
    rows = tuple(
        dataclasses.replace(case, sex=("female", "male")[number % 2])
        for number, case in enumerate(table.cases)
    )
    return dataclasses.replace(table, cases=rows)


def factor(found, name):
    return next(one for one in found["factors"] if one["factor"] == name)


def level(found, name, value):
    return next(row for row in factor(found, name)["levels"] if row["level"] == value)


def area_by_pairs(truth, scores):
    """The share of pairs of a positive and a negative case in the right order, ties half."""
    pairs = [(a > b) + (a == b) / 2 for a in scores[truth == 1] for b in scores[truth == 0]]
    return float(np.mean(pairs))


def components_by_pairs(truth, scores):
    """Share of the other class that each positive lies above and each negative lies below."""
    positive, negative = scores[truth == 1], scores[truth == 0]
    v10 = np.array([np.mean([(a > b) + (a == b) / 2 for b in negative]) for a in positive])
    v01 = np.array([np.mean([(a > b) + (a == b) / 2 for a in positive]) for b in negative])
    return v10, v01


def mean_off_diagonal(matrix):
    count = matrix.shape[0]
    return (matrix.sum() - np.trace(matrix)) / (count * (count - 1))


def test_the_readers_means_are_those_of_a_plain_count():
    table = table_by_sex()
    row = level(subgroups(table), "sex", "male")
    own = np.arange(36) % 2 == 1
    truth, decision, rating = table.truth[own], table.decision[:, own], table.rating[:, own]
    assert (row["cases"], row["positives"], row["negatives"]) == (18, 7, 11)
    right = decision == truth
    assert row["readers"]["sensitivity"]["value"] == pytest.approx(right[:, truth == 1].mean())
    assert row["readers"]["specificity"]["value"] == pytest.approx(right[:, truth == 0].mean())
    areas = [area_by_pairs(truth, scores) for scores in rating]
    assert row["readers"]["auc"]["value"] == pytest.approx(np.mean(areas))


def test_the_readers_interval_has_readers_and_cases_random():
    table = table_by_sex()
    row = level(subgroups(table), "sex", "male")["readers"]["sensitivity"]
    own = (np.arange(36) % 2 == 1) & (table.truth == 1)
    right = (table.decision[:, own] == 1).astype(float)
    shares, readers = right.mean(axis=1), right.shape[0]
    cov2 = mean_off_diagonal(np.cov(right)) / right.shape[1]
    denominator = shares.var(ddof=1) + readers * max(cov2, 0)
    assert row["se"] == pytest.approx(np.sqrt(denominator / readers))
    assert row["df"] == pytest.approx((readers - 1) * (denominator / shares.var(ddof=1)) ** 2)


def test_the_cnns_area_is_the_mean_of_its_runs_with_delongs_error():
    table = table_by_sex()
    own = np.arange(36) % 2 == 0
    found = level(subgroups(table), "sex", "female")["models"][0]["auc"]
    truth, runs = table.truth[own], table.models[0].values[:, own]
    assert found["value"] == pytest.approx(np.mean([area_by_pairs(truth, run) for run in runs]))
    parts = [components_by_pairs(truth, run) for run in runs]
    v10, v01 = (np.mean([part[side] for part in parts], axis=0) for side in (0, 1))
    variance = v10.var(ddof=1) / v10.size + v01.var(ddof=1) / v01.size
    assert found["se"] == pytest.approx(np.sqrt(variance))


def test_with_one_run_the_difference_is_that_of_a_standalone_algorithm():
    table = table_by_sex(runs=1)
    own = np.arange(36) % 2 == 0
    found = level(subgroups(table), "sex", "female")["models"][0]["difference"]
    truth, score = table.truth[own], table.models[0].values[0, own]
    area = stats.algorithm_against_readers(truth, table.rating[:, own], score)
    calls = (score >= 0.5).astype(int)
    rates = {
        name: stats.rate_against_readers(truth, table.decision[:, own], calls, rate=name)
        for name in ("sensitivity", "specificity")
    }
    for name, expected in (("auc", area), *rates.items()):
        assert found[name]["value"] == pytest.approx(expected.effect), name
        assert found[name]["se"] == pytest.approx(expected.se), name
        assert found[name]["df"] == pytest.approx(expected.df), name
        assert found[name]["p"] == pytest.approx(expected.p), name


def test_a_rate_of_one_run_has_wilsons_interval():
    table = table_by_sex(runs=1)
    own = (np.arange(36) % 2 == 0) & (table.truth == 0)
    right = int((table.models[0].values[0, own] < 0.5).sum())
    found = level(subgroups(table), "sex", "female")["models"][0]["specificity"]
    expected = stats.wilson(right, int(own.sum()))
    assert (found["low"], found["high"]) == (expected.low, expected.high)


def test_runs_that_decide_alike_have_wilsons_interval_too():
    table = table_by_sex()
    model = dataclasses.replace(table.models[0], values=np.zeros((3, 36)))
    found = subgroups(dataclasses.replace(table, models=(model,)))
    expected = stats.wilson(0, 7)
    row = level(found, "sex", "female")["models"][0]["sensitivity"]
    assert (row["value"], row["low"], row["high"]) == (0, expected.low, expected.high)


def test_the_interaction_is_the_difference_of_independent_cases_read_by_the_same_readers():
    table = table_by_sex(runs=1)
    rows = factor(subgroups(table), "sex")["interaction"]
    row = next(one for one in rows if (one["subject"], one["measure"]) == ("difference", "auc"))
    assert (row["subgroup"], row["reference"]) == ("male", "female")
    parts = []
    for offset in (1, 0):
        own = np.arange(36) % 2 == offset
        truth = table.truth[own]
        cnn = components_by_pairs(truth, table.models[0].values[0, own])
        readers = [components_by_pairs(truth, scores) for scores in table.rating[:, own]]
        parts.append([np.array([cnn[side] - one[side] for one in readers]) for side in (0, 1)])
    values = parts[0][0].mean(axis=1) - parts[1][0].mean(axis=1)
    count = values.size
    cov2 = sum(mean_off_diagonal(np.cov(one)) / one.shape[1] for part in parts for one in part)
    denominator = values.var(ddof=1) + count * max(cov2, 0)
    assert row["value"] == pytest.approx(values.mean())
    assert row["se"] == pytest.approx(np.sqrt(denominator / count))
    assert row["p_adjusted"] == row["p"]


def test_the_cnn_alone_is_compared_by_the_unpaired_delong_test():
    table = table_by_sex(runs=1)
    rows = factor(subgroups(table), "sex")["interaction"]
    row = next(one for one in rows if (one["subject"], one["measure"]) == ("cnn", "auc"))
    male = np.arange(36) % 2 == 1
    scores = table.models[0].values[0]
    expected = stats.unpaired_test(
        table.truth[male], scores[male], table.truth[~male], scores[~male]
    )
    assert (row["value"], row["p"]) == (expected.value, expected.p)


def test_several_levels_are_adjusted_by_holm():
    table = fuller_table(readers=5, positives=30, negatives=30)
    rows = tuple(
        dataclasses.replace(case, sex=("female", "male", "other")[number % 3])
        for number, case in enumerate(table.cases)
    )
    found = factor(subgroups(dataclasses.replace(table, cases=rows)), "sex")["interaction"]
    own = [row for row in found if (row["subject"], row["measure"]) == ("readers", "auc")]
    low, high = sorted(row["p"] for row in own)
    assert sorted(row["p_adjusted"] for row in own) == pytest.approx(
        [min(2 * low, 1), min(max(2 * low, high), 1)]
    )


def test_a_class_with_fewer_than_five_cases_is_not_given_and_the_other_is():
    table = table_by_sex(positives=8)
    found = subgroups(table)
    row = level(found, "sex", "female")
    assert (row["positives"], row["negatives"]) == (4, 11)
    for measure in ("auc", "sensitivity"):
        assert row["readers"][measure]["value"] is None
        assert row["readers"][measure]["reason"] == "Fewer than 5 positive cases: not given."
        assert row["models"][0]["difference"][measure]["value"] is None
    assert row["readers"]["specificity"]["value"] is not None
    assert row["models"][0]["matched_specificity"]["value"] is None
    spread = factor(found, "sex")["spread"][0]
    assert (spread["measure"], spread["spread"]) == ("auc", None)
    assert spread["reason"]


def test_the_spread_runs_from_the_lowest_to_the_highest_level():
    found = subgroups(table_by_sex())
    own = factor(found, "sex")
    values = [row["models"][0]["auc"]["value"] for row in own["levels"]]
    row = next(one for one in own["spread"] if (one["model"], one["measure"]) == (0, "auc"))
    assert row["spread"] == pytest.approx(abs(values[0] - values[1]))


def test_phototypes_and_ages_come_in_bands_and_what_is_not_recorded_is_counted():
    table = fuller_table(positives=5, negatives=43)
    found = {one.name: one for one in factors(table)}
    sizes = {one.name: int(one.cases.sum()) for one in found["phototype"].levels}
    assert sizes == {"I-II": 16, "III-IV": 16, "V-VI": 8}
    assert int(found["phototype"].is_missing.sum()) == 8
    assert {one.name: int(one.cases.sum()) for one in found["age"].levels} == {
        "30-49": 20,
        "50-69": 20,
        "70 and over": 8,
    }
    assert [one.name for one in found["site"].levels] == ["back", "face", "leg"]


def test_of_many_sites_only_the_most_frequent_are_told_apart():
    table = fuller_table(positives=10, negatives=30)
    rows = tuple(
        dataclasses.replace(case, site=f"site {min(number, 24)}")
        for number, case in enumerate(table.cases)
    )
    site = next(
        one for one in factors(dataclasses.replace(table, cases=rows)) if one.name == "site"
    )
    assert len(site.levels) == 12
    assert site.levels[0].name == "site 24"
    assert site.further == (13, 13)


def test_without_metadata_the_diagnoses_are_left():
    found = subgroups(make_table())
    assert [len(one["levels"]) for one in found["factors"]] == [0, 0, 0, 0, 2, 0]
    assert factor(found, "age")["not_recorded"] == 17
    nevus = level(found, "diagnosis", "nevus")
    assert nevus["readers"]["auc"]["reason"] == "Fewer than 5 positive cases: not given."
    assert nevus["readers"]["specificity"]["value"] is not None
    assert nevus["models"][0]["specificity"]["reason"] == "The CNN's card names no threshold."


def test_nothing_that_divides_the_cases_is_a_reason():
    table = dataclasses.replace(make_table(), diagnosis=("",) * 17)
    with pytest.raises(NotComputableError, match="divide"):
        subgroups(table)


def test_the_plan_says_whether_subgroups_were_fixed_before_and_at_which_level():
    plan = AnalysisPlan(is_prespecified=True, alpha=0.1)
    found = subgroups(dataclasses.replace(table_by_sex(), plan=plan))
    assert found["is_prespecified"] is True
    assert level(found, "sex", "male")["readers"]["auc"]["level"] == pytest.approx(0.9)


def test_patients_with_several_cases_are_told():
    table = table_by_sex()
    assert subgroups(table)["caution"] is None
    rows = tuple(
        dataclasses.replace(case, patient=number // 2) for number, case in enumerate(table.cases)
    )
    assert subgroups(dataclasses.replace(table, cases=rows))["caution"].startswith("36 cases")


def test_a_missing_grade_leads_to_u_statistics_not_to_a_hole():
    table = table_by_sex(unassessed=[(0, 1), (3, 35)])
    row = level(subgroups(table), "sex", "male")
    assert row["readers"]["auc"]["method"].startswith("U-statistics")
    own = np.arange(36) % 2 == 1
    expected = stats.u_statistics(stats.fully_crossed(table.truth[own], table.rating[:, own]))
    assert row["readers"]["auc"]["value"] == pytest.approx(expected.modalities[0].estimate)
    assert row["readers"]["auc"]["se"] == pytest.approx(expected.modalities[0].se)
    readers = [area_by_pairs(*graded(table, reader, own)) for reader in range(7)]
    runs = [area_by_pairs(table.truth[own], run) for run in table.models[0].values[:, own]]
    found = row["models"][0]["difference"]["auc"]
    assert found["value"] == pytest.approx(np.mean(runs) - np.mean(readers))
    assert found["low"] < found["value"] < found["high"]


def graded(table, reader, own):
    """Truth and ratings of the cases that a reader graded."""
    known = own & ~np.isnan(table.rating[reader])
    return table.truth[known], table.rating[reader][known]


def test_a_hole_hardly_changes_the_interval_of_one_run():
    table = table_by_sex(runs=1, readers=40)
    whole, holed = (
        level(subgroups(one), "sex", "male")["models"][0]["difference"]["auc"]
        for one in (table, table_by_sex(runs=1, readers=40, unassessed=[(3, 35)]))
    )
    assert holed["method"].startswith("1T-RRRC")
    assert holed["se"] == pytest.approx(whole["se"], rel=0.02)
    assert holed["df"] == pytest.approx(whole["df"], rel=0.1)


@pytest.mark.parametrize("label", [1, 0])
def test_a_rate_as_an_area_is_the_rate_of_the_u_statistics(label):
    table = make_table(readers=6, positives=9, negatives=14, unassessed=[(0, 3), (2, 20), (4, 11)])
    areas = right_answers(table.truth, table.decision, label=label)
    found = mean_of_readers(areas, 0.95)
    # A rate needs no case of the other class: here two that everybody read stand for it.
    own = table.truth == label
    truth = np.append(np.full(own.sum(), label), [1 - label] * 2)
    scores = np.where(table.decision == -1, np.nan, table.decision)[:, own]
    readings = stats.fully_crossed(truth, np.hstack([scores, np.zeros((6, 2))]))
    rate = stats.u_statistics_of_sensitivity if label else stats.u_statistics_of_specificity
    expected = rate(readings, 0.5).modalities[0]
    given = scores[~np.isnan(scores)]
    assert found.value == pytest.approx((given == label).mean())
    assert found.value == pytest.approx(expected.estimate)
    assert found.se == pytest.approx(expected.se)


def test_complete_and_incomplete_data_are_told_the_same_difference():
    table = make_table(readers=8, positives=12, negatives=20)
    readers = right_answers(table.truth, table.decision, label=1)
    calls = (table.models[0].values > 0.5).astype(int)
    runs = right_answers(table.truth, calls, label=1)
    whole = difference(runs, readers, 0.95)
    first, second, _found = arms(readers, readers, 0.95)
    assert first == second == pytest.approx((table.decision[:, :12] == 1).mean())
    assert whole.value == pytest.approx(calls[:, :12].mean() - first)


@pytest.mark.parametrize(
    "options",
    [
        {"readers": 1},
        {"models": False},
        {"runs": 1},
        {"missing": [(0, 0)]},
        {"unassessed": [(0, 0)]},
    ],
    ids=str,
)
def test_every_number_is_there_or_has_a_reason(options):
    def walk(part):
        if isinstance(part, dict):
            if "value" in part and part["value"] is None:
                assert part["reason"]
            if part.get("value", 0) is not None and "low" in part and part["low"] is None:
                assert part["reason"]
            for entry in part.values():
                walk(entry)
        elif isinstance(part, list):
            for entry in part:
                walk(entry)

    walk(subgroups(table_by_sex(**options)))
