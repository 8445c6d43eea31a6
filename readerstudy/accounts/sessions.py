"""Where a person is signed in, and the end of it."""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction

from readerstudy.accounts.limits import active_at
from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.core.errors import NotFound
from readerstudy.core.user_agents import software_of


@dataclass(frozen=True)
class OwnSession:
    """One browser that is signed in."""

    key: int
    browser: str
    network: str
    since: datetime
    active_at: datetime
    is_this: bool


def network_of(address: str) -> str:
    """The network an address belongs to: it says where from, and not who."""
    is_old = isinstance(ipaddress.ip_address(address), ipaddress.IPv4Address)
    bits = 24 if is_old else 48
    return str(ipaddress.ip_network(f"{address}/{bits}", strict=False))


def truncated(address: str) -> str:
    """The first address of that network, which is stored in place of the real one."""
    return network_of(address).partition("/")[0]


def own_sessions(user: User, *, current: str) -> list[OwnSession]:
    """The person's sessions, the last used first; those that have ended are left out. `current` is this one's key."""
    found = [_shown(one, current) for one in UserSession.objects.purge_and_list(user)]
    return sorted(found, key=lambda one: one.active_at, reverse=True)


def _shown(session: UserSession, current: str) -> OwnSession:
    store = import_module(settings.SESSION_ENGINE).SessionStore(session.session_key)
    said = software_of(session.user_agent)
    last = active_at(store)
    return OwnSession(
        key=session.pk,
        browser=" · ".join(filter(None, (said.browser, said.system))),
        network=network_of(session.ip),
        since=session.created_at,
        active_at=datetime.fromtimestamp(last, UTC) if last else session.last_seen_at,
        is_this=session.session_key == current,
    )


def end_session(*, actor: User, key: int, now: datetime) -> None:
    """Ends one of the actor's sessions. Raises NotFound for somebody else's."""
    session = UserSession.objects.filter(user=actor, pk=key).first()
    if session is None:
        raise NotFound("There is no such session.")
    _end(actor, [session], now)


def end_other_sessions(*, actor: User, current: str, now: datetime) -> int:
    """Ends all of the actor's sessions but this one; how many."""
    others = list(UserSession.objects.filter(user=actor).exclude(session_key=current))
    _end(actor, others, now)
    return len(others)


def _end(actor: User, sessions: list[UserSession], now: datetime) -> None:
    if not sessions:
        return
    with transaction.atomic():
        for session in sessions:
            session.end()
        data = {"sessions": len(sessions)}
        record_event(actor=actor, verb="account.sessions_ended", subject=actor, now=now, data=data)
