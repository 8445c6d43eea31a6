"""The services that erase a person: on request, or because nothing needs the name any more."""

from datetime import datetime

from django.db import DatabaseError, transaction

from readerstudy.accounts.choices import SiteRole
from readerstudy.accounts.mail import send_on_commit
from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.core.errors import Conflict, InvalidInput, NotAllowed
from readerstudy.core.evidence import erasing
from readerstudy.privacy.choices import ErasureReason
from readerstudy.privacy.emptying import empty_person, is_erased
from readerstudy.privacy.mails import erased_mail
from readerstudy.privacy.models import ErasureRequest
from readerstudy.studies.choices import EnrolmentState, StudyRole, StudyState
from readerstudy.studies.leaving import take_out
from readerstudy.studies.models import Enrolment, Study, StudyMember

_OPEN = (StudyState.LOCKED, StudyState.READING)
# PostgreSQL: no privilege, and what the triggers of evidence raise (restrict_violation); SQLite: what a trigger raises.
_FORBIDDEN = frozenset({"42501", "23001", "SQLITE_CONSTRAINT_TRIGGER"})


def ask_for_erasure(*, actor: User, now: datetime) -> ErasureRequest:
    """The actor asks for the erasure of their account; asking again changes nothing."""
    with transaction.atomic():
        request, created = ErasureRequest.objects.get_or_create(
            user=actor, done_at=None, defaults={"asked_at": now}
        )
        if created:
            record_event(actor=actor, verb="account.erasure_asked", subject=actor, now=now)
    return request


def take_back_request(*, actor: User, now: datetime) -> None:
    """The actor wants to stay after all. Raises Conflict where they did not ask."""
    with transaction.atomic():
        if not ErasureRequest.objects.filter(user=actor, done_at=None).delete()[0]:
            raise Conflict("You have not asked for an erasure.", code="not_asked")
        record_event(actor=actor, verb="account.erasure_not_wanted", subject=actor, now=now)


def erase_person(
    *, actor: User | None, user: User, typed: str, reason: str, now: datetime
) -> dict[str, int]:
    """Leaves of the person nothing but the number of their account. Model → how many rows were emptied or deleted.

    They leave open studies first, by the rule that each declared. `actor` is None for the operator and for retention
    dates. Raises NotAllowed for others than admins, InvalidInput where the name is typed otherwise or the reason is
    unknown, Conflict for the last admin, a study's only coordinator, an account erased before, and where the database
    lets only the operator erase.
    """
    if actor is not None and not actor.can_administer:
        raise NotAllowed("Only admins may erase an account.")
    if reason not in ErasureReason.values:
        raise InvalidInput("Choose a reason for the erasure.", field="reason")
    if " ".join(typed.split()).casefold() != _name_of(user).casefold():
        raise InvalidInput("This is not the name of the account.", field="typed")
    try:
        with transaction.atomic():
            locked = User.objects.select_for_update().get(pk=user.pk)
            _check_can_go(locked)
            return _erased(actor, locked, reason, now)
    except DatabaseError as error:
        if not _is_forbidden(error):
            raise
        raise Conflict(
            "This web server may not erase: run manage.py erase_person on the server.",
            code="operator_only",
        ) from error


def _is_forbidden(error: DatabaseError) -> bool:
    """Whether the web server's role has no right at the gate, or a trigger refuses. Anything else may pass: a deadlock does."""
    told = {getattr(error.__cause__, name, "") for name in ("sqlstate", "sqlite_errorname")}
    return bool(told & _FORBIDDEN)


def _name_of(user: User) -> str:
    return " ".join((user.name or user.email).split())


def _check_can_go(user: User) -> None:
    if is_erased(user):
        raise Conflict("This account is erased already.", code="erased")
    admins = User.objects.filter(role=SiteRole.ADMIN, is_active=True).exclude(pk=user.pk)
    if user.can_administer and not admins.exists():
        raise Conflict("This is the last admin; make another one first.", code="last_admin")
    for study in _coordinated_alone(user):
        raise Conflict(
            f"This is the only coordinator of {study.title}: hand the study over, or archive it first.",
            code="only_coordinator",
        )


def _coordinated_alone(user: User) -> list[Study]:
    coordinators = StudyMember.objects.filter(role=StudyRole.COORDINATOR)
    mine = Study.objects.filter(pk__in=coordinators.filter(user=user).values("study"))
    others = coordinators.exclude(user=user).values("study")
    return list(mine.exclude(state=StudyState.ARCHIVED).exclude(pk__in=others)[:1])


def _erased(actor: User | None, user: User, reason: str, now: datetime) -> dict[str, int]:
    mail = erased_mail(user)
    _hold(user)
    for enrolment in Enrolment.objects.select_related("study").filter(user=user):
        _leave(actor, enrolment, now)
    with erasing(actor=actor, subject=user, reason=reason, now=now) as erasure:
        counts = empty_person(erasure, user)
    ErasureRequest.objects.filter(user=user, done_at=None).update(done_at=now)
    data = {"reason": reason, "rows": counts}
    record_event(actor=actor, verb="account.erased", subject=user, now=now, data=data)
    send_on_commit(mail)
    return counts


def _hold(user: User) -> None:
    """All of the person's studies, then all of their enrolments, before the first event: the trail is held from that on.

    Whoever closes one of these studies, or answers in it, holds them in the same order.
    """
    own = Enrolment.objects.filter(user=user).order_by("pk")
    studies = Study.objects.filter(pk__in=own.order_by().values("study")).order_by("pk")
    list(studies.select_for_update().values_list("pk", flat=True))
    list(own.select_for_update().values_list("pk", flat=True))


def _leave(actor: User | None, enrolment: Enrolment, now: datetime) -> None:
    """A draft forgets the reader; an open study lets them go by its rule; closed ones keep answers under the code."""
    study = Study.objects.select_for_update().get(pk=enrolment.study_id)
    data = {"code": enrolment.code, "reason": "erasure"}
    if study.state == StudyState.DRAFT:
        verb, study_id = "enrolment.withdrawn", study.public_id
        record_event(
            actor=actor, verb=verb, subject=enrolment, now=now, study_id=study_id, data=data
        )
        _delete_with_messages(actor, enrolment, now)
    elif study.state in _OPEN and enrolment.state != EnrolmentState.WITHDRAWN:
        take_out(actor=actor, enrolment=enrolment, verb="enrolment.left", data=data, now=now)


def _delete_with_messages(actor: User | None, enrolment: Enrolment, now: datetime) -> None:
    study_id = enrolment.study.public_id
    if not (enrolment.messages.exists() or enrolment.reminders.exists()):
        enrolment.delete()
        return
    with erasing(
        actor=actor, subject=enrolment, reason="erasure", now=now, study_id=study_id
    ) as erasure:
        for message in enrolment.messages.all():
            erasure.erase(message.seen.all())
        erasure.erase(enrolment.messages.all())
        erasure.erase(enrolment.reminders.all())
    enrolment.delete()
