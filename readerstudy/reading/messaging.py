"""Readers and coordinators write to each other. The text stays on the site: no mail and no audit trail has it."""

from collections.abc import Callable, Collection
from datetime import UTC, datetime

from django.db import transaction

from readerstudy.accounts.mail import mails_together
from readerstudy.accounts.models import User
from readerstudy.core.audit import events_together, record_event
from readerstudy.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from readerstudy.reading.message_mail import tell_on_commit
from readerstudy.reading.message_models import MOST_CHARACTERS
from readerstudy.reading.models import Message, MessageSeen
from readerstudy.reading.threads import may_write_in, reachable_readers, unseen
from readerstudy.studies.choices import StudyRole
from readerstudy.studies.models import Enrolment, Study
from readerstudy.studies.permissions import check_may_coordinate, conducted_studies

MOST_A_DAY = 20
# The address of the page with this reader's thread, as the other side opens it.
ThreadLink = Callable[[Enrolment], str]


def write_to_coordinators(
    *, actor: User, enrolment: Enrolment, text: str, link: ThreadLink, now: datetime
) -> Message:
    """A reader writes to the study's coordinators, who are told by mail. Withdrawn readers can write too.

    Raises NotFound for somebody else's enrolment, InvalidInput for a text that is empty or too long, Conflict in a
    draft, in an archived study, and after so many messages on one day (UTC).
    """
    if enrolment.user_id != actor.pk:
        raise NotFound("There is no such enrolment.")
    given = _text(text)
    with transaction.atomic():
        study = _locked(enrolment.study)
        _check_number_of_today(enrolment, now)
        message = _store(actor, enrolment, given, now, is_from_reader=True)
        for member in study.members.filter(role=StudyRole.COORDINATOR).select_related("user"):
            tell_on_commit(user=member.user, address=link(enrolment))
    return message


def reply(
    *, actor: User, enrolment: Enrolment, text: str, link: ThreadLink, now: datetime
) -> Message:
    """A coordinator writes into the thread of one reader, who is told by mail; to a withdrawn one too.

    Raises NotAllowed, InvalidInput for a text that is empty or too long, Conflict in a draft and an archived study.
    """
    check_may_coordinate(actor, enrolment.study)
    given = _text(text)
    with transaction.atomic():
        _locked(enrolment.study)
        return _send(actor, enrolment, given, link, now)


def send_to_readers(
    *,
    actor: User,
    study: Study,
    codes: Collection[str],
    text: str,
    link: ThreadLink,
    now: datetime,
) -> list[Message]:
    """A coordinator writes the same to several readers, each in their own thread: nobody sees who else has it.

    Raises NotAllowed, InvalidInput where nobody is chosen or the text is empty or too long, Conflict where one of them
    does not take part or has not come in yet, in a draft and in an archived study; nothing is sent then.
    """
    check_may_coordinate(actor, study)
    given = _text(text)
    with transaction.atomic():
        chosen = _chosen(_locked(study), codes)
        with mails_together(), events_together():
            return [_send(actor, enrolment, given, link, now) for enrolment in chosen]


def mark_seen(*, actor: User, enrolment: Enrolment, is_reader: bool, now: datetime) -> None:
    """Remembers that the actor has seen what the other side wrote in this thread, each message once.

    Raises NotFound for a reader who is not the thread's, NotAllowed for people who may not read the study's messages.
    """
    if is_reader and enrolment.user_id != actor.pk:
        raise NotFound("There is no such enrolment.")
    if not is_reader and not conducted_studies(actor).filter(pk=enrolment.study_id).exists():
        raise NotAllowed("Only the study's staff may do this.")
    new = unseen(actor, is_from_reader=not is_reader).filter(enrolment=enrolment)
    seen = [MessageSeen(message=one, user=actor, seen_at=now) for one in new]
    # Two windows may open the page at once.
    MessageSeen.objects.bulk_create(seen, ignore_conflicts=True)


def _text(text: str) -> str:
    given = text.replace("\r\n", "\n").strip()
    if not 0 < len(given) <= MOST_CHARACTERS:
        raise InvalidInput(f"A message has 1 to {MOST_CHARACTERS} characters.", field="text")
    return given


def _locked(study: Study) -> Study:
    """The study, which cannot go on to another state meanwhile."""
    locked = Study.objects.select_for_update().get(pk=study.pk)
    if not may_write_in(locked):
        raise Conflict(f"The study is {locked.state}; no messages are written in it.")
    return locked


def _check_number_of_today(enrolment: Enrolment, now: datetime) -> None:
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    own = Message.objects.filter(enrolment=enrolment, is_from_reader=True)
    if own.filter(sent_at__gte=midnight).count() >= MOST_A_DAY:
        raise Conflict(
            f"You have written {MOST_A_DAY} messages today; the next one can be written tomorrow.",
            code="too_many_messages",
            field="text",
        )


def _chosen(study: Study, codes: Collection[str]) -> list[Enrolment]:
    known = {one.code: one for one in reachable_readers(study)}
    if not codes:
        raise InvalidInput("No reader is chosen.", field="codes")
    for code in codes:
        if code not in known:
            raise Conflict(
                f"{code} cannot be written to: they do not take part, or have not come in yet.",
                field="codes",
            )
    return [known[code] for code in sorted(set(codes))]


def _send(actor: User, enrolment: Enrolment, text: str, link: ThreadLink, now: datetime) -> Message:
    message = _store(actor, enrolment, text, now, is_from_reader=False)
    tell_on_commit(user=enrolment.user, address=link(enrolment))
    return message


def _store(
    actor: User, enrolment: Enrolment, text: str, now: datetime, *, is_from_reader: bool
) -> Message:
    message = Message.objects.create(
        enrolment=enrolment, is_from_reader=is_from_reader, sender=actor, text=text, sent_at=now
    )
    record_event(
        actor=actor,
        verb="message.written" if is_from_reader else "message.sent",
        subject=enrolment,
        now=now,
        study_id=enrolment.study.public_id,
        data={"code": enrolment.code},
        evidence=[message],
    )
    return message
