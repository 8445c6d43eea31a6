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


def signs_of(
    answers: Seen, *, total: int, now: datetime, thresholds: Thresholds = DEFAULTS
) -> frozenset[Sign]:
    """The signs of one reader of whom `total` cases are asked."""
    if not len(answers):
        return frozenset({Sign.NOT_STARTED} if total else ())
    found = {
        Sign.FINISHED: len(answers) >= total > 0,
        Sign.STALLED: len(answers) < total and _is_stalled(answers, now, thresholds),
        Sign.TOO_FAST: _is_too_fast(answers, thresholds),
        Sign.SAME_ANSWER: _is_always_the_same(answers, thresholds),
    }
    return frozenset(sign for sign, given in found.items() if given)


def _is_stalled(answers: Seen, now: datetime, thresholds: Thresholds) -> bool:
    since = now - timedelta(days=thresholds.stalled_days)
    return bool(answers.at.max() < since.timestamp())


def _is_too_fast(answers: Seen, thresholds: Thresholds) -> bool:
    timed = answers.milliseconds[answers.milliseconds >= 0]
    fast = int((timed < 1000 * thresholds.fast_seconds).sum())
    return (
        timed.size >= thresholds.fast_least and 100 * fast >= thresholds.fast_percent * timed.size
    )


def _is_always_the_same(answers: Seen, thresholds: Thresholds) -> bool:
    differs = (np.diff(answers.decision) != 0) | (np.diff(answers.grade) != 0)
    ends = np.flatnonzero(np.concatenate([[True], differs, [True]]))
    longest = int(np.diff(ends).max())
    most = int(np.unique(answers.decision, return_counts=True)[1].max())
    many = len(answers) >= thresholds.same_least
    return longest >= thresholds.same_in_a_row or (
        many and 100 * most > thresholds.same_percent * len(answers)
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
