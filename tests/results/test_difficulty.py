"""The difficulty of cases against plain loops."""

import dataclasses
import math

import numpy as np
import pytest

from readerstudy.results.sections.difficulty import difficulty
from tests.results.factories import fuller_table, make_table


def decided(columns, table, scores=None, threshold=0.5):
    """The table with these decisions (J, K), and with one run of the CNN."""
    decision = np.array(columns, np.int8)
    model = dataclasses.replace(
        table.models[0],
        values=np.array([scores]) if scores else table.models[0].values,
        run_labels=("run-0",),
        thresholds=(threshold,),
    )
    return dataclasses.replace(table, decision=decision, models=(model,))


def test_shares_entropy_and_confidence_are_those_of_a_plain_count():
    table = make_table(readers=5, unassessed=[(1, 3)])
    found = difficulty(table)
    assert found["groups"] == ["Resident", "Attending"]
    for place, row in enumerate(found["cases"]):
        given = [j for j in range(5) if table.decision[j, place] != -1]
        wrong = [j for j in given if table.decision[j, place] != table.truth[place]]
        share = len(wrong) / len(given)
        assert row["graded"] == len(given)
        assert row["share_wrong"] == pytest.approx(share)
        expected = -sum(p * math.log2(p) for p in (share, 1 - share) if p > 0)
        assert row["entropy"] == pytest.approx(expected)
        sure = [abs(table.rating[j, place]) for j in given]
        assert row["confidence"] == pytest.approx(sum(sure) / len(sure))
        residents = [j for j in given if j % 2 == 0]
        assert row["groups"][0] == pytest.approx(
            sum(j in wrong for j in residents) / len(residents)
        )


def test_scores_are_means_of_runs_and_ranks_count_from_the_most_suspicious():
    table = fuller_table()
    rows = difficulty(table)["cases"]
    means = table.models[0].values.mean(axis=0)
    for place, row in enumerate(rows):
        own = row["models"][0]
        assert own["score"] == pytest.approx(means[place])
        assert own["rank"] == 1 + sum(means > means[place])
        right = [(run[place] >= 0.5) == table.truth[place] for run in table.models[0].values]
        assert own["runs_right"] == pytest.approx(sum(right) / 3)
        assert own["right"] is bool(sum(right) >= 2)


def test_lists_and_quadrants_tell_who_fails_where():
    table = make_table(readers=3, positives=2, negatives=3)
    # Case 0: nobody right, CNN right; 1: all right, CNN wrong; 2: two of three right, CNN right; 3: nobody right, CNN
    # wrong; 4: all right, CNN right.
    decisions = [[0, 1, 0, 1, 0], [0, 1, 0, 1, 0], [0, 1, 1, 1, 0]]
    found = difficulty(decided(decisions, table, scores=[0.9, 0.1, 0.2, 0.8, 0.3]))
    model = found["models"][0]
    assert model["only_cnn_right"] == ["case-0"]
    assert model["only_readers_right"] == ["case-1"]
    assert found["nobody_right"] == ["case-0", "case-3"]
    assert found["hardest"] == ["case-0", "case-3", "case-2"]
    assert model["quadrants"] == {
        "easy_right": 2,
        "easy_wrong": 1,
        "easy_undecided": 0,
        "hard_right": 1,
        "hard_wrong": 1,
        "hard_undecided": 0,
    }


def test_nine_of_ten_readers_are_nearly_all():
    table = make_table(readers=10, positives=1, negatives=2)
    decisions = np.tile([1, 0, 0], (10, 1))
    decisions[0, 1], decisions[:2, 2] = 1, 1
    found = difficulty(decided(decisions, table, scores=[0.9, 0.9, 0.9]))
    assert found["models"][0]["only_readers_right"] == ["case-1"]


def test_half_of_the_runs_say_neither():
    table = make_table(runs=2)
    values = np.stack([table.truth.astype(float), 1.0 - table.truth])
    model = dataclasses.replace(table.models[0], values=values, thresholds=(0.5, 0.5))
    found = difficulty(dataclasses.replace(table, models=(model,)))
    assert {row["models"][0]["right"] for row in found["cases"]} == {None}
    counts = found["models"][0]["quadrants"]
    assert counts["easy_undecided"] + counts["hard_undecided"] == 17


def test_without_a_threshold_it_is_not_known_whether_the_cnn_is_right():
    found = difficulty(make_table())
    assert found["models"][0]["quadrants"] is None
    assert "threshold" in found["models"][0]["reason"]
    assert found["cases"][0]["models"][0]["right"] is None
    assert found["cases"][0]["models"][0]["score"] is not None


def test_a_case_that_nobody_graded_has_a_reason():
    rows = difficulty(make_table(readers=2, unassessed=[(0, 4), (1, 4)]))["cases"]
    assert rows[4]["share_wrong"] is None
    assert rows[4]["reason"]
    assert rows[3]["reason"] is None


def test_only_complete_readers_count_and_no_model_is_no_obstacle():
    found = difficulty(make_table(missing=[(2, 3)], models=False))
    assert found["cases"][0]["graded"] == 5
    assert found["models"] == []
