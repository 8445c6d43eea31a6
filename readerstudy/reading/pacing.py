"""When no case follows although some are left: a break between two cases, or enough for the day.

A pause holds back the next case and never an answer: what a reader has given is always stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from readerstudy.accounts.models import User
from readerstudy.core.errors import Conflict, NotFound
from readerstudy.reading.conduct import conduct_of
from readerstudy.reading.conduct_choices import Pause
from readerstudy.reading.models import BreakEnd, Conduct
from readerstudy.reading.order import OrderState, order_state
from readerstudy.reading.screen import next_payload
from readerstudy.reading.signing import is_signed
from readerstudy.studies.choices import EnrolmentState, StudyState
from readerstudy.studies.models import Enrolment

# Who gives no answer for so long has had a break of their own.
AWAY = timedelta(minutes=10)
SKIPPED = timedelta(minutes=1)
_NO_PAUSE_AHEAD = {"pause_after": None, "pause_in": None}


@dataclass(frozen=True)
class Due:
    """A pause that is due: why, after how many cases, and since when."""

    cause: Pause
    done: int
    since: datetime


def break_cause(
    answered: Sequence[datetime], *, after_cases: int, after_minutes: int
) -> Pause | None:
    """Why a break is due after answers stored at these times, in order; None where none is. A limit of 0 is none."""
    sitting = _sitting(answered)
    if after_cases and len(sitting) >= after_cases:
        return Pause.CASES
    if after_minutes and sitting and sitting[-1] - sitting[0] >= timedelta(minutes=after_minutes):
        return Pause.MINUTES
    return None


def _sitting(answered: Sequence[datetime]) -> Sequence[datetime]:
    """The answers since the reader was last away."""
    begin = len(answered) - 1
    while begin > 0 and answered[begin] - answered[begin - 1] < AWAY:
        begin -= 1
    return answered[max(begin, 0) :]


def pause_due(enrolment: Enrolment, order: OrderState) -> Due | None:
    """The pause that holds back the reader's next case."""
    conduct = conduct_of(enrolment.study)
    return _due(conduct, order, _since_break(enrolment, conduct, order.answered_at))


def _since_break(
    enrolment: Enrolment, conduct: Conduct, answered: Sequence[datetime]
) -> Sequence[datetime]:
    """The answers that count towards the next break."""
    # Breaks are looked for only where without one a break would be due: after most answers it would not.
    if break_cause(answered, **_limits(conduct)) is None:
        return answered
    last = BreakEnd.objects.filter(enrolment=enrolment).order_by("done").last()
    return answered[last.done :] if last else answered


def _limits(conduct: Conduct) -> dict[str, int]:
    return {
        "after_cases": conduct.break_after_cases,
        "after_minutes": conduct.break_after_minutes,
    }


def _due(conduct: Conduct, order: OrderState, counted: Sequence[datetime]) -> Due | None:
    # Where a case is answered twice it is done with its second answer: no break comes between the two.
    answered, cause = order.answered_at, break_cause(counted, **_limits(conduct))
    if conduct.cases_per_day and _today(order) >= conduct.cases_per_day:
        cause = Pause.DAY
    return Due(cause, len(answered), answered[-1]) if cause else None


def _today(order: OrderState) -> int:
    return _answered_on(localdate(order.now), order.answered_at)


def _answered_on(day: date, answered: Sequence[datetime]) -> int:
    return sum(localdate(one) == day for one in answered)


def end_break(*, actor: User, enrolment: Enrolment, now: datetime) -> BreakEnd | None:
    """Writes down that the actor goes on after a break; None where none is due, as after a second press of the key.

    Raises NotFound for somebody else's enrolment, Conflict where the study is not open or the day is over.
    """
    if enrolment.user_id != actor.pk:
        raise NotFound("There is no such enrolment.")
    with transaction.atomic():
        rows = Enrolment.objects.select_for_update(of=("self",)).select_related("study__protocol")
        locked = rows.get(pk=enrolment.pk)
        _check_open(locked)
        due = pause_due(locked, order_state(locked, now=now))
        if due is None:
            return None
        if due.cause == Pause.DAY:
            raise Conflict("You have read all cases of today.", code="day_is_over")
        return BreakEnd.objects.create(
            enrolment=locked,
            cause=due.cause,
            done=due.done,
            since=due.since,
            ended_at=now,
            was_skipped=now - due.since < SKIPPED,
        )


def _check_open(enrolment: Enrolment) -> None:
    if enrolment.study.state != StudyState.READING or enrolment.state != EnrolmentState.ACTIVE:
        raise Conflict("The study is not open for reading.", code="study_not_open")


def following_payload(
    enrolment: Enrolment, order: OrderState | None = None, *, now: datetime
) -> dict[str, Any]:
    """What the reading screen goes on with at one moment; `order` is the reader's state where it is known already.

    No next case while a pause is due, and none to be changed once all is signed. `pause_after` and `pause_in` say when
    the next pause comes, so that the screen does not go on to a case that will be held back.
    """
    order = order or order_state(enrolment, now=now)
    payload = next_payload(enrolment, order)
    if payload["next"] is None:
        last = None if is_signed(enrolment) else payload["last"]
        return {**payload, "last": last, "pause": None, **_NO_PAUSE_AHEAD}
    conduct = conduct_of(enrolment.study)
    counted = _since_break(enrolment, conduct, order.answered_at)
    due = _due(conduct, order, counted)
    if due is None:
        left = _cases_left(conduct, order, counted)
        after = None if left is None else payload["done"] + left
        ahead = {"pause_after": after, "pause_in": _seconds_left(conduct, order, counted)}
        return {**payload, "pause": None, **ahead}
    held = {**payload, "next": None, "ahead": [], "images_ahead": [], **_NO_PAUSE_AHEAD}
    return {**held, "pause": due.cause.value}


def _cases_left(conduct: Conduct, order: OrderState, counted: Sequence[datetime]) -> int | None:
    """How many cases may follow before the next pause, if the reader goes on at once; None where none will come."""
    left = []
    if conduct.cases_per_day:
        left.append(conduct.cases_per_day - _today(order))
    if conduct.break_after_cases:
        left.append(conduct.break_after_cases + 1 - len(_sitting([*counted, order.now])))
    return min(left, default=None)


def _seconds_left(conduct: Conduct, order: OrderState, counted: Sequence[datetime]) -> int | None:
    """In how many seconds an answer brings the next break; None where none comes after so long."""
    if not conduct.break_after_minutes:
        return None
    begin = _sitting([*counted, order.now])[0]
    due_at = begin + timedelta(minutes=conduct.break_after_minutes)
    return max(0, int((due_at - order.now).total_seconds()))
