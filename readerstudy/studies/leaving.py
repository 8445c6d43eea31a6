"""The service by which readers leave a study themselves, or are left out by a rule that was locked."""

from datetime import datetime

from django.db import transaction

from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.core.errors import Conflict, NotFound
from readerstudy.studies.choices import EnrolmentState, StudyState
from readerstudy.studies.hooks import call_left
from readerstudy.studies.models import Enrolment, Study

_BEFORE_CLOSE = (StudyState.LOCKED, StudyState.READING)


def may_leave(enrolment: Enrolment) -> bool:
    """Whether the reader can still leave: they have not left yet, and the study is not closed."""
    return enrolment.state != EnrolmentState.WITHDRAWN and enrolment.study.state in _BEFORE_CLOSE


def leave_study(*, actor: User, enrolment: Enrolment, reason: str, now: datetime) -> Enrolment:
    """Takes the actor out of a study. What they answered is left out of every result, and deleted where that is declared.

    Raises NotFound for somebody else's enrolment, Conflict once the study is closed or where they left already.
    """
    if enrolment.user_id != actor.pk:
        raise NotFound("There is no such enrolment.")
    with transaction.atomic():
        # The study first, as everywhere: it cannot be closed meanwhile.
        study = Study.objects.select_for_update().get(pk=enrolment.study_id)
        if study.state not in _BEFORE_CLOSE:
            raise Conflict("The study is closed; you can no longer leave it.", code="study_closed")
        locked = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
        if locked.state == EnrolmentState.WITHDRAWN:
            raise Conflict("You have left this study already.", code="withdrawn")
        data = {"code": locked.code, "reason": reason.strip()}
        take_out(actor=actor, enrolment=locked, verb="enrolment.left", data=data, now=now)
    return locked


def take_out(
    *,
    actor: User | None,
    enrolment: Enrolment,
    verb: str,
    data: dict[str, str],
    reason: str = "",
    now: datetime,
) -> None:
    """Withdraws the reader. Call it inside a transaction that holds study and enrolment, the study not being closed.

    `reason` is what somebody wrote about a person; it stands with the enrolment, where it can be erased.
    """
    enrolment.state, enrolment.withdrawn_at = EnrolmentState.WITHDRAWN, now
    enrolment.withdrawal_reason = reason
    enrolment.save(update_fields=["state", "withdrawn_at", "withdrawal_reason"])
    study_id = enrolment.study.public_id
    record_event(actor=actor, verb=verb, subject=enrolment, now=now, study_id=study_id, data=data)
    call_left(enrolment=enrolment, actor=actor, now=now)
