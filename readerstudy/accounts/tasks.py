"""Mails that are sent in the background."""

from celery import shared_task

from readerstudy.accounts.password_reset import mail_reset
from readerstudy.core.clock import now


@shared_task(soft_time_limit=60, time_limit=90)
def mail_reset_task(*, user_id: int, root: str) -> None:
    """Sends the mail by which a person sets a new password; nothing where there is nobody."""
    mail_reset(user_id=user_id, root=root, now=now())
