"""How readers go about their cases, from their own answers alone: nothing here knows what is right."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil

import numpy as np
from django.db import models
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

Numbers = NDArray[np.int64]


class Sign(models.TextChoices):
    """What a coordinator may want to look after."""

    NOT_STARTED = "not_started", _("Not started")
    STALLED = "stalled", _("Stalled")
    TOO_FAST = "too_fast", _("Very fast")
    SAME_ANSWER = "same_answer", _("Always the same answer")
    FINISHED = "finished", _("Finished")


@dataclass(frozen=True, eq=False)
class Seen:
    """One reader's answers that count, in the order of the cases. Arrays, since a study may have a million of them.

    `decision` and `grade` (confidence, or value on the scale) only have to differ where the answers do; `milliseconds`
    from the first frame with the image to the commit, negative where it is not known; `at` in seconds since 1970.
    """

    decision: Numbers
    grade: Numbers
    milliseconds: Numbers
    at: Numbers

    def __len__(self) -> int:
        return int(self.decision.size)


@dataclass(frozen=True)
class Thresholds:
    """When a sign is given. Fast answers (FIELD: under 3 s) are only a sign where they are many."""

    stalled_days: int = 7
    fast_seconds: float = 3.0
    fast_percent: int = 20
    fast_least: int = 10
    same_in_a_row: int = 15
    same_percent: int = 95
    same_least: int = 30


DEFAULTS = Thresholds()


@dataclass(frozen=True)
class Habits:
    """The numbers of one reader's answers that count from which the signs are told; `last_at` in seconds since 1970."""

    answers: int = 0
    last_at: int = 0
    timed: int = 0
    fast: int = 0
    same_in_a_row: int = 0
    of_one_decision: int = 0


def habits_of(answers: Seen, *, fast_seconds: float) -> Habits:
    """`fast` are the answers whose time is known and shorter than so many seconds."""
    if not len(answers):
        return Habits()
    timed = answers.milliseconds[answers.milliseconds >= 0]
    return Habits(
        answers=len(answers),
        last_at=int(answers.at.max()),
        timed=int(timed.size),
        fast=int((timed < 1000 * fast_seconds).sum()),
        same_in_a_row=_longest_row(answers),
        of_one_decision=int(np.unique(answers.decision, return_counts=True)[1].max()),
    )


def _longest_row(answers: Seen) -> int:
    """How many cases in a row had the same answer, at most."""
    differs = (np.diff(answers.decision) != 0) | (np.diff(answers.grade) != 0)
    ends = np.flatnonzero(np.concatenate([[True], differs, [True]]))
    return int(np.diff(ends).max())


def signs_of(
    answers: Seen, *, total: int, now: datetime, thresholds: Thresholds = DEFAULTS
) -> frozenset[Sign]:
    """The signs of one reader of whom `total` cases are asked."""
    habits = habits_of(answers, fast_seconds=thresholds.fast_seconds)
    return signs_from(habits, total=total, now=now, thresholds=thresholds)


def signs_from(
    habits: Habits, *, total: int, now: datetime, thresholds: Thresholds
) -> frozenset[Sign]:
    """The same where the answers are counted already, the fast ones by these very thresholds."""
    if not habits.answers:
        return frozenset({Sign.NOT_STARTED} if total else ())
    found = {
        Sign.FINISHED: habits.answers >= total > 0,
        Sign.STALLED: habits.answers < total and _is_stalled(habits, now, thresholds),
        Sign.TOO_FAST: _is_too_fast(habits, thresholds),
        Sign.SAME_ANSWER: _is_always_the_same(habits, thresholds),
    }
    return frozenset(sign for sign, given in found.items() if given)


def _is_stalled(habits: Habits, now: datetime, thresholds: Thresholds) -> bool:
    since = now - timedelta(days=thresholds.stalled_days)
    return habits.last_at < since.timestamp()


def _is_too_fast(habits: Habits, thresholds: Thresholds) -> bool:
    many = habits.timed >= thresholds.fast_least
    return many and 100 * habits.fast >= thresholds.fast_percent * habits.timed


def _is_always_the_same(habits: Habits, thresholds: Thresholds) -> bool:
    many = habits.answers >= thresholds.same_least
    return habits.same_in_a_row >= thresholds.same_in_a_row or (
        many and 100 * habits.of_one_decision > thresholds.same_percent * habits.answers
    )


@dataclass(frozen=True)
class ExpectedEnd:
    """When all answers would be there at the pace of the last days; no `day` where that cannot be told."""

    day: date | None
    missing: int
    per_day: float


PACE_DAYS = 7


def expected_end(times: Numbers, *, missing: int, now: datetime) -> ExpectedEnd:
    """`times` (seconds since 1970) are those of all answers of readers who have not finished; the last 7 days make the pace."""
    since = (now - timedelta(days=PACE_DAYS)).timestamp()
    recent = int(((since < times) & (times <= now.timestamp())).sum())
    per_day = recent / PACE_DAYS
    if not missing or not recent:
        return ExpectedEnd(None, missing, per_day)
    return ExpectedEnd((now + timedelta(days=ceil(missing / per_day))).date(), missing, per_day)
