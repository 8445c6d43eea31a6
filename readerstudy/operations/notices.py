"""Readers whose wait between two sessions is over are told by mail, once for each session."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from readerstudy.accounts.mail import send_on_commit
from readerstudy.accounts.models import User
from readerstudy.operations.models import SessionNotice
from readerstudy.reading.sittings import sittings_of
from readerstudy.studies.choices import EnrolmentState, StudyState
from readerstudy.studies.models import Enrolment, Session, Study

# Of sessions that opened longer ago the coordinator reminds, who knows the reader.
TOLD_WITHIN = timedelta(days=7)


def tell_who_may_go_on(*, now: datetime) -> int:
    """Sends the mails that are due in all studies that are open for reading; gives their number."""
    # Where there is one session nobody waits for another, and a million answers need not be looked through every hour.
    waited_in = Session.objects.filter(number__gt=1).values("study")
    studies = Study.objects.filter(state=StudyState.READING, pk__in=waited_in)
    return sum(
        _told(enrolment, session, now)
        for study in studies.select_related("protocol", "design")
        for enrolment, session in _opened_lately(study, now)
    )


def _opened_lately(study: Study, now: datetime) -> Iterator[tuple[Enrolment, int]]:
    opened = {
        (one.reader, one.session)
        for one in sittings_of(study)
        if one.opens_at and not one.done and now - TOLD_WITHIN < one.opens_at <= now
    }
    readers = Enrolment.objects.filter(
        study=study, code__in={reader for reader, _ in opened}, user__is_active=True
    ).exclude(state=EnrolmentState.WITHDRAWN)
    known = {one.code: one for one in readers.select_related("user")}
    return ((known[reader], session) for reader, session in sorted(opened) if reader in known)


def _told(enrolment: Enrolment, session: int, now: datetime) -> bool:
    """The row is written first, and once: of two who look at the same time one sends the mail."""
    with transaction.atomic():
        _row, is_new = SessionNotice.objects.get_or_create(
            enrolment=enrolment, session=session, defaults={"sent_at": now}
        )
        if is_new:
            send_on_commit(_mail(enrolment.user))
    return is_new


def _mail(user: User) -> EmailMessage:
    address = f"{settings.SITE_URL.rstrip('/')}{reverse('reading:home')}"
    with translation.override(user.language):
        subject = gettext("Your next session of a reader study is open")
        body = render_to_string(
            "operations/session_mail.txt", {"name": user.name, "address": address}
        )
    return EmailMessage(subject=subject, body=body, to=[user.email])
