"""Tables in which not every reader read every case: intervals and tests by U-statistics; crossed tables as ever."""

import dataclasses

import numpy as np
import pytest

from readerstudy.results.analysis import build_document
from readerstudy.results.split_plot import readings_of, split_plot_interval
from readerstudy.results.table import FurtherModality
from readerstudy.stats import auc, random_reader_random_case_interval
from tests.results.factories import fuller_table, make_table


def split(table):
    """Two blocks: even readers read even cases, odd ones odd cases."""
    readers, cases = np.arange(len(table.readers))[:, None] % 2, np.arange(table.truth.size) % 2
    read = readers == cases
    return dataclasses.replace(
        table,
        assigned=read,
        decision=np.where(read, table.decision, -1).astype(np.int8),
        rating=np.where(read, table.rating, np.nan),
    )


def test_a_split_plot_has_intervals_and_the_plain_mean():
    table = split(make_table(readers=8, positives=12, negatives=14))
    readers = build_document(table)["readers"]
    by_hand = [np.mean(table.decision[j, (table.truth == 1) & table.assigned[j]]) for j in range(8)]
    assert readers["n"] == 8
    assert readers["sensitivity"]["mean"] == pytest.approx(np.mean(by_hand))
    interval = readers["sensitivity"]["interval"]
    assert interval["low"] < readers["sensitivity"]["mean"] < interval["high"]


def test_the_estimate_is_the_mean_where_all_read_equally_many_and_the_interval_that_of_crossed_tables():
    """On crossed data the moments of Gallas and the mean squares of Hillis estimate the same variance."""
    table = make_table(readers=6, positives=20, negatives=20)
    positive = table.decision[:, table.truth == 1]
    own = split_plot_interval(table.truth, table.decision, "sensitivity")
    crossed = random_reader_random_case_interval(positive)
    assert own.value == pytest.approx(crossed.value)
    assert own.se == pytest.approx(crossed.se, rel=0.1)


def test_a_cnn_is_compared_with_each_reader_on_the_cases_that_the_reader_read():
    table = split(make_table(readers=8, positives=12, negatives=14, runs=2))
    rows = build_document(table)["models"][0]["against_readers"]
    ratings, scores = [], []
    for j in range(8):
        own = table.assigned[j]
        ratings.append(auc(table.truth[own], table.rating[j, own]))
        scores.append(auc(table.truth[own], table.models[0].values[0, own]))
    # Blocks of equal size: weights are equal, so that the weighted means are the plain ones.
    assert rows[0]["effect"] == pytest.approx(np.mean(scores) - np.mean(ratings))
    assert rows[0]["p"] is not None
    assert len(rows) == 2


def test_two_modalities_of_a_crossed_study_are_compared_in_both_ways():
    table = make_table(readers=6, positives=15, negatives=15)
    other = make_table(readers=6, positives=15, negatives=15, seed=2)
    answers = dataclasses.replace(
        fuller_table(readers=6, positives=15, negatives=15).aided,
        decision=other.decision,
        rating=other.rating,
    )
    table = dataclasses.replace(table, further=(FurtherModality("film", answers),))
    section = build_document(table)["sections"]["modalities"]
    by_hand = [
        np.mean([auc(table.truth, row) for row in rating])
        for rating in (table.rating, other.rating)
    ]
    figure = section["figures"][0]
    assert [one["estimate"] for one in figure["modalities"]] == pytest.approx(by_hand)
    assert figure["differences"][0]["estimate"] == pytest.approx(by_hand[0] - by_hand[1])
    classical = section["obuchowski_rockette"]
    assert classical["differences"][0]["estimate"] == pytest.approx(by_hand[0] - by_hand[1])
    assert classical["p"] == pytest.approx(classical["differences"][0]["p"])


def test_readings_without_a_further_modality_have_the_reason():
    section = build_document(make_table())["sections"]["modalities"]
    assert section == {"reason": "The study has one modality."}
    assert readings_of(np.array([0, 1]), {"a": np.zeros((1, 2))}).modalities == ("a",)
