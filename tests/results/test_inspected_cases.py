"""The case inspector and the pages of single readers against plain loops over the same table."""

import dataclasses

import numpy as np
import pytest

from readerstudy.core.errors import NotFound
from readerstudy.results.analysis import build_document
from readerstudy.results.case_figures import (
    answers_table,
    cases_table,
    quadrant_figure,
    scores_figure,
    scores_table,
)
from readerstudy.results.inspected_cases import (
    FILTERS,
    GALLERY_SIZE,
    HARDEST,
    Threshold,
    inspected_cases,
    listed,
    threshold_for,
)
from readerstudy.results.reader_figures import reader_figure, reader_tables
from readerstudy.results.reader_report import certainty_of, cnn_at, reader_report
from readerstudy.stats import wilson
from tests.results.factories import fuller_table, make_table


def wrong_by_loop(table, column):
    """How many of the complete readers are wrong on one case, and how many graded it."""
    rows = [row for row in range(len(table.readers)) if table.complete[row]]
    graded = [row for row in rows if table.decision[row, column] != -1]
    wrong = sum(table.decision[row, column] != table.truth[column] for row in graded)
    return int(wrong), len(graded)


def test_shares_and_scores_are_those_of_a_plain_count():
    table = make_table(missing=[(1, 4)], unassessed=[(2, 3)])
    threshold = Threshold(0.3, "asked")
    for one in inspected_cases(table, threshold):
        wrong, graded = wrong_by_loop(table, one.column)
        assert (one.graded, one.wrong_share) == (graded, wrong / graded)
        scores = [run[one.column] for run in table.models[0].values]
        assert one.score == pytest.approx(sum(scores) / len(scores))
        called = [bool(score >= 0.3) for score in scores]
        assert one.runs_wrong == sum(call != one.malignant for call in called)
        assert one.cnn_wrong == ((one.score >= 0.3) != one.malignant)


def test_the_threshold_is_the_cards_or_the_readers_or_the_one_asked_for():
    assert threshold_for(fuller_table()) == Threshold(0.5, "card")
    assert threshold_for(fuller_table(), 0.7) == Threshold(0.7, "asked")
    assert threshold_for(make_table(models=False)) is None
    table = make_table(readers=8)
    found = threshold_for(table)
    assert found.source == "readers"
    mean = table.models[0].values.mean(axis=0)
    rates = [
        np.mean([table.decision[row, k] == 1 for k in range(17) if table.truth[k]])
        for row in range(8)
    ]
    reaches = [
        score
        for score in mean
        if np.mean(mean[table.truth == 1] >= score) >= np.mean(rates) - 1e-12
    ]
    assert found.value == max(reaches)


def test_each_filter_shows_the_cases_that_it_names():
    table = make_table(readers=2, seed=4)
    decision = np.tile(table.truth, (2, 1)).astype(np.int8)
    decision[:, [0, 9]] = 1 - decision[:, [0, 9]]
    decision[0, 3] = 1 - decision[0, 3]
    scores = table.truth.astype(float)
    scores[[1, 9]] = 1 - scores[[1, 9]]
    model = dataclasses.replace(table.models[0], values=np.stack([scores] * 3))
    table = dataclasses.replace(table, decision=decision, models=(model,))
    cases = inspected_cases(table, Threshold(0.5, "asked"))
    found = {
        one.name: [
            case.case_id for case in listed(cases, show=one.name, sort="case", descending=False)
        ]
        for one in FILTERS
    }
    assert found["readers-wrong"] == ["case-0"]
    assert found["cnn-wrong"] == ["case-1"]
    assert found["most-readers-wrong"] == ["case-0"]
    assert found["most-readers-right"] == ["case-1"]
    assert found["both-wrong"] == ["case-9"]
    assert found[HARDEST] == ["case-0", "case-9", "case-3"]
    assert len(found["all"]) == 17


def test_the_list_sorts_by_every_column_in_both_directions():
    cases = inspected_cases(make_table(), Threshold(0.3, "asked"))
    scores = [one.score for one in listed(cases, show="all", sort="score", descending=True)]
    assert scores == sorted(scores, reverse=True)
    shares = [one.wrong_share for one in listed(cases, show="", sort="nothing", descending=True)]
    assert shares == sorted(shares, reverse=True)
    assert len(listed(cases * 3, show=HARDEST, sort="", descending=True)) == GALLERY_SIZE


def test_the_quadrants_show_every_case_once_with_the_numbers_of_the_table():
    table = make_table()
    threshold = Threshold(0.3, "asked")
    cases = inspected_cases(table, threshold)
    shown = {
        case: (x, y)
        for trace in quadrant_figure(cases, threshold).plot["data"]
        for case, x, y in zip(trace["customdata"], trace["x"], trace["y"], strict=True)
    }
    rows = {row[0]: (row[5], row[6]) for row in cases_table(cases).rows}
    assert shown == rows
    assert len(rows) == 17


def test_one_case_has_every_answer_and_every_score():
    table = fuller_table(missing=[(0, 2)], unassessed=[(3, 2)])
    rows = {row[0]: row for row in answers_table(table, 2).rows}
    # Reader 0 answered neither without the aid nor with it.
    assert table.aided.decision[0, 2] == -1
    assert set(rows) == {"R-1", "R-2", "R-3", "R-4", "R-5"}
    assert rows["R-3"][2] == "cannot be assessed"
    for number in (1, 2, 4, 5):
        decision = table.decision[number, 2]
        words = ("no further treatment", "biopsy / further treatment")[decision]
        right = "yes" if decision == table.truth[2] else "no"
        assert rows[f"R-{number}"][2:6] == (
            words, right, int(table.rating[number, 2]), table.milliseconds[number, 2] / 1000,
        )  # fmt: skip
    model = table.models[0]
    scores = scores_table(model, 2)
    assert [row[1] for row in scores.rows] == model.values[:, 2].tolist()
    figure = scores_figure(model, 2, Threshold(0.5, "card"))
    assert figure.plot["data"][0]["x"] == model.values[:, 2].tolist()


def test_a_reader_has_the_counts_of_a_plain_loop():
    table = fuller_table(readers=7)
    report = reader_report(table, "R-4")
    counts = {(call, truth): 0 for call in (0, 1) for truth in (0, 1)}
    for decision, truth in zip(table.decision[4], table.truth, strict=True):
        counts[int(decision), int(truth)] += 1
    assert (report.tp, report.fp) == (counts[1, 1], counts[1, 0])
    assert (report.fn, report.tn) == (counts[0, 1], counts[0, 0])
    assert report.sensitivity == wilson(counts[1, 1], 5)
    point = next(one for one in build_document(table)["readers"]["points"] if one["code"] == "R-4")
    assert report.auc.as_dict() == point["auc"]
    assert report.median_seconds == np.median(table.milliseconds[4]) / 1000
    medians = [np.median(row) / 1000 for row in table.milliseconds]
    assert report.panel_median_seconds == pytest.approx(np.median(medians))
    both = [k for k in range(17) if table.repeats.decision[4, k] != -1]
    alike = sum(table.repeats.decision[4, k] == table.decision[4, k] for k in both)
    assert (report.repeated, report.repeated_alike) == (len(both), alike)


def test_cases_seen_differently_are_those_most_others_decided_the_other_way():
    table = make_table(readers=7, missing=[(6, 0)])
    report = reader_report(table, "R-2")
    expected = set()
    for column in range(17):
        others = [int(table.decision[row, column]) for row in range(6) if row != 2]
        same = sum(one == table.decision[2, column] for one in others) / len(others)
        if same < 0.5:
            expected.add(f"case-{column}")
    assert {one.case_id for one in report.different} == expected
    wrong = {f"case-{k}" for k in range(17) if table.decision[2, k] != table.truth[k]}
    assert {one.case_id for one in report.wrong} == wrong


def test_certainty_counts_right_answers_level_by_level():
    truth = np.array([1, 1, 0, 0, 1, 0])
    decision = np.array([1, 0, 0, 1, 1, -1], np.int8)
    rating = np.array([3.0, -1.0, -3.0, 1.0, 2.0, np.nan])
    found = certainty_of(truth, decision, rating)
    assert [(one.level, one.answers, one.right) for one in found] == [
        ("1", 2, 0),
        ("2", 1, 1),
        ("3", 2, 2),
    ]
    assert found[2].share == wilson(2, 2)


def test_many_levels_of_certainty_are_put_into_five_bins():
    decision = np.array([1] * 100, np.int8)
    found = certainty_of(np.array([1] * 99 + [0]), decision, np.arange(1.0, 101.0))
    assert [one.level for one in found] == ["1–20", "21–40", "41–60", "61–80", "81–100"]
    assert [(one.answers, one.right) for one in found] == [(20, 20)] * 4 + [(20, 19)]


def test_the_cnn_meets_a_reader_at_their_own_rates():
    table = make_table(readers=7)
    document = build_document(table)
    report = reader_report(table, "R-1")
    cnn = cnn_at(table, report)
    one = build_document(table.picked(readers=np.arange(7) == 1))["models"][0]["matched"][0]
    assert cnn["specificity"].mean == pytest.approx(one["specificity_at_sensitivity"][0]["mean"])
    assert cnn["sensitivity"].low == pytest.approx(one["sensitivity_at_specificity"][0]["low"])
    tables = reader_tables(document, report, cnn)
    for result in tables.values():
        assert {len(row) for row in result.rows} <= {len(result.header)}
        assert len(result.header) == len(result.kinds)
    figure = reader_figure(document, report)
    points = sum(len(trace["x"]) for trace in figure.plot["data"])
    assert points == len(tables[figure.table].rows)


def test_a_reader_who_has_not_finished_has_a_page_of_what_there_is():
    table = make_table(missing=[(0, k) for k in range(5)])
    report = reader_report(table, "R-0")
    assert not report.is_complete
    assert report.sensitivity is report.auc is None
    assert cnn_at(table, report) is None
    document = build_document(table)
    assert reader_tables(document, report, None)["rates"].rows[0][1:4] == (None, None, None)
    assert reader_figure(document, report).plot["data"]
    with pytest.raises(NotFound):
        reader_report(table, "R-99")
