"""Missing answers under each assumption, against plain loops; Table 1 and the flow."""

import dataclasses

import numpy as np
import pytest

from readerstudy import stats
from readerstudy.results.sections.case_table import case_table
from readerstudy.results.sections.flow import flow
from readerstudy.results.sections.missing import missing
from tests.results.factories import fuller_table, make_table


def by_name(found):
    return {row["scenario"]: row for row in found["scenarios"]}


def rates(table, readers, *, skipped=None, absent=None):
    """Shares of right answers over all counted answers; `skipped` and `absent` say what becomes of those missing."""
    right, total = {1: 0, 0: 0}, {1: 0, 0: 0}
    for reader in readers:
        for case, truth in enumerate(table.truth.tolist()):
            answer = int(table.decision[reader, case])
            if answer == -1:
                rule = skipped if table.not_assessable[reader, case] else absent
                if rule is None:
                    continue
                answer = {"right": truth, "wrong": 1 - truth, "biopsy": 1}[rule]
            right[truth] += answer == truth
            total[truth] += 1
    return right[1] / total[1], right[0] / total[0]


def test_with_nothing_missing_there_is_the_main_analysis_alone():
    found = missing(make_table())
    assert [row["scenario"] for row in found["scenarios"]] == ["main", "cases_graded_by_all"]
    main, same = found["scenarios"]
    assert main["sensitivity"]["value"] == same["sensitivity"]["value"]
    assert found["readers"] == []
    assert found["counts"][0]["share_missing"] == 0


def test_every_assumption_is_that_of_a_plain_count():
    table = make_table(missing=[(2, 3), (2, 9)], unassessed=[(0, 1), (4, 8), (2, 10)])
    found = by_name(missing(table))
    complete = [0, 1, 3, 4, 5]
    expected = {
        "main": rates(table, complete),
        "not_assessable_right": rates(table, complete, skipped="right"),
        "not_assessable_wrong": rates(table, complete, skipped="wrong"),
        "not_assessable_biopsy": rates(table, complete, skipped="biopsy"),
        "all_readers": rates(table, range(6)),
        "all_missing_right": rates(table, range(6), skipped="right", absent="right"),
        "all_missing_wrong": rates(table, range(6), skipped="wrong", absent="wrong"),
    }
    assert set(found) == {*expected, "cases_graded_by_all"}
    for name, (sensitivity, specificity) in expected.items():
        assert found[name]["sensitivity"]["value"] == pytest.approx(sensitivity), name
        assert found[name]["specificity"]["value"] == pytest.approx(specificity), name
    assert found["main"]["readers"] == 5
    assert found["all_readers"]["readers"] == 6


def test_best_and_worst_case_enclose_what_was_found():
    found = by_name(missing(make_table(missing=[(1, 2)], unassessed=[(0, 1), (4, 8)])))
    for rate in ("sensitivity", "specificity"):
        best, worst = (found[f"all_missing_{end}"][rate]["value"] for end in ("right", "wrong"))
        assert worst <= found["all_readers"][rate]["value"] <= best


def test_only_the_cases_that_every_complete_reader_graded():
    table = make_table(unassessed=[(0, 1), (4, 8)])
    row = by_name(missing(table))["cases_graded_by_all"]
    graded = np.delete(np.arange(17), [1, 8])
    correct = (table.decision == table.truth)[:, graded][:, table.truth[graded] == 1]
    expected = stats.random_reader_random_case_interval(correct.astype(int))
    assert row["answers"] == 6 * 15
    assert row["sensitivity"]["value"] == pytest.approx(expected.value)
    assert row["sensitivity"]["low"] == pytest.approx(expected.low)


def test_no_case_of_a_class_that_all_graded_is_a_reason():
    found = by_name(missing(make_table(unassessed=[(case % 6, case) for case in range(5)])))
    assert found["cases_graded_by_all"]["sensitivity"]["value"] is None
    assert "every complete reader" in found["cases_graded_by_all"]["sensitivity"]["reason"]


def test_counts_are_by_class_and_tell_not_assessable_from_not_answered():
    found = missing(make_table(missing=[(2, 3)], unassessed=[(0, 1), (4, 8)]))
    everything, malignant, benign = found["counts"]
    assert (everything["asked"], everything["graded"]) == (102, 99)
    assert (malignant["not_assessable"], malignant["unanswered"]) == (1, 1)
    assert (benign["not_assessable"], benign["unanswered"]) == (1, 0)
    assert everything["share_missing"] == pytest.approx(3 / 102)
    assert [row["code"] for row in found["readers"]] == ["R-0", "R-2", "R-4"]


def test_cases_that_a_reader_was_not_given_are_not_missing():
    table = make_table(readers=6, positives=6, negatives=6, missing=[(0, 0), (0, 6), (1, 1)])
    assigned = np.ones((6, 12), bool)
    assigned[0, [0, 6]] = False
    found = missing(dataclasses.replace(table, assigned=assigned))
    assert found["counts"][0]["asked"] == 70
    assert found["counts"][0]["unanswered"] == 1
    assert by_name(found)["main"]["readers"] == 5


def test_the_case_table_is_by_truth_and_counts_what_is_not_recorded():
    table = fuller_table()
    found = case_table(table)
    assert (found["malignant"], found["benign"], found["patients"]) == (5, 12, 17)
    sex = next(one for one in found["factors"] if one["factor"] == "sex")
    counted = {
        row["level"]: [
            sum(
                c.sex == row["level"] and t == label
                for c, t in zip(table.cases, table.truth, strict=True)
            )
            for label in (1, 0)
        ]
        for row in sex["levels"]
    }
    assert {row["level"]: [row["malignant"], row["benign"]] for row in sex["levels"]} == counted
    empty = sum(case.sex == "" for case in table.cases)
    assert sex["not_recorded"]["all"] == empty
    assert sex["not_recorded"]["share_all"] == pytest.approx(empty / 17)
    for one in found["factors"]:
        parts = [*one["levels"], one["other"], one["not_recorded"]]
        assert sum(part["all"] for part in parts) == 17, one["factor"]
    ages = [
        case.age_years for case, truth in zip(table.cases, table.truth, strict=True) if truth == 1
    ]
    assert found["age"]["malignant"]["median"] == np.median(ages)


def test_without_metadata_everything_is_not_recorded():
    found = case_table(make_table())
    assert found["patients"] is None
    assert found["age"]["all"]["reason"]
    age = next(one for one in found["factors"] if one["factor"] == "age")
    assert (age["levels"], age["not_recorded"]["all"]) == ([], 17)


def test_the_flow_tells_who_was_left_out_and_why():
    table = make_table(missing=[(2, 3)], unassessed=[(1, case) for case in range(5)])
    excluded = {
        "withdrawn_readers": 2,
        "readers_without_answers": 3,
        "withdrawn_cases": 1,
        "late": 4,
    }
    found = flow(dataclasses.replace(table, excluded=excluded))
    assert found["readers"] == {
        "enrolled": 11,
        "withdrawn_readers": 2,
        "readers_without_answers": 3,
        "started": 6,
        "unfinished": 1,
        "one_class": 1,
        "analysed": 4,
    }
    assert found["cases"]["enrolled"] == 18
    assert found["cases"]["analysed"] == 17
    assert found["other_exclusions"] == {"late": 4}
    assert [group["started"] for group in found["groups"]] == [3, 3, 0]
    assert sum(group["analysed"] for group in found["groups"]) == 4
