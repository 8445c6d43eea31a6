"""The signs of a reader follow from their own answers, and from nothing else."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readerstudy.reading.quality import DEFAULTS, Seen, Sign, signs_of
from readerstudy.reading.quality import expected_end as end_of

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
DECISIONS = ("biopsy / further treatment", "no further treatment")


class One(NamedTuple):
    """One answer; without a time `milliseconds` is None."""

    decision: str
    confidence: int
    milliseconds: int | None
    at: datetime


def arrays(answers):
    """The answers as the cockpit has them."""
    rows = [
        (DECISIONS.index(one.decision), one.confidence, -1 if one.milliseconds is None else one.milliseconds, one.at.timestamp())
        for one in answers
    ]  # fmt: skip
    return Seen(*np.array(rows, np.int64).reshape(-1, 4).T)


def expected_end(times, *, missing, now):
    return end_of(np.array([time.timestamp() for time in times]), missing=missing, now=now)


def seen(count, *, decisions=DECISIONS, milliseconds=5_000, days_ago=1.0):
    """Answers that alternate between the decisions."""
    at = NOW - timedelta(days=days_ago)
    return [
        One(decisions[number % len(decisions)], 1 + number % 5, milliseconds, at)
        for number in range(count)
    ]


def signs(answers, total=100):
    return signs_of(arrays(answers), total=total, now=NOW)


def test_an_ordinary_reader_gives_no_sign():
    assert signs(seen(40)) == frozenset()


def test_nobody_who_has_answered_nothing_is_more_than_not_started():
    assert signs([]) == {Sign.NOT_STARTED}
    assert signs([], total=0) == frozenset()


@pytest.mark.parametrize(("days", "stalled"), [(6.9, False), (7.1, True)])
def test_a_week_without_an_answer_is_stalled_unless_all_is_done(days, stalled):
    assert (Sign.STALLED in signs(seen(40, days_ago=days))) is stalled
    assert signs(seen(100, days_ago=days)) == {Sign.FINISHED}


@pytest.mark.parametrize(
    ("fast", "slow", "given"),
    [(2, 7, False), (2, 8, True), (19, 81, False), (20, 80, True), (9, 0, False), (10, 0, True)],
)
def test_a_fifth_of_at_least_ten_timed_answers_within_three_seconds_is_very_fast(fast, slow, given):
    answers = seen(fast, milliseconds=2_999) + seen(slow, milliseconds=3_000)
    assert (Sign.TOO_FAST in signs(answers, total=1_000)) is given


def test_answers_without_a_time_are_neither_fast_nor_slow():
    assert Sign.TOO_FAST not in signs(seen(50, milliseconds=None))
    assert Sign.TOO_FAST in signs(seen(50, milliseconds=None) + seen(10, milliseconds=10))


@pytest.mark.parametrize(("count", "given"), [(14, False), (15, True)])
def test_fifteen_equal_answers_in_a_row_are_a_sign(count, given):
    same = [One(DECISIONS[1], 3, 5_000, NOW)] * count
    assert (Sign.SAME_ANSWER in signs(seen(10) + same)) is given


@pytest.mark.parametrize(("others", "given"), [(1, True), (2, False)])
def test_one_decision_for_nearly_all_cases_is_a_sign(others, given):
    answers = seen(38, decisions=DECISIONS[1:]) + seen(others, decisions=DECISIONS[:1])
    assert (Sign.SAME_ANSWER in signs(answers)) is given


@given(
    st.lists(
        st.tuples(st.sampled_from(DECISIONS), st.integers(1, 5), st.integers(0, 60_000)),
        max_size=60,
    )
)
def test_turning_every_decision_round_changes_no_sign(rows):
    """Whatever is malignant in truth: signs do not depend on which of the two decisions is which."""
    turned = {DECISIONS[0]: DECISIONS[1], DECISIONS[1]: DECISIONS[0]}
    answers = [One(decision, level, time, NOW) for decision, level, time in rows]
    other = [One(turned[decision], level, time, NOW) for decision, level, time in rows]
    assert signs(answers) == signs(other)


def test_the_end_follows_from_the_pace_of_the_last_days():
    times = [NOW - timedelta(days=day) for day in (0.5, 1, 2, 3, 4, 5, 6)] + [
        NOW - timedelta(days=30)
    ]
    end = expected_end(times, missing=10, now=NOW)
    assert (end.per_day, end.day) == (1.0, (NOW + timedelta(days=10)).date())


def test_the_end_cannot_be_told_without_a_recent_answer_or_where_nothing_is_missing():
    assert expected_end([NOW - timedelta(days=8)], missing=10, now=NOW).day is None
    assert expected_end([NOW], missing=0, now=NOW).day is None


@given(st.integers(1, 500), st.integers(1, 500))
def test_more_missing_answers_never_end_sooner(missing, more):
    times = [NOW - timedelta(hours=hour) for hour in range(1, 90)]
    soon = expected_end(times, missing=missing, now=NOW).day
    assert soon <= expected_end(times, missing=missing + more, now=NOW).day


def test_the_thresholds_are_told_in_percent():
    assert (DEFAULTS.fast_percent, DEFAULTS.same_percent) == (20, 95)
