"""The password that somebody who is signed in types once more."""

from datetime import datetime

from readerstudy.accounts.models import User
from readerstudy.accounts.recording import PASSWORD, record_refusal
from readerstudy.accounts.throttle import (
    count_wrong_password,
    forget_wrong_passwords,
    is_shut,
    is_shut_today,
)
from readerstudy.core.errors import InvalidInput


def check_own_password(
    user: User, password: str, *, field: str = "password", now: datetime
) -> None:
    """Raises InvalidInput for a wrong one, and for any after too many wrong ones.

    They count as they do at the door, and are told in the trail: a session left open is no place to guess.
    """
    if is_shut_today(user.email):
        sentence = "Too many wrong passwords in one day. Sign out and set a new one by the link “I have forgotten my password”, or try again tomorrow."
        raise InvalidInput(sentence, code="throttled", field=field)
    if is_shut(user.email):
        sentence = "Too many wrong passwords. Please try again in five minutes."
        raise InvalidInput(sentence, code="throttled", field=field)
    if not user.check_password(password):
        count_wrong_password(user.email)
        record_refusal(user=user, what=PASSWORD, now=now)
        raise InvalidInput("This is not your password.", code="wrong_password", field=field)
    forget_wrong_passwords(user.email)
