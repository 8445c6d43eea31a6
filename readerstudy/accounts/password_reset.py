"""A new password by mail. Whoever asks learns nothing of which accounts there are, neither from the page nor from the clock."""

from datetime import datetime

from django.contrib.auth.tokens import default_token_generator
from django.db import transaction

from readerstudy.accounts.api_tokens import revoke_every_token
from readerstudy.accounts.emails import normal_email
from readerstudy.accounts.links import reset_address
from readerstudy.accounts.mail import reset_mail, send_on_commit
from readerstudy.accounts.models import User
from readerstudy.accounts.services import set_checked_password
from readerstudy.accounts.sessions import end_every_session
from readerstudy.accounts.throttle import RESETS_OF, forget_wrong_passwords
from readerstudy.core.audit import record_event
from readerstudy.core.errors import NotFound

# In place of an account's number where there is none: the task is queued all the same.
NOBODY = 0


def request_reset(*, email: str, root: str) -> None:
    """Queues the mail with the link; for an unknown address too, so that both take as long.

    Nobody gets more than a few mails in an hour. `root` is the address of this site's first page.
    """
    from readerstudy.accounts.tasks import mail_reset_task  # noqa: PLC0415 (which calls this module)

    wanted = normal_email(email)
    user = User.objects.filter(email=wanted, is_active=True).first()
    is_known = user is not None and user.has_usable_password()
    is_patient = RESETS_OF.count(wanted) <= RESETS_OF.attempts
    number = user.pk if user is not None and is_known and is_patient else NOBODY
    mail_reset_task.delay_on_commit(user_id=number, root=root)


def mail_reset(*, user_id: int, root: str, now: datetime) -> None:
    """Sends the mail, if there is such an account and it has a password."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or not user.has_usable_password():
        return
    token = default_token_generator.make_token(user)
    with transaction.atomic():
        record_event(actor=None, verb="account.reset_mailed", subject=user, now=now)
        send_on_commit(reset_mail(user=user, address=reset_address(root, user, token)))


def resettable_user(public_id: str, token: str, *, lock: bool = False) -> User:
    """The person whose password the link sets. Raises NotFound for one that was used, is too old or is nobody's."""
    users = User.objects.filter(public_id=public_id, is_active=True)
    user = (users.select_for_update() if lock else users).first()
    if user is None or not default_token_generator.check_token(user, token):
        raise NotFound("This link opens nothing: it was used, or is older than an hour.")
    return user


def reset_password(*, public_id: str, token: str, password: str, now: datetime) -> User:
    """A new password; every session ends, every token is revoked, the link is used up. The second factor stays.

    Raises NotFound as `resettable_user` does, InvalidInputs for a password that will not do.
    """
    with transaction.atomic():
        user = resettable_user(public_id, token, lock=True)
        set_checked_password(user, password)
        user.save(update_fields=["password"])
        end_every_session(user, now=now)
        record_event(actor=user, verb="account.password_reset", subject=user, now=now)
        revoke_every_token(actor=user, user=user, now=now)
    forget_wrong_passwords(user.email)
    return user
