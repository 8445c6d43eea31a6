"""The sections that compare the CNN with readers, against plain loops over the same table."""

import dataclasses
import itertools
import math

import numpy as np
import pytest
from scipy.stats import binomtest, norm
from scipy.stats import t as student

from readerstudy.core.canonical import canonical_json
from readerstudy.results.analysis import build_document
from readerstudy.results.sections import NotComputableError, build_sections
from readerstudy.results.sections.characteristics import characteristics
from readerstudy.results.sections.fixed_threshold import fixed_threshold
from readerstudy.results.sections.matched import matched
from readerstudy.results.sections.per_reader import per_reader
from readerstudy.results.sections.primary import primary
from readerstudy.results.sections.spread import spread
from readerstudy.results.table import AnalysisPlan
from tests.results.factories import fuller_table, make_table
from tests.results.test_analysis import rates_by_loop, specificity_by_search

PLAN = AnalysisPlan(True, "auc", 0.05, 0.1, 0.02, "A registry")
NAMES = ("primary", "fixed_threshold", "matched", "per_reader", "spread", "characteristics")


def planned(table, **changes):
    return dataclasses.replace(table, plan=dataclasses.replace(PLAN, **changes))


def won(positive, negative):
    return 1.0 if positive > negative else 0.5 if positive == negative else 0.0


def auc_by_pairs(truth, scores):
    positives, negatives = scores[truth == 1], scores[truth == 0]
    return np.mean([won(p, n) for p in positives for n in negatives])


def delong_variances(truth, cnn, readers):
    """MS and Cov2 of the differences CNN − reader, from each case's share of pairs won."""
    parts = []
    for own, other in ((1, 0), (0, 1)):
        rows = []
        for reader in readers:
            row = []
            for case in np.flatnonzero(truth == own):
                against = np.flatnonzero(truth == other)
                gains = [
                    won(scores[case], scores[k]) if own else won(scores[k], scores[case])
                    for scores in (cnn, reader)
                    for k in against
                ]
                half = len(gains) // 2
                row.append(np.mean(gains[:half]) - np.mean(gains[half:]))
            rows.append(row)
        parts.append(np.cov(rows) / len(rows[0]))
    covariance = parts[0] + parts[1]
    pairs = len(readers) * (len(readers) - 1)
    cov2 = (covariance.sum() - np.trace(covariance)) / pairs
    differences = [auc_by_pairs(truth, cnn) - auc_by_pairs(truth, reader) for reader in readers]
    return np.var(differences, ddof=1), cov2


def test_the_area_of_one_run_against_readers_is_the_plain_sum_with_hillis_df():
    table = planned(make_table(runs=1))
    row = primary(table)["models"][0]["rows"][0]
    cnn = auc_by_pairs(table.truth, table.models[0].values[0])
    readers = [auc_by_pairs(table.truth, rating) for rating in table.rating]
    ms, cov2 = delong_variances(table.truth, table.models[0].values[0], table.rating)
    variance = ms / 6 + max(cov2, 0)
    df = 5 * (variance * 6 / ms) ** 2
    half = student.isf(0.025, df) * math.sqrt(variance)
    assert row["label"] == "run-0"
    assert (row["cnn"], row["readers"]) == pytest.approx((cnn, np.mean(readers)))
    assert row["value"] == pytest.approx(cnn - np.mean(readers))
    assert (row["low"], row["high"]) == pytest.approx((row["value"] - half, row["value"] + half))
    assert row["claim"]["p_non_inferior"] == pytest.approx(
        student.sf((row["value"] + 0.1) / math.sqrt(variance), df)
    )


def test_the_mean_of_runs_comes_first_and_has_a_check_by_u_statistics():
    table = planned(make_table(runs=3))
    first, *others = primary(table)["models"][0]["rows"]
    assert [first["label"], *(row["label"] for row in others)] == ["", "run-0", "run-1", "run-2"]
    assert first["value"] == pytest.approx(np.mean([row["value"] for row in others]))
    assert "U-statistics" in first["check"]["method"]
    assert first["check"]["value"] == pytest.approx(first["value"])
    assert first["n_cases"] == 17
    assert all(row["check"] is None for row in others)


def test_where_a_grade_is_missing_everything_read_is_taken_and_the_common_cases_check_it():
    table = planned(make_table(runs=1, unassessed=[(0, 7), (1, 0)]))
    row = primary(table)["models"][0]["rows"][0]
    assert "U-statistics" in row["method"]
    assert "1T-RRRC" in row["check"]["method"]
    assert (row["n_cases"], row["check"]["n_cases"]) == (17, 15)
    sums = [0.0, 0]
    for rating in table.rating:
        known = ~np.isnan(rating)
        truth, scores = table.truth[known], rating[known]
        pairs = truth.sum() * (1 - truth).sum()
        sums = [sums[0] + auc_by_pairs(truth, scores) * pairs, sums[1] + pairs]
    assert row["readers"] == pytest.approx(sums[0] / sums[1])


@pytest.mark.parametrize("chosen", ["auc", "matched", "fixed_threshold"])
def test_the_plan_says_which_comparison_is_primary_and_has_the_margin(chosen):
    part = primary(planned(fuller_table(), primary=chosen))["models"][0]
    roles = {one["comparison"]: one["role"] for one in part["comparisons"]}
    assert roles == dict.fromkeys(roles, "secondary") | {chosen: "primary"}
    for one in part["comparisons"]:
        margins = {difference["claim"]["margin"] for difference in one["differences"]}
        assert margins == {0.1 if one["comparison"] == chosen else 0.0}


def test_without_a_plan_or_a_locked_model_everything_is_exploratory():
    table = fuller_table()
    late = dataclasses.replace(table.models[0], prespecified=False)
    for one in (table, planned(dataclasses.replace(table, models=(late,)))):
        part = primary(one)
        roles = {row["role"] for row in part["models"][0]["comparisons"]}
        assert roles == {"exploratory"}
        assert any("exploratory" in caution["text"] for caution in part["cautions"])


def test_alpha_sets_the_level_of_the_intervals_and_half_of_it_that_of_the_claims():
    part = primary(planned(make_table(runs=1), alpha=0.1))
    row = part["models"][0]["rows"][0]
    assert part["level"] == row["level"] == pytest.approx(0.9)
    assert row["claim"]["alpha"] == 0.05
    half = student.isf(0.05, row["df"]) * row["se"]
    assert row["high"] == pytest.approx(row["value"] + half)


def test_few_readers_bare_decisions_and_several_models_are_said():
    table = make_table(readers=3)
    bare = dataclasses.replace(table, rating=np.where(table.decision == 1, 1.0, -1.0))
    other = dataclasses.replace(table.models[0], model_id="m2", name="Other")
    part = primary(planned(dataclasses.replace(bare, models=(*table.models, other))))
    said = " ".join(caution["text"] for caution in part["cautions"])
    assert "fewer than four readers" in said
    assert "without a confidence" in said
    assert "Several models" in said
    rates = rates_by_loop(table, range(3))
    assert part["readers_auc_of_decisions"]["mean"] == pytest.approx(rates.mean())
    assert part["models"][0]["rows"][0]["readers"] == pytest.approx(rates.mean())
    assert primary(planned(make_table()))["cautions"] == []


def wilson_by_hand(successes, n):
    z = norm.isf(0.025)
    centre, half = (successes + z * z / 2) / (n + z * z), z / (n + z * z)
    half *= math.sqrt(successes * (n - successes) / n + z * z / 4)
    return centre - half, centre + half


def test_the_fixed_threshold_gives_counts_wilson_intervals_and_differences():
    table = planned(fuller_table(), primary="fixed_threshold")
    part = fixed_threshold(table)["models"][0]
    readers = rates_by_loop(table, range(6)).mean(axis=0)
    for run, scores in zip(part["runs"], table.models[0].values, strict=True):
        called = [int(score >= 0.5) for score in scores]
        tp = sum(c for c, t in zip(called, table.truth, strict=True) if t == 1)
        tn = sum(1 - c for c, t in zip(called, table.truth, strict=True) if t == 0)
        assert (run["tp"], run["fn"], run["tn"], run["fp"]) == (tp, 5 - tp, tn, 12 - tn)
        assert (run["sensitivity"]["low"], run["sensitivity"]["high"]) == pytest.approx(wilson_by_hand(tp, 5))  # fmt: skip
        for number, (rate, value) in enumerate((("sensitivity", tp / 5), ("specificity", tn / 12))):
            assert run["differences"][rate]["value"] == pytest.approx(value - readers[number])
        joint = run["joint"]
        assert joint["p"] == max(joint[rate]["p_non_inferior"] for rate in ("sensitivity", "specificity"))  # fmt: skip
    values = [run["differences"]["specificity"]["value"] for run in part["runs"]]
    assert part["mean"]["differences"]["specificity"]["value"] == pytest.approx(np.mean(values))
    assert part["caution"] is None


def test_confusion_matrices_are_of_all_groups_votes_and_runs():
    table = fuller_table()
    rows = {(row["who"], row["name"]): row for row in fixed_threshold(table)["confusion"]}
    members = [0, 2, 4]
    votes = dict.fromkeys(("tp", "fn", "tn", "fp"), 0)
    grades = dict(votes)
    for case, truth in enumerate(table.truth):
        column = [int(table.decision[reader, case]) for reader in members]
        for decision in column:
            grades[("tp" if decision else "fn") if truth else ("fp" if decision else "tn")] += 1
        vote = sum(column) >= 2
        votes[("tp" if vote else "fn") if truth else ("fp" if vote else "tn")] += 1
    assert {name: rows["majority", "Resident"][name] for name in votes} == votes
    assert {name: rows["readers", "Resident"][name] for name in grades} == grades
    assert rows["readers", ""]["n"] == 6
    assert ("cnn", "Test CNN run-1") in rows


def test_a_tie_of_votes_is_a_biopsy_and_a_case_without_a_grade_has_no_vote():
    table = fuller_table(readers=2, unassessed=[(0, 5), (1, 5)])
    row = next(row for row in fixed_threshold(table)["confusion"] if row["who"] == "majority")
    either = table.decision.max(axis=0)
    assert row["tp"] == int((either[table.truth == 1] == 1).sum())
    assert row["fp"] == int((either[table.truth == 0] == 1).sum())
    assert (row["missing"], row["tn"] + row["fp"]) == (1, 11)


def test_matched_points_are_read_off_the_polygon_for_each_reader():
    table = planned(make_table(), primary="matched")
    part = matched(table)
    model = part["models"][0]
    pairs = rates_by_loop(table, range(6))
    runs = table.models[0].values
    expected = [
        np.mean([specificity_by_search(table.truth, run, sensitivity) for run in runs])
        for sensitivity, _specificity in pairs
    ]
    each = next(one for one in model["readers"] if one["held"] == "sensitivity")
    assert each["cnn"] == pytest.approx(expected)
    assert each["difference"] == pytest.approx(np.array(expected) - pairs[:, 1])
    rows = {
        (row["group"], row["label"]): row
        for row in model["rows"]
        if (row["rule"], row["held"]) == ("interpolated", "sensitivity")
    }
    assert rows["", ""]["own_point"]["value"] == pytest.approx(np.mean(each["difference"]))
    assert rows["Resident", ""]["own_point"]["value"] == pytest.approx(np.mean(each["difference"][::2]))  # fmt: skip
    one_run = [specificity_by_search(table.truth, runs[1], pair[0]) - pair[1] for pair in pairs]
    assert rows["", "run-1"]["own_point"]["value"] == pytest.approx(np.mean(one_run))
    at_mean = np.mean([specificity_by_search(table.truth, run, pairs[:, 0].mean()) for run in runs])
    assert rows["", ""]["mean_point"]["cnn"] == pytest.approx(at_mean)
    assert rows["", ""]["mean_point"]["value"] == pytest.approx(at_mean - pairs[:, 1].mean())
    assert "flattered" in part["caution"]


def test_matched_points_come_by_all_rules_both_ways_and_over_common_cases():
    part = matched(make_table(runs=1, unassessed=[(0, 9)]))
    rows = part["models"][0]["rows"]
    assert {(row["rule"], row["held"]) for row in rows} == set(
        itertools.product(("interpolated", "next", "nearest"), ("sensitivity", "specificity"))
    )
    assert part["n_cases"] == 16
    assert all(row["label"] == "run-0" and row["mean_point"] for row in rows)


def test_what_a_reader_is_worth_follows_from_the_counts_and_bayes():
    table = planned(fuller_table())
    part = per_reader(table)
    for reader, (sensitivity, specificity) in zip(part["readers"], rates_by_loop(table, range(6)), strict=True):  # fmt: skip
        measures = reader["measures"]
        positive, negative = sensitivity * 0.02, (1 - specificity) * 0.98
        assert measures["target"]["positive_predictive_value"]["value"] == pytest.approx(positive / (positive + negative))  # fmt: skip
        npv = specificity * 0.98 / (specificity * 0.98 + (1 - sensitivity) * 0.02)
        assert measures["target"]["negative_predictive_value"]["value"] == pytest.approx(npv)
        found = reader["tp"] / (reader["tp"] + reader["fp"])
        assert measures["study"]["positive_predictive_value"]["value"] == pytest.approx(found)
        assert measures["study"]["number_needed_to_biopsy"]["value"] == pytest.approx(1 / found)
        assert measures["any"]["youden_index"]["value"] == pytest.approx(sensitivity + specificity - 1)  # fmt: skip
        assert measures["any"]["balanced_accuracy"]["value"] == pytest.approx((sensitivity + specificity) / 2)  # fmt: skip
        ratio = measures["any"]["positive_likelihood_ratio"]
        assert ratio["value"] == pytest.approx(sensitivity / (1 - specificity))
    assert part["study_prevalence"] == pytest.approx(5 / 17)
    assert "target prevalence" in part["caution"]


def test_without_a_planned_prevalence_it_is_said_and_nothing_is_transported():
    part = per_reader(fuller_table())
    assert part["caution"].startswith("No target prevalence was planned")
    assert part["target_prevalence"] is None
    assert all(reader["measures"]["target"] is None for reader in part["readers"])


def test_mcnemar_is_the_binomial_of_the_cases_on_which_they_differ_adjusted_by_holm():
    table = fuller_table()
    run = per_reader(table)["models"][0]["runs"][1]
    cnn = (table.models[0].values[1] >= 0.5).astype(int)
    for rate, label in (("sensitivity", 1), ("specificity", 0)):
        found, p = run[rate]["readers"], []
        for row, decision in enumerate(table.decision):
            cases = np.flatnonzero(table.truth == label)
            alone = sum(cnn[k] == label != decision[k] for k in cases)
            other = sum(decision[k] == label != cnn[k] for k in cases)
            assert (found["cnn_alone"][row], found["reader_alone"][row]) == (alone, other)
            assert found["difference"][row] == pytest.approx((alone - other) / cases.size)
            known = alone + other
            p.append(binomtest(int(alone), int(known)).pvalue if known else None)
            assert found["p"][row] == (None if p[-1] is None else pytest.approx(p[-1]))
        tested = sorted(value for value in p if value is not None)
        running, adjusted = 0.0, {}
        for place, value in enumerate(tested):
            running = max(running, min(1.0, value * (len(tested) - place)))
            adjusted.setdefault(value, running)
        for value, holm in zip(p, found["p_holm"], strict=True):
            assert holm == (None if value is None else pytest.approx(adjusted[value]))
        vote = (table.decision.sum(axis=0) * 2 >= 6).astype(int)
        alone = sum(cnn[k] == label != vote[k] for k in np.flatnonzero(table.truth == label))
        assert run[rate]["majority"]["cnn_alone"] == alone


def test_the_spread_is_the_ratio_of_the_variances_of_the_areas():
    table = make_table(runs=4)
    part = spread(table)["models"][0]
    readers = [auc_by_pairs(table.truth, rating) for rating in table.rating]
    runs = [auc_by_pairs(table.truth, run) for run in table.models[0].values]
    assert part["ratio"]["value"] == pytest.approx(np.var(readers, ddof=1) / np.var(runs, ddof=1))
    assert (part["df1"], part["df2"]) == (5, 3)
    assert spread(make_table(runs=1))["models"][0]["ratio"]["value"] is None


def kruskal_by_ranks(samples):
    pooled = np.concatenate(samples)
    ranks = np.array([np.mean([i + 1 for i, x in enumerate(np.sort(pooled)) if x == v]) for v in pooled])  # fmt: skip
    n, start, total = pooled.size, 0, 0.0
    for sample in samples:
        total += ranks[start : start + sample.size].sum() ** 2 / sample.size
        start += sample.size
    ties = [int((pooled == v).sum()) for v in np.unique(pooled)]
    return (12 / (n * (n + 1)) * total - 3 * (n + 1)) / (1 - sum(t**3 - t for t in ties) / (n**3 - n))  # fmt: skip


def test_groups_have_mean_sd_range_both_intervals_and_the_rank_test():
    table = fuller_table(readers=9)
    part = {one["characteristic"]: one for one in characteristics(table)["parts"]}
    assert list(part) == ["rank", "institution", "experience", "certification", "skin_checks"]
    pairs = rates_by_loop(table, range(9))
    north = next(one for one in part["institution"]["groups"] if one["name"] == "North")
    own = pairs[[0, 3, 6], 0]
    told = north["sensitivity"]
    assert (told["mean"], told["low"], told["high"]) == pytest.approx((own.mean(), own.min(), own.max()))  # fmt: skip
    half = student.isf(0.025, 2) * own.std(ddof=1) / math.sqrt(3)
    assert told["t_interval"]["low"] == pytest.approx(own.mean() - half)
    samples = [pairs[[0, 3, 6], 1], pairs[[1, 4, 7], 1], pairs[[2, 5, 8], 1]]
    test = part["institution"]["tests"]["specificity"]["kruskal_wallis"]
    assert test["statistic"] == pytest.approx(kruskal_by_ranks(samples))
    assert test["df"] == 2
    assert len(part["institution"]["tests"]["auc"]["mann_whitney"]) == 3


def test_the_interval_with_random_cases_is_that_of_the_readers_part_and_of_the_area():
    table = make_table()
    document = build_document(table)
    rank = document["sections"]["characteristics"]["parts"][0]
    for found, known in zip(rank["groups"], document["readers"]["groups"], strict=True):
        for rate in ("sensitivity", "specificity"):
            interval = known[rate]["interval"]
            assert found[rate]["interval"]["low"] == pytest.approx(interval["low"])
            assert found[rate]["interval"]["high"] == pytest.approx(interval["high"])
    group = rank["groups"][0]["auc"]
    own = table.rating[::2]
    flat = np.zeros_like(table.models[0].values[0])
    ms, cov2 = delong_variances(table.truth, flat, own)
    variance = ms / 3 + max(cov2, 0)
    half = student.isf(0.025, 2 * (variance * 3 / ms) ** 2) * math.sqrt(variance)
    assert group["interval"]["high"] == pytest.approx(min(group["mean"] + half, 1))


def blocks(table):
    """Two blocks of readers and cases: no case is read by all."""
    assigned = np.zeros(table.decision.shape, np.bool_)
    assigned[::2, ::2] = assigned[1::2, 1::2] = True
    return dataclasses.replace(
        table,
        decision=np.where(assigned, table.decision, -1).astype(np.int8),
        rating=np.where(assigned, table.rating, np.nan),
        assigned=assigned,
        design="blocks",
    )


def constant(table):
    """Every reader and every run says the same of all cases but one."""
    return dataclasses.replace(
        table,
        decision=np.ones_like(table.decision),
        rating=np.ones_like(table.rating),
        models=tuple(dataclasses.replace(one, values=np.ones_like(one.values)) for one in table.models),
    )  # fmt: skip


def two_models(table):
    other = dataclasses.replace(table.models[0], model_id="m2", name="Other", thresholds=())
    return dataclasses.replace(table, models=(*table.models, other))


TABLES = {
    "plain": fuller_table(),
    "incomplete readers": fuller_table(missing=[(0, 1), (3, 4)]),
    "not assessable": fuller_table(unassessed=[(0, 1), (1, 9), (2, 3)]),
    "one reader": fuller_table(readers=1),
    "one reader, one run": fuller_table(readers=1, runs=1),
    "a group of one": fuller_table(readers=2),
    "no model": make_table(models=False),
    "no threshold": make_table(),
    "two models": two_models(fuller_table()),
    "blocks": blocks(fuller_table(readers=8, positives=8, negatives=16)),
    "all alike": constant(fuller_table()),
    "one positive": fuller_table(positives=1, readers=5),
    "one of each class": fuller_table(positives=1, negatives=1, readers=4, seed=5),
}


@pytest.mark.parametrize("plan", [AnalysisPlan(), PLAN])
@pytest.mark.parametrize("name", TABLES)
def test_whatever_was_read_the_sections_are_plain_numbers_or_say_why_not(name, plan):
    sections = build_sections(dataclasses.replace(TABLES[name], plan=plan))
    canonical_json(sections)
    for section in NAMES:
        assert sections[section].get("reason") or sections[section]["method"]
    assert "method" in sections["characteristics"]
    assert "method" in sections["per_reader"]


def test_what_cannot_be_compared_says_why():
    assert "nothing to compare" in build_sections(make_table(models=False))["primary"]["reason"]
    assert "threshold" in build_sections(make_table())["fixed_threshold"]["reason"]
    with pytest.raises(NotComputableError, match="in common"):
        matched(TABLES["blocks"])
    row = primary(TABLES["blocks"])["models"][0]["rows"][0]
    assert row["check"] is None
    assert row["value"] is not None
    assert row["low"] is not None


def test_a_model_without_a_threshold_beside_one_with_says_so_alone():
    part = fixed_threshold(TABLES["two models"])
    assert "runs" in part["models"][0]
    assert "threshold" in part["models"][1]["reason"]
    table = fuller_table()
    some = dataclasses.replace(table.models[0], thresholds=(0.5, None, 0.5))
    part = fixed_threshold(dataclasses.replace(table, models=(some,)))["models"][0]
    assert [run["label"] for run in part["runs"]] == ["run-0", "run-2"]
    assert "Only 2 of 3" in part["mean_reason"]


def test_a_changed_document_changes_no_other():
    first = per_reader(TABLES["plain"])
    first["readers"][0]["measures"]["any"]["sensitivity"]["value"] = -1
    first["models"][0]["runs"][0]["sensitivity"]["majority"]["p"] = -1
    again = per_reader(TABLES["plain"])
    assert again["readers"][0]["measures"]["any"]["sensitivity"]["value"] >= 0
    assert again["models"][0]["runs"][0]["sensitivity"]["majority"]["p"] != -1
