"""The services that bring people into a study's staff and out of it."""

from datetime import datetime
from typing import Any

from django.db import transaction

from readerstudy.accounts.emails import normal_email
from readerstudy.accounts.mail import Link
from readerstudy.accounts.models import User
from readerstudy.accounts.services import invite_person
from readerstudy.core.audit import record_event
from readerstudy.core.errors import Conflict, InvalidInput
from readerstudy.core.validation import check_valid
from readerstudy.studies.blinding import (
    check_reads_none_of,
    check_truth_can_be_shown,
    hold_cases,
)
from readerstudy.studies.choices import StudyRole, StudyState
from readerstudy.studies.models import FormerMember, Study, StudyMember
from readerstudy.studies.permissions import check_may_coordinate


def appoint(
    *,
    actor: User,
    study: Study,
    email: str,
    role: str,
    name: str = "",
    language: str = "en",
    link: Link | None = None,
    now: datetime,
) -> tuple[StudyMember, str]:
    """The new member of the staff and the token of an invitation (empty for people who have come in before).

    Somebody without an account is invited to one, but for coordinators, whose accounts admins make. Raises NotAllowed,
    InvalidInput(s), and Conflict for somebody who has a role in the study already, or is a reader of its cases.
    """
    check_may_coordinate(actor, study)
    if role not in StudyRole.values:
        raise InvalidInput("There is no such role.", code="unknown_role", field="role")
    with transaction.atomic():
        _lock(study)
        _check_account(email, role)
        user, token = invite_person(
            actor=actor,
            email=email,
            name=name,
            language=language,
            occasion=study.title,
            link=link,
            readers_only=False,
            now=now,
        )
        member = _stored(study, user, role)
        if role == StudyRole.TRUTH_KEEPER:
            _check_keeper(study, token)
        _record("staff.appointed", actor, member, now)
    return member, token


def _check_account(email: str, role: str) -> None:
    """Coordinators change a study: their accounts come from an admin and are guarded as such."""
    if role != StudyRole.COORDINATOR:
        return
    user = User.objects.filter(email=normal_email(email)).first()
    if user is None or not user.can_coordinate:
        raise InvalidInput(
            f"{normal_email(email)} is not the account of a coordinator; an admin makes one.",
            code="not_a_coordinator",
            field="email",
        )


def _check_keeper(study: Study, token: str) -> None:
    """Who sees the truth before everybody is known before anybody reads, and is no account that was made up for it."""
    if study.state != StudyState.DRAFT:
        sentence = "A truth keeper is appointed before the study is locked."
        raise Conflict(sentence, code="keeper_too_late", field="role")
    # A second draft on the same cases would else be a way around the lock of the first.
    check_truth_can_be_shown(study)
    if token:
        sentence = "A truth keeper needs an account that is in use: invite the person to it first."
        raise InvalidInput(sentence, code="keeper_unknown", field="email")


def _stored(study: Study, user: User, role: str) -> StudyMember:
    known = study.members.filter(user=user).first()
    if known is not None:
        message = f"{user.email} already belongs to the staff of this study."
        raise Conflict(message, code="appointed_twice", field="email")
    check_reads_none_of(user, study.image_set_id)
    member = StudyMember(study=study, user=user, role=role)
    check_valid(member, exclude={"study", "user"})
    member.save()
    return member


def dismiss(*, actor: User, member: StudyMember, now: datetime) -> FormerMember:
    """Takes somebody out of the study's staff; that they belonged to it stays stored.

    Raises NotAllowed, and Conflict for the last coordinator.
    """
    study = member.study
    check_may_coordinate(actor, study)
    with transaction.atomic():
        _lock(study)
        coordinators = study.members.filter(role=StudyRole.COORDINATOR)
        if not coordinators.exclude(pk=member.pk).exists():
            raise Conflict(
                "This is the study's last coordinator: appoint another one first.",
                code="last_coordinator",
            )
        _record("staff.dismissed", actor, member, now)
        former = FormerMember.objects.create(
            study=study, user=member.user, role=member.role, removed_at=now
        )
        member.delete()
    return former


def _lock(study: Study) -> None:
    Study.objects.select_for_update().get(pk=study.pk)
    hold_cases(study)


def _record(verb: str, actor: User, member: StudyMember, now: datetime, **data: Any) -> None:
    record_event(
        actor=actor,
        verb=verb,
        subject=member.study,
        now=now,
        study_id=member.study.public_id,
        data={"person": member.user.public_id, "role": member.role, **data},
    )
