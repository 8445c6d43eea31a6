"""What is read of the messages between readers and coordinators: threads, and what is new to whom."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, Max, OuterRef, QuerySet, Subquery

from readerstudy.accounts.models import User
from readerstudy.accounts.selectors import who_came_in
from readerstudy.core.errors import NotFound
from readerstudy.reading.models import Message, MessageSeen
from readerstudy.studies.choices import StudyState
from readerstudy.studies.models import Enrolment, Study
from readerstudy.studies.selectors import readers_found, taking_part

_NOBODY_WRITES = (StudyState.DRAFT, StudyState.ARCHIVED)


@dataclass(frozen=True)
class Line:
    """One message as one side sees it: whether that side wrote it, and whether this person has not seen it yet."""

    message: Message
    is_own: bool
    is_new: bool


@dataclass(frozen=True)
class Thread:
    """One line of the staff's list. `unread` counts what this person has not seen."""

    enrolment: Enrolment
    count: int
    last_at: datetime
    is_answered: bool
    unread: int


def may_write_in(study: Study) -> bool:
    """Whether messages can be written: not in a draft, and not once the study is archived."""
    return study.state not in _NOBODY_WRITES


def thread_of(enrolment: Enrolment, *, user: User, is_reader: bool) -> list[Line]:
    """The reader's messages and the answers, oldest first, as the reader or the staff sees them. One query."""
    rows = Message.objects.filter(enrolment=enrolment).select_related("sender", "enrolment")
    seen = Exists(MessageSeen.objects.filter(message=OuterRef("pk"), user=user))
    return [
        Line(row, is_own, not is_own and not row.is_seen)
        for row in rows.annotate(is_seen=seen).order_by("sent_at", "pk")
        for is_own in [row.is_from_reader == is_reader]
    ]


def unread_by_reader(enrolment: Enrolment) -> int:
    """How many messages of coordinators the reader has not seen."""
    return unseen(enrolment.user, is_from_reader=False).filter(enrolment=enrolment).count()


def unread_by_enrolment(user: User) -> Counter[int]:
    """Enrolment → how many messages of coordinators the reader has not seen, of all their studies. One query."""
    rows = unseen(user, is_from_reader=False).filter(enrolment__user=user).order_by()
    return Counter(dict(rows.values_list("enrolment").annotate(Count("pk"))))


def unread_in_study(study: Study, *, user: User) -> int:
    """How many messages of the study's readers this person has not seen."""
    return unseen(user, is_from_reader=True).filter(enrolment__study=study).count()


def unseen(user: User, *, is_from_reader: bool) -> QuerySet[Message]:
    """The messages from this side, of all studies, that the person has not seen."""
    seen = MessageSeen.objects.filter(message=OuterRef("pk"), user=user)
    return Message.objects.filter(~Exists(seen), is_from_reader=is_from_reader)


def threads_of(study: Study, *, user: User, search: str = "") -> list[Thread]:
    """Every thread with a message, those with something new to this person first, then the newest. Two queries.

    Withdrawn readers are included; with `search` those who are found alone.
    """
    newest = Message.objects.filter(enrolment=OuterRef("pk")).order_by("-sent_at", "-pk")
    rows = (
        readers_found(study.enrolments.filter(messages__isnull=False), search)
        .select_related("user")
        .annotate(
            count=Count("messages"),
            last_at=Max("messages__sent_at"),
            last_is_from_reader=Subquery(newest.values("is_from_reader")[:1]),
        )
    )
    new = unseen(user, is_from_reader=True).filter(enrolment__study=study).order_by()
    unread = Counter(new.values_list("enrolment_id", flat=True))
    threads = [
        Thread(row, row.count, row.last_at, not row.last_is_from_reader, unread[row.pk])
        for row in rows.order_by("-last_at", "code")
    ]
    return sorted(threads, key=lambda one: one.unread == 0)


def reachable_readers(study: Study, *, search: str = "") -> list[Enrolment]:
    """The readers who can be written to: they take part and have come in, or can: by a password or their hospital. By code."""
    rows = readers_found(taking_part(study), search).select_related("user")
    return list(rows.filter(user__in=who_came_in(User.objects.filter(is_active=True))))


def reader_of(study: Study, public_id: str) -> Enrolment:
    """The enrolment of this study, withdrawn ones included. Raises NotFound."""
    found = study.enrolments.select_related("user").filter(public_id=public_id).first()
    if found is None:
        raise NotFound("There is no such enrolment.")
    return found
