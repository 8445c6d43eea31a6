"""Times and the order of cases against plain loops and ordinary least squares written out."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats as scipy_stats

from readerstudy.results.gathering import _Places, _undisturbed
from readerstudy.results.readings import FetchedReadings
from readerstudy.results.sections import NotComputableError
from readerstudy.results.sections.reading_time import reading_time
from readerstudy.results.sections.two_way import slope
from tests.results.factories import fuller_table, make_table


def slope_by_dummies(y, x):
    """The last coefficient of least squares with a column for each reader and each case."""
    j, k = np.nonzero(~(np.isnan(y) | np.isnan(x)))
    columns = [(j == reader) for reader in range(y.shape[0])]
    columns += [(k == case) for case in range(y.shape[1])]
    design = np.column_stack([*columns, x[j, k]]).astype(float)
    return np.linalg.lstsq(design, y[j, k], rcond=None)[0][-1]


@pytest.fixture
def answers():
    rng = np.random.default_rng(4)
    place = np.argsort(rng.random((9, 14)), axis=1).argsort(axis=1) + 1.0
    y = rng.normal(size=(9, 1)) + rng.normal(size=14) - 0.02 * place + rng.normal(0, 0.3, (9, 14))
    y[rng.random((9, 14)) < 0.2] = np.nan
    return y, place


def test_the_slope_is_that_of_least_squares_with_a_constant_for_each_reader_and_case(answers):
    found = slope(*answers)
    assert found.value == pytest.approx(slope_by_dummies(*answers))
    assert found.n == int((~np.isnan(answers[0])).sum())


def test_its_interval_is_the_jackknife_over_readers(answers):
    y, place = answers
    left_out = np.array(
        [
            slope_by_dummies(np.delete(y, reader, 0), np.delete(place, reader, 0))
            for reader in range(9)
        ]
    )
    se = np.sqrt(8 / 9 * ((left_out - left_out.mean()) ** 2).sum())
    found = slope(y, place)
    assert found.se == pytest.approx(se)
    assert found.high - found.low == pytest.approx(2 * scipy_stats.t.ppf(0.975, 8) * se)
    assert found.p == pytest.approx(2 * scipy_stats.t.sf(abs(found.value) / se, 8))


def test_readers_without_a_common_case_are_no_obstacle():
    rng = np.random.default_rng(7)
    y, place = rng.normal(size=(8, 12)), np.argsort(rng.random((8, 12)), axis=1) + 1.0
    y[:4, 6:], y[4:, :6] = np.nan, np.nan
    assert slope(y, place).value == pytest.approx(slope_by_dummies(y, place))


def test_the_same_order_for_all_cannot_tell_place_from_case():
    y = np.random.default_rng(1).normal(size=(5, 6))
    found = slope(y, np.tile(np.arange(1.0, 7), (5, 1)))
    assert found.value is None
    assert "same order" in found.reason


def test_two_readers_have_no_jackknife():
    found = slope(np.ones((2, 3)), np.ones((2, 3)))
    assert found.value is None
    assert "three readers" in found.reason


def test_disturbed_answers_are_left_out_and_counted():
    table = fuller_table()
    found = reading_time(table)
    assert found["excluded"]["disturbed"] == int((~table.undisturbed).sum()) > 0
    assert found["excluded"]["share_disturbed"] == pytest.approx((~table.undisturbed).mean())
    seconds = sorted(table.milliseconds[table.undisturbed] / 1000)
    assert found["all"]["n"] == len(seconds)
    assert found["all"]["median"] == pytest.approx(np.median(seconds))
    row = found["readers"][2]
    own = table.milliseconds[2][table.undisturbed[2]] / 1000
    assert (row["code"], row["n"]) == ("R-2", own.size)
    assert (row["low"], row["high"]) == pytest.approx(tuple(np.quantile(own, [0.25, 0.75])))


def test_what_disturbed_may_be_unknown():
    found = reading_time(dataclasses.replace(fuller_table(), undisturbed=None))
    assert found["all"]["n"] == 6 * 17
    assert found["excluded"]["disturbed"] is None
    assert found["excluded"]["reason"]


def test_right_and_wrong_answers_are_told_apart_by_class():
    table = dataclasses.replace(fuller_table(), undisturbed=None)
    rows = {(row["malignant"], row["right"]): row for row in reading_time(table)["outcomes"]}
    missed = [
        table.milliseconds[j, k] / 1000
        for j in range(6)
        for k in range(17)
        if table.truth[k] == 1 and table.decision[j, k] == 0
    ]
    assert rows[True, False]["n"] == len(missed)
    assert rows[True, False]["median"] == pytest.approx(np.median(missed))
    assert sum(row["n"] for row in rows.values()) == 6 * 17


def test_wrong_against_right_is_a_ratio_within_readers():
    table = dataclasses.replace(fuller_table(readers=8, negatives=20), undisturbed=None)
    logs = np.log(table.milliseconds)
    gaps = [
        logs[j][table.decision[j] != table.truth].mean()
        - logs[j][table.decision[j] == table.truth].mean()
        for j in range(8)
    ]
    found = reading_time(table)["wrong_against_right"]
    expected = scipy_stats.t.interval(0.95, 7, np.mean(gaps), scipy_stats.sem(gaps))
    assert found["value"] == pytest.approx(np.exp(np.mean(gaps)))
    assert (found["low"], found["high"]) == pytest.approx(tuple(np.exp(expected)))
    wrong = (table.decision != table.truth).astype(float)
    of_a_case = reading_time(table)["wrong_against_right_of_a_case"]
    assert of_a_case["value"] == pytest.approx(np.exp(slope_by_dummies(logs, wrong)))


def test_the_order_has_ten_tenths_and_the_ratio_over_ten_places():
    table = fuller_table(readers=5, positives=10, negatives=30)
    seconds = np.where(table.undisturbed, table.milliseconds / 1000, np.nan)
    order = reading_time(table)["order"]
    first = order["tenths"][0]
    own = table.place <= 4
    assert [row["tenth"] for row in order["tenths"]] == list(range(1, 11))
    assert first["graded"] == 5 * 4
    assert first["share_right"] == pytest.approx((table.decision == table.truth)[own].mean())
    assert first["median"] == pytest.approx(np.nanmedian(seconds[own]))
    expected = slope_by_dummies(np.log(seconds), table.place)
    assert order["time_ratio"]["value"] == pytest.approx(np.exp(10 * expected))
    right = (table.decision == table.truth).astype(float)
    assert order["right_change"]["value"] == pytest.approx(
        10 * slope_by_dummies(right, table.place)
    )


def test_a_known_slowing_is_found():
    table = fuller_table(readers=20, positives=10, negatives=30)
    slower = 1000 * np.exp(0.03 * table.place)
    found = reading_time(dataclasses.replace(table, milliseconds=slower, undisturbed=None))["order"]
    assert found["time_ratio"]["value"] == pytest.approx(np.exp(0.3))
    assert found["tenths"][0]["fitted_seconds"] < found["tenths"][9]["fitted_seconds"]


def test_without_times_or_places_there_is_a_reason():
    with pytest.raises(NotComputableError, match="No time"):
        reading_time(make_table())
    found = reading_time(dataclasses.replace(fuller_table(), place=None))
    assert found["order"] == {"reason": "The order of the cases is not known."}
    disturbed = dataclasses.replace(fuller_table(), undisturbed=np.zeros((6, 17), bool))
    with pytest.raises(NotComputableError, match="disturbed"):
        reading_time(disturbed)


def test_times_of_unknown_quality_are_not_taken_for_disturbed():
    study = SimpleNamespace(
        enrolments=[SimpleNamespace(pk=1)], cases=[SimpleNamespace(pk=n) for n in (5, 6)]
    )
    places = _Places(study.enrolments, study.cases)
    known = dict.fromkeys(("decision", "rating", "milliseconds"), np.zeros(2))
    keys = {"enrolment": np.array([1, 1]), "case": np.array([5, 6])}
    nothing, one = np.array([False, False]), np.array([True, False])
    unknown = FetchedReadings(**keys, **known, undisturbed=nothing, timed=nothing)
    assert _undisturbed(unknown, places) is None
    of_one = FetchedReadings(**keys, **known, undisturbed=one, timed=one)
    assert _undisturbed(of_one, places).tolist() == [[True, False]]
