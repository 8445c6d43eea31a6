"""Mails to people who are invited or have forgotten their password: plain text, in their language."""

import logging
from collections.abc import Callable
from functools import partial

from celery.exceptions import SoftTimeLimitExceeded
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from readerstudy.accounts.models import User
from readerstudy.accounts.tokens import LIFETIME

_logger = logging.getLogger(__name__)
# The address of the page that a token opens; for an empty token, of the sign-in page.
Link = Callable[[str], str]


def send_invitation_on_commit(*, user: User, token: str, occasion: str, link: Link) -> None:
    """Sends the mail once the invitation is stored."""
    send_on_commit(invitation_mail(user=user, token=token, occasion=occasion, address=link(token)))


def send_on_commit(mail: EmailMessage) -> None:
    """Sends the mail once what it tells of is stored. A mail server that fails is logged and undoes nothing."""
    transaction.on_commit(partial(_send, mail))


def _send(mail: EmailMessage) -> None:
    try:
        mail.send()
    except SoftTimeLimitExceeded:
        # No fault of the mail server's: the task is to end, and would go on to the next mail.
        raise
    except Exception as error:  # noqa: BLE001 (what is stored stays, whatever the mail server does)
        # Its kind alone: the words of a refusal hold the mail address.
        _logger.error("A mail was not sent: %s", type(error).__name__)  # noqa: TRY400 (and so does the traceback)


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
