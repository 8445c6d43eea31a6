"""How readers go about their cases, from their own answers alone: nothing here knows what is right."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from math import ceil

from django.db import models
from django.utils.translation import gettext_lazy as _


class Sign(models.TextChoices):
    """What a coordinator may want to look after."""

    NOT_STARTED = "not_started", _("Not started")
    STALLED = "stalled", _("Stalled")
    TOO_FAST = "too_fast", _("Very fast")
    SAME_ANSWER = "same_answer", _("Always the same answer")
    FINISHED = "finished", _("Finished")


@dataclass(frozen=True)
class Seen:
    """One answer that counts; `milliseconds` from the first frame with the image to the commit."""

    decision: str
    confidence: int | None
    milliseconds: int | None
    at: datetime


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
    answers: Sequence[Seen], *, total: int, now: datetime, thresholds: Thresholds = DEFAULTS
) -> frozenset[Sign]:
    """The signs of one reader, whose answers stand in the order in which the cases came; `total` cases are asked."""
    if not answers:
        return frozenset({Sign.NOT_STARTED} if total else ())
    found = {
        Sign.FINISHED: len(answers) >= total > 0,
        Sign.STALLED: len(answers) < total and _is_stalled(answers, now, thresholds),
        Sign.TOO_FAST: _is_too_fast(answers, thresholds),
        Sign.SAME_ANSWER: _is_always_the_same(answers, thresholds),
    }
    return frozenset(sign for sign, given in found.items() if given)


def _is_stalled(answers: Sequence[Seen], now: datetime, thresholds: Thresholds) -> bool:
    return max(one.at for one in answers) < now - timedelta(days=thresholds.stalled_days)


def _is_too_fast(answers: Sequence[Seen], thresholds: Thresholds) -> bool:
    timed = [one.milliseconds for one in answers if one.milliseconds is not None]
    fast = sum(time < 1000 * thresholds.fast_seconds for time in timed)
    return len(timed) >= thresholds.fast_least and 100 * fast >= thresholds.fast_percent * len(
        timed
    )


def _is_always_the_same(answers: Sequence[Seen], thresholds: Thresholds) -> bool:
    longest = max(
        sum(1 for _one in run)
        for _answer, run in groupby(answers, key=lambda one: (one.decision, one.confidence))
    )
    most = max(Counter(one.decision for one in answers).values())
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


def expected_end(times: Sequence[datetime], *, missing: int, now: datetime) -> ExpectedEnd:
    """`times` are those of all answers of readers who have not finished; the last 7 days make the pace."""
    recent = sum(now - timedelta(days=PACE_DAYS) < time <= now for time in times)
    per_day = recent / PACE_DAYS
    if not missing or not recent:
        return ExpectedEnd(None, missing, per_day)
    return ExpectedEnd((now + timedelta(days=ceil(missing / per_day))).date(), missing, per_day)
