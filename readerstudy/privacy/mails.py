"""Mails about a person's data: that an account is erased, and that a retention date comes near."""

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from readerstudy.accounts.models import User
from readerstudy.studies.models import Study, StudyPrivacy


def erased_mail(user: User) -> EmailMessage:
    """The last mail to somebody; made while their address is still known."""
    with translation.override(user.language):
        body = render_to_string("privacy/erased_mail.txt", {"name": user.name})
        subject = gettext("Your account is erased")
    return EmailMessage(subject=subject, body=body, to=[user.email])


def retention_mail(user: User, study: Study, privacy: StudyPrivacy) -> EmailMessage:
    """A reminder for one coordinator that names will be erased."""
    with translation.override(user.language):
        context = {"name": user.name, "study": study, "names_until": privacy.names_until}
        body = render_to_string("privacy/retention_mail.txt", context)
        subject = gettext("A retention date comes near")
    return EmailMessage(subject=subject, body=body, to=[user.email])
