"""Retention dates: coordinators are reminded, and once the day has passed names no longer stand beside codes.

Answers are not touched. Somebody whom another study still needs keeps their account; in this study a nameless account
takes its place. Everybody else's account is erased.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from readerstudy.accounts.choices import SiteRole
from readerstudy.accounts.mail import send_on_commit
from readerstudy.accounts.models import Consent, User
from readerstudy.core.audit import record_event
from readerstudy.core.evidence import Erasure, erasing
from readerstudy.core.ids import new_public_id
from readerstudy.privacy.choices import ErasureReason
from readerstudy.privacy.emptying import empty_enrolment, is_erased, nobodys_address
from readerstudy.privacy.erasing import erase_person
from readerstudy.privacy.mails import retention_mail
from readerstudy.privacy.register import NO_PASSWORD
from readerstudy.reading.models import Message, MessageSeen
from readerstudy.studies.choices import StudyRole, StudyState
from readerstudy.studies.models import Enrolment, Study, StudyMember, StudyPrivacy

AHEAD = timedelta(days=30)
_OVER = (StudyState.CLOSED, StudyState.UNBLINDED, StudyState.ARCHIVED)


def remind_coordinators(*, now: datetime) -> int:
    """Mails the coordinators of every study whose date comes within a month, once. How many studies."""
    near = StudyPrivacy.objects.filter(
        names_until__lte=now.date() + AHEAD, reminded_at=None, names_erased_at=None
    )
    studies = list(near.select_related("study"))
    for privacy in studies:
        _remind(privacy, now)
    return len(studies)


def _remind(privacy: StudyPrivacy, now: datetime) -> None:
    study = privacy.study
    members = StudyMember.objects.filter(study=study, role=StudyRole.COORDINATOR)
    with transaction.atomic():
        # Claimed first: two machines that look at the same time send one mail.
        if not StudyPrivacy.objects.filter(pk=privacy.pk, reminded_at=None).update(reminded_at=now):
            return
        for user in User.objects.filter(pk__in=members.values("user"), is_active=True):
            send_on_commit(retention_mail(user, study, privacy))
        _record(study, "study.retention_reminded", now, names_until=str(privacy.names_until))


def due_studies(*, now: datetime) -> QuerySet[Study]:
    """Studies whose day has passed and whose names are still there; those that are still read wait for their close."""
    return Study.objects.filter(
        privacy__names_until__lt=now.date(), privacy__names_erased_at=None, state__in=_OVER
    )


def erase_due_names(*, now: datetime) -> list[Study]:
    """Erases the names of every study whose day has passed, and gives the studies."""
    studies = list(due_studies(now=now))
    for study in studies:
        erase_names(study=study, now=now)
    return studies


def erase_names(*, study: Study, now: datetime) -> int:
    """Cuts the link between code and person for all readers of the study. How many readers.

    One reader after the other, each in a transaction of their own: nobody's answers wait for a thousand of them, and what
    was done is done where the server stops on the way. The study counts as done once all of them are.
    """
    readers = Enrolment.objects.filter(study=study).order_by("pk").values_list("pk", flat=True)
    count = sum(_is_cut(study, pk, now) for pk in list(readers))
    with transaction.atomic():
        # Of two machines that were asked at the same moment one alone says that it is done.
        waiting = StudyPrivacy.objects.filter(study=study, names_erased_at=None)
        if waiting.update(names_erased_at=now):
            _record(study, "study.names_erased", now, readers=count)
    return count


def _is_cut(study: Study, enrolment: int, now: datetime) -> bool:
    """Whether there was a name left to cut off: of two who look at the same time one does it."""
    with transaction.atomic():
        Study.objects.select_for_update().get(pk=study.pk)
        reader = Enrolment.objects.select_related("user", "study").get(pk=enrolment)
        if is_erased(reader.user):
            return False
        _cut(reader, now)
    return True


def _record(study: Study, verb: str, now: datetime, **data: Any) -> None:
    record_event(actor=None, verb=verb, subject=study, now=now, study_id=study.public_id, data=data)


def _cut(enrolment: Enrolment, now: datetime) -> None:
    user = enrolment.user
    if _is_needed_elsewhere(user, enrolment):
        _put_nobody_in_place(enrolment, now)
        return
    reason = ErasureReason.RETENTION.value
    erase_person(actor=None, user=user, typed=user.name or user.email, reason=reason, now=now)


def _is_needed_elsewhere(user: User, enrolment: Enrolment) -> bool:
    """Whether the person is of some study's staff, an admin, or a reader of a study that still has its names."""
    others = Enrolment.objects.filter(user=user).exclude(pk=enrolment.pk)
    return (
        user.role != SiteRole.READER
        or StudyMember.objects.filter(user=user).exists()
        or others.filter(study__privacy__names_erased_at=None).exists()
    )


def _put_nobody_in_place(enrolment: Enrolment, now: datetime) -> None:
    nobody, user = _new_nobody(enrolment.user.language), enrolment.user
    study_id, reason = enrolment.study.public_id, ErasureReason.RETENTION.value
    with erasing(
        actor=None, subject=enrolment, reason=reason, now=now, study_id=study_id
    ) as erasure:
        empty_enrolment(erasure, enrolment)
        _hand_over(erasure, enrolment, user, nobody)
    Enrolment.objects.filter(pk=enrolment.pk).update(user=nobody)


def _hand_over(erasure: Erasure, enrolment: Enrolment, user: User, nobody: User) -> None:
    """Every other row of this study that leads to the person leads to nobody."""
    scope, seen = (
        enrolment.study.public_id,
        MessageSeen.objects.filter(message__enrolment=enrolment),
    )
    erasure.change(Consent.objects.filter(user=user, scope=scope), user=nobody)
    erasure.change(Message.objects.filter(enrolment=enrolment, sender=user), sender=nobody)
    erasure.change(seen.filter(user=user), user=nobody)


def _new_nobody(language: str) -> User:
    user = User(public_id=new_public_id(), name="", language=language, is_active=False)
    user.email, user.password = nobodys_address(user), NO_PASSWORD
    user.save()
    return user
