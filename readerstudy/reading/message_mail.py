"""The mail that a message waits on the site. It has neither the message nor a name of study or sender."""

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from readerstudy.accounts.mail import send_on_commit
from readerstudy.accounts.models import User


def tell_on_commit(*, user: User, address: str) -> None:
    """Sends the mail, in the person's language, once the message is stored; none where the account is closed."""
    if user.is_active:
        send_on_commit(_mail(user, address))


def _mail(user: User, address: str) -> EmailMessage:
    with translation.override(user.language):
        subject = gettext("A new message in a reader study")
        body = render_to_string("reading/message_mail.txt", {"name": user.name, "address": address})
    return EmailMessage(subject=subject, body=body, to=[user.email])
