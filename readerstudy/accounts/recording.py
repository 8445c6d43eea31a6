"""What the audit trail tells of failed sign-ins and of signing out. Django's signals call it; see `trail` for sign-ins."""

from datetime import datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest

from readerstudy.accounts.emails import normal_email
from readerstudy.accounts.models import User
from readerstudy.accounts.throttle import Limit
from readerstudy.core.audit import record_event
from readerstudy.core.keyed import keyed_hash

# Of one address within an hour, and of all addresses together: guessing must not fill the trail.
MOST_OF_AN_ADDRESS, MOST_IN_ALL, SECONDS = 20, 500, 3600
# What a wrong one is told of, beside what the door itself tells.
CODE, PASSWORD = "code_refused", "password_refused"
# `login`, `email`: what other ways in call what Django calls `username`.
_NAMES = ("username", "email", "login")


def record_signed_out(*, user: User | None, request: HttpRequest | None, now: datetime) -> None:
    """Somebody has signed out; nothing where nobody was signed in."""
    if user is not None and _is_of_a_browser(request):
        record_event(actor=user, verb="account.signed_out", subject=user, now=now)


def record_session_end(*, session: Any, now: datetime) -> None:
    """A session was ended because it lasted too long, or nothing was asked for too long."""
    user = User.objects.filter(pk=session.get(SESSION_KEY)).first()
    if user is not None:
        record_event(actor=user, verb="account.session_ended", subject=user, now=now)


def record_failed_sign_in(*, credentials: dict[str, Any], now: datetime) -> None:
    """A wrong password or an unknown address. Of an address that is no account the trail has a keyed hash alone.

    So many a time are recorded of one address and in all; the last of them says that more are not.
    """
    typed = next((str(credentials[name]) for name in _NAMES if credentials.get(name)), "")
    address = normal_email(typed)
    hashed = keyed_hash(["address", address])[:16]
    place = _place(hashed)
    if place < 0:
        return
    user = User.objects.filter(email=address).first()
    data = {} if user else {"address_hash": hashed}
    record_event(
        actor=None,
        verb="account.sign_in_failed",
        subject=user or User(public_id=""),
        now=now,
        data={**data, **_last(place)},
    )


def record_refusal(*, user: User, what: str, now: datetime) -> None:
    """A wrong code, at the sign-in or later, or a wrong password of a session that is open. As many as of failed sign-ins."""
    place = _place(f"{what} {user.public_id}")
    if place >= 0:
        verb = f"account.{what}"
        record_event(actor=None, verb=verb, subject=user, now=now, data=_last(place))


def _is_of_a_browser(request: HttpRequest | None) -> bool:
    return request is not None and "REMOTE_ADDR" in request.META


def _place(name: str) -> int:
    return min(_left(name, MOST_OF_AN_ADDRESS), _left("", MOST_IN_ALL))


def _last(place: int) -> dict[str, bool]:
    return {"more_are_not_recorded": True} if place == 0 else {}


def _left(name: str, most: int) -> int:
    """How many more are recorded within the hour after this one; below 0 where this one is not."""
    return most - Limit("sign-in-recorded", most, SECONDS).count(name)
