"""Mails to people who are invited or have forgotten their password: plain text, in their language."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import partial
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from readerstudy.accounts.models import User
from readerstudy.accounts.tokens import LIFETIME

_logger = logging.getLogger(__name__)
# The address of the page that a token opens; for an empty token, of the sign-in page.
Link = Callable[[str], str]
# Of mails that go out together; each takes up to EMAIL_TIMEOUT.
MOST_FAILURES = 5
_waiting: ContextVar[list[EmailMessage] | None] = ContextVar("waiting", default=None)


def send_invitation_on_commit(*, user: User, token: str, occasion: str, link: Link) -> None:
    """Sends the mail once the invitation is stored."""
    send_on_commit(invitation_mail(user=user, token=token, occasion=occasion, address=link(token)))


def send_on_commit(mail: EmailMessage) -> None:
    """Sends the mail once what it tells of is stored. A mail server that fails is logged and undoes nothing."""
    waiting = _waiting.get()
    if waiting is None:
        transaction.on_commit(partial(_send, mail))
    else:
        waiting.append(mail)


@contextmanager
def mails_together() -> Iterator[None]:
    """The mails of all that is done inside go out over one connection to the mail server, once all of it is stored.

    A connection for each of a thousand mails would outlast the patience of whoever waits for the page.
    """
    mails: list[EmailMessage] = []
    token = _waiting.set(mails)
    try:
        yield
    finally:
        _waiting.reset(token)
    transaction.on_commit(partial(_send_all, mails))


def _send_all(mails: Sequence[EmailMessage]) -> None:
    line, failures = get_connection(), 0
    for number, mail in enumerate(mails):
        mail.connection = line
        failures = 0 if _send(mail) else failures + 1
        if failures:
            _close(line)  # what is left of the connection is of no use for the next mail
        if failures == MOST_FAILURES:
            left = len(mails) - number - 1
            _logger.error("The mail server failed %d times in a row; %d mails were not tried.", failures, left)  # fmt: skip
            return
    _close(line)


def _close(line: Any) -> None:
    with suppress(OSError):
        line.close()


def _send(mail: EmailMessage) -> bool:
    """Whether the mail server took it."""
    try:
        if mail.connection:
            mail.connection.open()  # and stays open: a mail closes what it has opened itself
        mail.send()
    except SoftTimeLimitExceeded:
        # No fault of the mail server's: the task is to end, and would go on to the next mail.
        raise
    except Exception as error:  # noqa: BLE001 (what is stored stays, whatever the mail server does)
        # Its kind alone: the words of a refusal hold the mail address.
        _logger.error("A mail was not sent: %s", type(error).__name__)  # noqa: TRY400 (and so does the traceback)
        return False
    return True


def invitation_mail(*, user: User, token: str, occasion: str, address: str) -> EmailMessage:
    """The mail: with a link to set a password, or for people who have one, to the sign-in page."""
    with translation.override(user.language):
        context = {
            "user": user,
            "occasion": occasion,
            "address": address,
            "is_new": bool(token),
            "hours": int(LIFETIME.total_seconds() // 3600),
        }
        body = render_to_string("accounts/invitation_mail.txt", context)
        subject = gettext("Invitation to a reader study")
    return EmailMessage(subject=subject, body=body, to=[user.email])


def reset_mail(*, user: User, address: str) -> EmailMessage:
    """The mail with the link that sets a new password."""
    with translation.override(user.language):
        body = render_to_string("accounts/reset_mail.txt", {"user": user, "address": address})
        subject = gettext("A new password")
    return EmailMessage(subject=subject, body=body, to=[user.email])
