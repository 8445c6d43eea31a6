"""What a reader reads on, recorded once for each session of their browser."""

from collections.abc import MutableMapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction

from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.core.errors import Conflict, NotFound
from readerstudy.core.user_agents import software_of
from readerstudy.core.validation import check_valid
from readerstudy.reading.conduct import conduct_of
from readerstudy.reading.models import Environment
from readerstudy.studies.choices import EnrolmentState, StudyState
from readerstudy.studies.models import Enrolment

_MARK = "environments"


def environment_missing(enrolment: Enrolment, session: MutableMapping[str, Any]) -> bool:
    """Whether the study records what is read on and this session of the browser has not told it yet."""
    return (
        enrolment.state == EnrolmentState.ACTIVE
        and enrolment.study.state == StudyState.READING
        and enrolment.public_id not in session.get(_MARK, [])
        and conduct_of(enrolment.study).records_environment
    )


def mark_recorded(enrolment: Enrolment, session: MutableMapping[str, Any]) -> None:
    """Remembers in the session that it has told."""
    session[_MARK] = [*session.get(_MARK, []), enrolment.public_id]


def record_environment(
    *, actor: User, enrolment: Enrolment, user_agent: str, now: datetime, **measured: Any
) -> Environment:
    """Stores what the actor's browser measured and what they say of the room's light.

    Raises NotFound for somebody else's enrolment, Conflict where it is not recorded or the study is not open,
    InvalidInputs for values off their scales.
    """
    if enrolment.user_id != actor.pk:
        raise NotFound("There is no such enrolment.")
    _check_wanted(enrolment)
    software = asdict(software_of(user_agent))
    row = Environment(enrolment=enrolment, recorded_at=now, **software, **measured)
    check_valid(row, exclude={"enrolment"})
    with transaction.atomic():
        row.save()
        record_event(
            actor=actor,
            verb="environment.recorded",
            subject=row,
            now=now,
            study_id=enrolment.study.public_id,
        )
    return row


def _check_wanted(enrolment: Enrolment) -> None:
    study = enrolment.study
    if study.state != StudyState.READING or enrolment.state != EnrolmentState.ACTIVE:
        raise Conflict("The study is not open for reading.", code="study_not_open")
    if not conduct_of(study).records_environment:
        raise Conflict("This study does not record what is read on.", code="not_recorded")
