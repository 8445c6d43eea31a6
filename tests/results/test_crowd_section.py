"""Crowds and combinations against every panel counted out, and every pair of cases."""

import dataclasses
import itertools

import numpy as np
import pytest
from scipy.stats import rankdata

from readerstudy.results.sections import NotComputableError
from readerstudy.results.sections.combination import combination
from readerstudy.results.sections.crowd import SEED, crowd, sizes_of
from readerstudy.results.table import AnalysisPlan
from tests.results.factories import fuller_table, make_table


def area(truth, scores):
    """The share of pairs of a malignant and a benign case in the right order, ties half."""
    pairs = [(a, b) for a, one in zip(scores, truth, strict=True) if one for b, other in zip(scores, truth, strict=True) if not other]  # fmt: skip
    return sum((a > b) + (a == b) / 2 for a, b in pairs) / len(pairs)


def vote(decision):
    """1, 0 or ½ for each case."""
    return [1.0 if 2 * yes > len(decision) else 0.0 if 2 * yes < len(decision) else 0.5 for yes in decision.sum(axis=0)]  # fmt: skip


def rates(called, truth):
    called = np.asarray(called)
    return called[truth == 1].mean(), 1 - called[truth == 0].mean()


def test_the_vote_of_k_readers_is_the_mean_over_all_panels_of_k():
    table = fuller_table()
    rows = crowd(table)["votes"]["sizes"]
    assert [one["size"] for one in rows] == [1, 2, 3, 4, 5, 6]
    for row in rows:
        panels = itertools.combinations(range(6), row["size"])
        pairs = np.array(
            [rates(vote(table.decision[list(panel)]), table.truth) for panel in panels]
        )
        sensitivity, specificity = pairs.mean(axis=0)
        assert row["sensitivity"]["value"] == pytest.approx(sensitivity)
        assert row["specificity"]["value"] == pytest.approx(specificity)
        share = table.truth.mean()
        assert row["accuracy"] == pytest.approx(share * sensitivity + (1 - share) * specificity)


def test_the_vote_of_a_whole_group_counts_its_ties():
    table = fuller_table()
    group = crowd(table)["groups"][0]
    called = vote(table.decision)
    assert group["vote"]["ties"] == called.count(0.5)
    assert (group["vote"]["sensitivity"], group["vote"]["specificity"]) == pytest.approx(rates(called, table.truth))  # fmt: skip


def test_areas_of_vote_share_mean_rating_and_mean_rank_are_those_of_all_pairs():
    table = fuller_table()
    for group, rows in zip(crowd(table)["groups"], ([0, 1, 2, 3, 4, 5], [0, 2, 4], [1, 3, 5]), strict=True):  # fmt: skip
        ratings = table.rating[rows]
        assert group["share"]["value"] == pytest.approx(area(table.truth, table.decision[rows].mean(axis=0)))  # fmt: skip
        assert group["rating"]["value"] == pytest.approx(area(table.truth, ratings.sum(axis=0)))
        ranks = (2 * rankdata(ratings, axis=1)).sum(axis=0)
        assert group["rank"]["value"] == pytest.approx(area(table.truth, ranks))
        assert group["share"]["low"] < group["share"]["value"] < group["share"]["high"]


def test_all_panels_of_few_readers_are_taken():
    table = fuller_table(readers=4)
    rating = crowd(table)["ratings"][0]
    two = next(one for one in rating["sizes"] if one["size"] == 2)
    areas = [area(table.truth, table.rating[list(pair)].sum(axis=0)) for pair in itertools.combinations(range(4), 2)]  # fmt: skip
    assert two["exact"]
    assert (two["mean"], two["smallest"], two["largest"]) == pytest.approx((np.mean(areas), min(areas), max(areas)))  # fmt: skip


def test_drawn_panels_are_the_same_every_time_and_the_seed_is_told():
    table = fuller_table(readers=20)
    first, second = crowd(table), crowd(table)
    assert first == second
    assert first["seed"] == SEED
    assert not first["ratings"][0]["sizes"][9]["exact"]


@pytest.mark.parametrize("readers", [1, 2, 12, 13, 145, 400])
def test_sizes_of_panels_rise_to_all_readers(readers):
    sizes = sizes_of(readers)
    assert sizes == sorted(set(sizes))
    assert (sizes[0], sizes[-1]) == (1, readers)
    assert sizes[:12] == list(range(1, min(readers, 12) + 1))
    assert len(sizes) <= 25


def test_a_reader_stands_beside_the_others_without_themselves():
    table = fuller_table()
    rest = crowd(table)["rest"]
    others = np.delete(table.decision, 3, axis=0)
    one = rest["votes"]["readers"][3]
    assert one["reader"] == "R-3"
    assert (one["rest_sensitivity"], one["rest_specificity"]) == pytest.approx(rates(vote(others), table.truth))  # fmt: skip
    rated = rest["ratings"]["readers"][3]
    alone = area(table.truth, table.rating[3])
    together = area(table.truth, np.delete(table.rating, 3, axis=0).sum(axis=0))
    assert rated["difference"]["value"] == pytest.approx(alone - together)
    assert rest["ratings"]["better"] == sum(row["auc"] > row["rest"] for row in rest["ratings"]["readers"])  # fmt: skip


def test_the_cnn_stands_beside_the_crowd():
    table = fuller_table()
    model = crowd(table)["models"][0]
    pairs = [rates(run >= 0.5, table.truth) for run in table.models[0].values]
    assert model["auc"]["mean"] == pytest.approx(np.mean([area(table.truth, run) for run in table.models[0].values]))  # fmt: skip
    assert model["decision"]["sensitivity"]["mean"] == pytest.approx(np.mean([one[0] for one in pairs]))  # fmt: skip
    right = [np.mean((run >= 0.5) == table.truth) for run in table.models[0].values]
    assert model["decision"]["accuracy"]["high"] == pytest.approx(max(right))


def test_a_case_without_a_rating_leaves_the_areas_and_not_the_vote():
    table = fuller_table(unassessed=[(2, 4)])
    part = crowd(table)
    assert part["ratings"][0]["cases"] == table.truth.size - 1
    assert part["votes"]["largest_reason"] == "Some case has only 5 of 6 votes: there are no larger panels."  # fmt: skip


def test_without_a_confidence_only_the_vote_is_left():
    table = fuller_table()
    part = crowd(dataclasses.replace(table, rating=np.sign(table.rating)))
    assert "without a confidence" in part["ratings"][0]["reason"]
    assert part["groups"][0]["share"]["value"] > 0.5


RULES = {"or": np.maximum, "and": np.minimum, "second reader": lambda a, b: (a + b) / 2}


@pytest.mark.parametrize("name", RULES)
def test_decisions_of_reader_and_cnn_are_combined_case_by_case(name):
    table = fuller_table()
    part = combination(table)["models"][0]["decisions"]
    rule = next(one for one in part["rules"] if one["rule"] == name)
    calls = [(run >= 0.5).astype(float) for run in table.models[0].values]
    found = np.array([[rates(RULES[name](row, run), table.truth) for row in table.decision] for run in calls])  # fmt: skip
    alone = np.array([rates(row, table.truth) for row in table.decision])
    for place, key in enumerate(("sensitivity", "specificity")):
        means = found[:, :, place].mean(axis=1)
        assert rule[key]["combined"]["mean"] == pytest.approx(means.mean())
        assert (rule[key]["gain"]["low"], rule[key]["gain"]["high"]) == pytest.approx(
            (means.min() - alone[:, place].mean(), means.max() - alone[:, place].mean())
        )
        each = [one[key] for one in rule["readers"]]
        assert each == pytest.approx(found[:, :, place].mean(axis=0).tolist())
        run = rule[key]["runs"][0]["gain"]
        assert run["low"] < run["value"] < run["high"]


def test_scores_of_reader_and_cnn_are_combined_by_their_ranks():
    table = fuller_table()
    scores = combination(table)["models"][0]["scores"]
    areas = np.array([
        [area(table.truth, rankdata(row) + rankdata(run)) for row in table.rating]
        for run in table.models[0].values
    ])  # fmt: skip
    assert scores["auc"]["combined"]["mean"] == pytest.approx(areas.mean())
    assert [one["combined"] for one in scores["readers"]] == pytest.approx(areas.mean(axis=0).tolist())  # fmt: skip
    alone = np.array([area(table.truth, row) for row in table.rating])
    assert scores["improved"]["mean"] == pytest.approx((areas > alone + 1e-9).sum(axis=1).mean())


def test_a_combination_is_exploratory_whatever_was_planned():
    table = dataclasses.replace(fuller_table(), plan=AnalysisPlan(is_prespecified=True))
    part = combination(table)
    assert part["exploratory"]
    assert part["method"].startswith("Exploratory")


def test_without_a_threshold_only_scores_are_combined():
    model = combination(make_table())["models"][0]
    assert "names no threshold" in model["decisions"]["reason"]
    assert model["scores"]["auc"]["combined"]["mean"] > 0.5


def test_without_a_model_there_is_nothing_to_combine():
    with pytest.raises(NotComputableError, match="no CNN"):
        combination(make_table(models=False))
