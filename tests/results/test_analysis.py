"""The analysis document against plain loops over the same table."""

import dataclasses
import itertools
import json

import numpy as np
import pytest

from readerstudy.core.canonical import canonical_json
from readerstudy.core.errors import Conflict
from readerstudy.results.analysis import build_document
from readerstudy.results.figures import all_figures
from readerstudy.results.headline import headline_numbers
from readerstudy.results.sentences import headline
from readerstudy.results.tables import all_tables
from tests.results.factories import make_table


def rates_by_loop(table, rows):
    """Sensitivity and specificity of each of these readers, counted one answer at a time."""
    pairs = []
    for row in rows:
        hits = {1: 0, 0: 0}
        for case, truth in enumerate(table.truth):
            hits[int(truth)] += int(table.decision[row, case] == truth)
        pairs.append((hits[1] / int(table.truth.sum()), hits[0] / int((1 - table.truth).sum())))
    return np.array(pairs)


def specificity_by_search(truth, scores, sensitivity):
    """Specificity on the polygon, found by walking along its pieces."""
    # A mean of readers may miss a rate of the curve by rounding alone: 0.8000000000000002 is 0.8.
    sensitivity = round(sensitivity, 12)
    points = [(0.0, 1.0)]
    for threshold in sorted(set(scores), reverse=True):
        called = scores >= threshold
        points.append((round(called[truth == 1].mean(), 12), 1 - called[truth == 0].mean()))
    found = []
    for (s0, p0), (s1, p1) in itertools.pairwise(points):
        if s0 <= sensitivity <= s1:
            found.append(p0 if s0 == s1 else p0 + (sensitivity - s0) / (s1 - s0) * (p1 - p0))
    return max(found)


def test_means_and_ranges_of_readers_are_those_of_a_plain_count():
    table = make_table()
    document = build_document(table)
    pairs = rates_by_loop(table, range(6))
    for column, name in enumerate(("sensitivity", "specificity")):
        part = document["readers"][name]
        assert part["mean"] == pytest.approx(pairs[:, column].mean())
        assert (part["low"], part["high"]) == (pairs[:, column].min(), pairs[:, column].max())


def test_groups_follow_the_order_of_the_study_and_leave_out_empty_ones():
    table = make_table()
    document = build_document(table)
    groups = document["readers"]["groups"]
    assert [(group["name"], group["n"]) for group in groups] == [("Resident", 3), ("Attending", 3)]
    assert groups[0]["sensitivity"]["mean"] == pytest.approx(
        rates_by_loop(table, (0, 2, 4))[:, 0].mean()
    )


def test_a_reader_who_missed_a_case_is_left_out_and_counted():
    table = make_table(missing=[(2, 3)])
    document = build_document(table)
    assert document["counts"]["readers"] == 5
    assert document["counts"]["incomplete_readers"] == 1
    assert "R-2" not in {point["code"] for point in document["readers"]["points"]}


def test_the_interval_of_the_mean_holds_the_mean():
    part = build_document(make_table())["readers"]["sensitivity"]
    assert part["interval"]["low"] < part["mean"] < part["interval"]["high"]


def test_matched_specificity_is_read_off_each_runs_polygon():
    table = make_table()
    document = build_document(table)
    matched = document["models"][0]["matched"][0]
    assert matched["rule"] == "interpolated"
    for row in matched["specificity_at_sensitivity"]:
        expected = [
            specificity_by_search(table.truth, run, row["target"]) for run in table.models[0].values
        ]
        assert row["per_run"] == pytest.approx(expected)
        assert (row["mean"], row["low"], row["high"]) == pytest.approx(
            (np.mean(expected), min(expected), max(expected))
        )


def test_every_reader_is_beaten_in_both_in_one_or_in_neither():
    document = build_document(make_table(readers=9))
    comparison = document["models"][0]["comparison"]
    for counts in (*comparison["runs"], comparison["mean"]):
        assert sum(counts.values()) == 9


def test_a_perfect_cnn_beats_every_imperfect_reader_in_both():
    table = make_table()
    perfect = dataclasses.replace(table.models[0], values=np.stack([table.truth.astype(float)] * 3))
    document = build_document(dataclasses.replace(table, models=(perfect,)))
    imperfect = sum(
        p["sensitivity"] < 1 and p["specificity"] < 1 for p in document["readers"]["points"]
    )
    assert document["models"][0]["comparison"]["mean"]["both"] >= imperfect > 0


def test_an_undefined_number_is_null_with_its_reason():
    document = build_document(make_table(readers=1))
    interval = document["readers"]["sensitivity"]["interval"]
    assert interval["low"] is None
    assert interval["reason"]


def test_the_document_is_json_without_nan_and_the_same_every_time():
    first, second = (build_document(make_table(readers=3, positives=2)) for _ in range(2))
    assert canonical_json(first) == canonical_json(second)


def test_one_changed_answer_changes_the_hash_of_the_inputs():
    table = make_table()
    changed = table.decision.copy()
    changed[0, 0] = 1 - changed[0, 0]
    assert dataclasses.replace(table, decision=changed).sha256() != table.sha256()


def test_without_a_complete_reader_there_is_no_analysis():
    with pytest.raises(Conflict, match="No reader has answered every case"):
        build_document(make_table(readers=1, missing=[(0, 0)]))


def test_cases_of_one_class_give_no_analysis():
    with pytest.raises(Conflict, match="All cases are malignant"):
        build_document(make_table(negatives=0))


@pytest.mark.parametrize("models", [True, False], ids=["with a CNN", "without a CNN"])
def test_every_figure_has_its_table_and_is_plain_json(models):
    document = build_document(make_table(models=models))
    tables = all_tables(document)
    for figure in all_figures(document):
        assert tables[figure.table].rows
        json.dumps(figure.plot, allow_nan=False)


def test_the_figure_shows_every_complete_reader_once():
    document = build_document(make_table(readers=30, positives=3, negatives=4))
    plot = all_figures(document)[0].plot
    shown = [text for trace in plot["data"] for text in trace.get("text", [])]
    counts = [int(text.rsplit("(", 1)[1].rstrip(")")) for text in shown]
    assert sum(counts) == 30
    assert max(counts) > 1


def test_every_row_of_every_table_is_as_wide_as_its_header():
    for table in all_tables(build_document(make_table())).values():
        assert {len(row) for row in table.rows} == {len(table.header)} == {len(table.kinds)}, (
            table.name
        )


def test_the_sentence_holds_the_numbers_of_the_document():
    document = build_document(make_table())
    text = " ".join(headline(document))
    assert f"{100 * document['readers']['sensitivity']['mean']:.1f} %" in text
    assert (
        f"{100 * document['models'][0]['matched'][0]['specificity_at_sensitivity'][0]['mean']:.1f} %"
        in text
    )


def test_the_headline_numbers_have_the_promised_keys():
    numbers = headline_numbers(build_document(make_table()))
    assert (numbers["readers"], numbers["cases"], numbers["positives"]) == (6, 17, 5)
    assert set(numbers["reader_sensitivity"]) == {"mean", "low", "high"}
    assert numbers["model"]["runs"] == 3
    assert set(numbers["model"]["specificity_at_reader_sensitivity"]) == {"mean", "low", "high"}


def test_a_case_that_could_not_be_assessed_is_missing_and_its_reader_stays():
    table = make_table(unassessed=[(2, 3), (2, 8), (4, 8)])
    document = build_document(table)
    assert document["counts"]["readers"] == 6
    assert document["counts"]["not_assessable"] == 3
    point = next(one for one in document["readers"]["points"] if one["code"] == "R-2")
    graded = table.decision[2] != -1
    positive = graded & (table.truth == 1)
    assert point["tp"] + point["fn"] == positive.sum() == 4
    assert point["sensitivity"] == (table.decision[2][positive] == 1).mean()
    assert point["not_assessable"] == 2
    assert point["auc"]["n"] == graded.sum()


def test_an_interval_over_readers_says_that_answers_are_missing():
    part = build_document(make_table(unassessed=[(2, 3)]))["readers"]
    assert part["sensitivity"]["interval"]["low"] is None
    assert "1 of 30 answers are missing" in part["sensitivity"]["interval"]["reason"]
    assert part["specificity"]["interval"]["low"] is not None


def test_the_cnn_meets_the_readers_on_the_cases_that_all_of_them_graded():
    document = build_document(make_table(unassessed=[(0, 1), (5, 9)]))
    assert [row["cases"] for row in document["models"][0]["against_readers"]] == [15, 15, 15]
    none_left = [(case % 6, case) for case in range(5)]
    document = build_document(make_table(unassessed=none_left))
    assert document["models"][0]["against_readers"] == []
    assert document["counts"]["readers"] == 6


def test_a_reader_who_graded_no_case_of_a_class_is_left_out_and_counted():
    document = build_document(make_table(unassessed=[(1, case) for case in range(5)]))
    assert (document["counts"]["readers"], document["counts"]["incomplete_readers"]) == (5, 1)
    json.dumps(document, allow_nan=False)


def test_every_case_says_how_many_readers_graded_it():
    document = build_document(make_table(unassessed=[(0, 2), (3, 2)]))
    assert [row["graded"] for row in document["cases"]] == [6, 6, 4, *[6] * 14]
    rows = all_tables(document)["cases"].rows
    assert rows[2][-1] == 4


def test_an_answer_of_not_assessable_is_another_input_than_no_answer():
    with_reason = make_table(unassessed=[(0, 0)]).sha256()
    assert with_reason != make_table(missing=[(0, 0)]).sha256()
