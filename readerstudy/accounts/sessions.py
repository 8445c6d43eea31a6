"""Where a person is signed in, and the end of it."""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from allauth.account.utils import user_pk_to_url_str
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet

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
    with transaction.atomic():
        session.end()
        _record_end(actor, 1, now)


def end_other_sessions(*, actor: User, current: str, now: datetime) -> int:
    """Ends all of the actor's sessions but this one; how many."""
    with transaction.atomic():
        ended = end_every_session(actor, but=current, now=now)
        if ended:
            _record_end(actor, ended, now)
    return ended


def end_every_session(user: User, *, but: str = "", now: datetime) -> int:
    """Deletes every session of the person, listed or not and half-finished sign-ins too, but the one of this key; how many."""
    open_ones = Session.objects.filter(expire_date__gt=now)
    keys = {one.session_key for one in stored_sessions(user, among=open_ones)}
    listed = UserSession.objects.filter(user=user).exclude(session_key=but)
    keys.update(listed.values_list("session_key", flat=True))
    keys.discard(but)
    listed.delete()
    Session.objects.filter(session_key__in=keys).delete()
    return len(keys)


def stored_sessions(user: User, *, among: QuerySet[Session]) -> list[Session]:
    """Those of the person, and those in which they have given a password and still owe the second factor."""
    return [one for one in among.iterator() if _is_of(user, one.get_decoded())]


def _is_of(user: User, held: dict[str, Any]) -> bool:
    """Whose a session is stands inside it alone; who owes a factor stands there beside whoever is signed in."""
    pending = held.get(LOGIN_SESSION_KEY)
    owing = pending.get("user_pk") if isinstance(pending, dict) else None
    return held.get(SESSION_KEY) == str(user.pk) or owing == user_pk_to_url_str(user)


def _record_end(actor: User, count: int, now: datetime) -> None:
    data = {"sessions": count}
    record_event(actor=actor, verb="account.sessions_ended", subject=actor, now=now, data=data)
