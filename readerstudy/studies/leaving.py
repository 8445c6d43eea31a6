"""The service by which readers leave a study themselves, or are left out by a rule that was locked."""

from datetime import datetime

from django.db import transaction

from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.core.errors import Conflict, NotFound
from readerstudy.studies.choices import EnrolmentState, StudyState
from readerstudy.studies.models import Enrolment, Study

_BEFORE_CLOSE = (StudyState.LOCKED, StudyState.READING)


def may_leave(enrolment: Enrolment) -> bool:
    """Whether the reader can still leave: they have not left yet, and the study is not closed."""
    return enrolment.state != EnrolmentState.WITHDRAWN and enrolment.study.state in _BEFORE_CLOSE


def leave_study(*, actor: User, enrolment: Enrolment, reason: str, now: datetime) -> Enrolment:
    """Takes the actor out of a study. What they answered stays stored and is left out of every result.

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
        locked.state, locked.withdrawn_at = EnrolmentState.WITHDRAWN, now
        locked.save(update_fields=["state", "withdrawn_at"])
        record_event(
            actor=actor,
            verb="enrolment.left",
            subject=locked,
            now=now,
            study_id=study.public_id,
            data={"code": locked.code, "reason": reason.strip()},
        )
    return locked
