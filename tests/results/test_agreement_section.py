"""The section "agreement" against plain loops over readers, pairs and cases."""

import itertools

import numpy as np
import pytest

from readerstudy.results.sections import NotComputableError
from readerstudy.results.sections.agreement import agreement
from readerstudy.results.shown.agreement import figures, tables
from tests.results.factories import fuller_table, make_table


def kappa_by_loop(first, second):
    """Cohen's kappa of two lists of 1 and 0, None where it is not defined."""
    n = len(first)
    observed = sum(a == b for a, b in zip(first, second, strict=True)) / n
    yes = [sum(values) / n for values in (first, second)]
    expected = yes[0] * yes[1] + (1 - yes[0]) * (1 - yes[1])
    return None if expected == 1 else (observed - expected) / (1 - expected)


def share_of_equal_pairs(decision):
    """Mean over cases of the share of pairs of readers who agree, −1 being no answer."""
    shares = []
    for case in decision.T:
        pairs = list(itertools.combinations([one for one in case if one != -1], 2))
        if pairs:
            shares.append(sum(a == b for a, b in pairs) / len(pairs))
    return sum(shares) / len(shares)


def panel(section, group, cases):
    found = next(p for p in section["panels"] if (p["group"], p["cases"]) == (group, cases))
    return found, {one["name"]: one for one in found["coefficients"]}


@pytest.mark.parametrize(("group", "rows"), [("", range(6)), ("Resident", (0, 2, 4))])
@pytest.mark.parametrize(("cases", "value"), [("all", None), ("malignant", 1), ("benign", 0)])
def test_fleiss_kappa_and_ac1_are_those_of_a_plain_count(group, rows, cases, value):
    table = fuller_table()
    chosen = slice(None) if value is None else table.truth == value
    decision = table.decision[list(rows)][:, chosen]
    found, named = panel(agreement(table), group, cases)
    observed, yes = share_of_equal_pairs(decision), decision.mean()
    chance = yes**2 + (1 - yes) ** 2
    assert found["biopsy_share"] == pytest.approx(yes)
    assert (found["readers"], found["n_cases"]) == (len(rows), decision.shape[1])
    assert named["agreement"]["estimate"] == pytest.approx(observed)
    assert named["fleiss"]["estimate"] == pytest.approx((observed - chance) / (1 - chance))
    gwet = 2 * yes * (1 - yes)
    assert named["gwet"]["estimate"] == pytest.approx((observed - gwet) / (1 - gwet))


def test_intervals_are_the_jackknife_over_cases():
    table = fuller_table()
    _found, named = panel(agreement(table), "", "all")
    count = table.truth.size
    left_out = []
    for case in range(count):
        rest = np.delete(table.decision, case, axis=1)
        yes = rest.mean()
        chance = yes**2 + (1 - yes) ** 2
        left_out.append((share_of_equal_pairs(rest) - chance) / (1 - chance))
    se = np.sqrt((count - 1) / count * ((left_out - np.mean(left_out)) ** 2).sum())
    one = named["fleiss"]
    assert one["se"] == pytest.approx(se)
    assert (one["low"], one["high"]) == pytest.approx(
        (one["estimate"] - 1.959964 * se, one["estimate"] + 1.959964 * se)
    )


def test_with_a_case_that_somebody_could_not_assess_fleiss_leaves_it_out_and_alpha_does_not():
    table = fuller_table(unassessed=[(1, 3)])
    _found, named = panel(agreement(table), "", "all")
    assert named["fleiss"]["n_cases"] == table.truth.size - 1
    assert named["krippendorff"]["n_cases"] == table.truth.size
    assert named["agreement"]["estimate"] == pytest.approx(share_of_equal_pairs(table.decision))


def test_ordinal_alpha_squares_the_distance_in_answers_between_two_levels():
    table = fuller_table(readers=3, positives=3, negatives=4)
    ratings = table.rating
    _found, named = panel(agreement(table), "", "all")
    levels, counts = np.unique(ratings, return_counts=True)
    n = dict(zip(levels.tolist(), counts.tolist(), strict=True))

    def distance(a, b):
        low, high = min(a, b), max(a, b)
        between = sum(count for level, count in n.items() if low <= level <= high)
        return (between - (n[a] + n[b]) / 2) ** 2

    readers = ratings.shape[0]
    within = sum(distance(a, b) for case in ratings.T for a, b in itertools.permutations(case.tolist(), 2)) / (readers - 1)  # fmt: skip
    anywhere = sum(distance(a, b) for a, b in itertools.permutations(ratings.ravel().tolist(), 2))
    expected = 1 - (ratings.size - 1) * within / anywhere
    assert named["ordinal"]["estimate"] == pytest.approx(expected)


def test_the_triangle_holds_every_pair_in_the_order_of_groups_and_codes():
    table = fuller_table()
    pairs = agreement(table)["pairs"]
    order = [0, 2, 4, 1, 3, 5]  # residents first, as in the study's order of groups
    assert [one["code"] for one in pairs["readers"]] == [f"R-{row}" for row in order]
    expected = [
        kappa_by_loop(table.decision[a].tolist(), table.decision[b].tolist())
        for a, b in itertools.combinations(order, 2)
    ]
    assert pairs["triangle"] == pytest.approx(expected)
    assert pairs["mean"] == pytest.approx(np.mean(expected))
    first = [k for (a, b), k in zip(itertools.combinations(order, 2), expected, strict=True) if 2 in {a, b}]  # fmt: skip
    assert pairs["readers"][1]["mean"] == pytest.approx(np.mean(first))


def test_means_within_and_between_groups_take_every_pair_once():
    table = fuller_table(readers=5)
    found = {(one["a"], one["b"]): one for one in agreement(table)["pairs"]["groups"]}
    rows = {"Resident": [0, 2, 4], "Attending": [1, 3]}
    assert found["Resident", "Resident"]["pairs"] == 3
    assert found["Attending", "Attending"]["pairs"] == 1
    between = [
        kappa_by_loop(table.decision[a].tolist(), table.decision[b].tolist())
        for a, b in itertools.product(*rows.values())
    ]
    assert found["Resident", "Attending"]["pairs"] == 6
    assert found["Resident", "Attending"]["mean"] == pytest.approx(np.mean(between))


def test_a_reader_is_compared_with_the_vote_of_the_others_without_their_ties():
    table = fuller_table(readers=5)
    rows = agreement(table)["with_majority"]["readers"]
    others = np.delete(table.decision, 2, axis=0)
    votes = [(int(own), int(case.sum())) for own, case in zip(table.decision[2], others.T, strict=True)]  # fmt: skip
    counted = [(own, int(yes > 2)) for own, yes in votes if yes != 2]
    assert rows[2]["n_cases"] == len(counted)
    assert rows[2]["kappa"]["value"] == pytest.approx(kappa_by_loop(*zip(*counted, strict=True)))
    assert rows[2]["equal"]["value"] == pytest.approx(
        sum(a == b for a, b in counted) / len(counted)
    )


def test_a_reader_is_compared_with_every_run_at_its_own_threshold():
    table = fuller_table(runs=3)
    found = agreement(table)["with_models"][0]
    assert found["runs"] == 3
    calls = [[int(score >= 0.5) for score in run] for run in table.models[0].values]
    kappas = [kappa_by_loop(table.decision[4].tolist(), run) for run in calls]
    assert found["readers"][4]["kappa"]["mean"] == pytest.approx(np.mean(kappas))
    assert found["readers"][4]["kappa"]["low"] == pytest.approx(min(kappas))
    equal = [np.mean(table.decision[4] == run) for run in calls]
    assert found["readers"][4]["equal"]["mean"] == pytest.approx(np.mean(equal))


def test_without_a_threshold_the_cnn_is_left_out_with_the_reason():
    found = agreement(make_table())["with_models"][0]
    assert "names no threshold" in found["reason"]


def test_one_reader_agrees_with_nobody():
    with pytest.raises(NotComputableError, match="two complete readers"):
        agreement(make_table(readers=1))


def test_of_very_many_readers_only_the_means_are_kept():
    found = agreement(make_table(readers=201, positives=2, negatives=3))["pairs"]
    assert found["triangle"] is None
    assert "200 readers" in found["reason"]
    assert len(found["readers"]) == 201


def test_the_heat_map_shows_both_halves_of_the_table_of_pairs():
    document = {"sections": {"agreement": agreement(fuller_table())}}
    cells = next(one for one in figures(document) if one.name == "agreement-pairs").plot["data"][0]
    table = next(one for one in tables(document) if one.name == "agreement-pairs")
    assert len(table.rows) == 15
    for code, _group, other, _other_group, kappa in table.rows:
        i, j = cells["x"].index(code), cells["y"].index(other)
        assert cells["z"][i][j] == cells["z"][j][i] == pytest.approx(kappa, abs=5e-5)
    assert [cells["z"][i][i] for i in range(6)] == [None] * 6


def test_a_table_of_all_pairs_of_many_readers_is_for_files():
    few, many = (
        next(
            one
            for one in tables({"sections": {"agreement": agreement(make_table(readers=readers, positives=2, negatives=3))}})
            if one.name == "agreement-pairs"
        )
        for readers in (20, 70)
    )  # fmt: skip
    assert not few.is_for_files
    assert many.is_for_files
