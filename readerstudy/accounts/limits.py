"""How long a session lasts: until nothing was asked for so long, and never longer than the absolute limit."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase

_BEGAN, _ACTIVE = "began_at", "active_at"
# Activity is written that often at most: a session is not saved with every answer.
RESOLUTION = 60


def is_over(session: SessionBase, *, now: datetime) -> bool:
    """Whether the person is to be signed out. The idle limit is kept to within `RESOLUTION`, never too early."""
    moment = int(now.timestamp())
    idle = moment - session.get(_ACTIVE, moment)
    age = moment - session.get(_BEGAN, moment)
    return idle > settings.SESSION_IDLE_SECONDS + RESOLUTION or age > settings.SESSION_COOKIE_AGE


def note_activity(session: SessionBase, *, now: datetime) -> None:
    """Writes down that something was asked for; nothing where that was written a moment ago."""
    moment = int(now.timestamp())
    session.setdefault(_BEGAN, moment)
    if moment - session.get(_ACTIVE, 0) >= RESOLUTION:
        session[_ACTIVE] = moment


def begin(session: SessionBase, *, now: datetime) -> None:
    """The session begins with this sign-in."""
    session[_BEGAN] = session[_ACTIVE] = int(now.timestamp())


def is_signed_in(session: SessionBase) -> bool:
    """Whether anybody is signed in."""
    return SESSION_KEY in session


def active_at(session: SessionBase) -> int:
    """When something was last asked for, in seconds since 1970; 0 where that is not known."""
    return int(session.get(_ACTIVE, 0))
