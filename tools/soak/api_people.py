"""Who calls the API in a soak: each role with a token of all scopes, narrow tokens, tokens that open nothing, a browser.

Loaded once Django is set up.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from readerstudy.accounts.api_tokens import make_api_token, revoke_api_token, scopes_of
from readerstudy.accounts.models import User
from readerstudy.core.scopes import SITE_WIDE
from readerstudy.studies.models import Study
from tools.soak.api_world import ApiWorld
from tools.soak.world import session_of

Headers = Mapping[str, str]
CSRF = "a" * 32
DAYS = 7
# Whoever asks as one of these is told nothing.
STRANGERS = ("nobody", "forged", "expired", "revoked", "forged-session")


def callers(world: ApiWorld, now: datetime) -> dict[str, Headers]:
    """Who → what they send so that they are known."""
    people = {role: user for role, user in world.people.items() if user}
    return {
        "nobody": {},
        "forged": _bearer("rs_" + "f" * 43),
        "expired": _bearer(_token(people["admin"], "expired", now - timedelta(days=DAYS + 1))),
        "revoked": _bearer(_revoked(people["admin"], now)),
        "forged-session": by_session("f" * 32),
        **{role: _bearer(_token(user, role, now)) for role, user in people.items()},
        **dict(_narrow(people, now)),
        "coordinator-in-browser": by_session(session_of(people["coordinator"])),
        "reader-in-browser": by_session(session_of(people["reader"])),
    }


def _narrow(people: Mapping[str, User], now: datetime) -> Iterator[tuple[str, Headers]]:
    """A token of one study, and one that only reads."""
    coordinator = people["coordinator"]
    study = Study.objects.get(title="The study").public_id
    scopes = sorted(set(scopes_of(coordinator)) - SITE_WIDE)
    _row, secret = make_api_token(
        actor=coordinator, name="One study", scopes=scopes, days=DAYS, study=study, now=now
    )
    yield "coordinator-of-one-study", _bearer(secret)
    reads = [scope for scope in scopes_of(people["admin"]) if scope.endswith(":read")]
    _row, secret = make_api_token(actor=people["admin"], name="Reads", scopes=reads, days=DAYS, now=now)  # fmt: skip
    yield "admin-who-reads", _bearer(secret)


def _token(user: User, name: str, now: datetime) -> str:
    _row, secret = make_api_token(actor=user, name=name, scopes=scopes_of(user), days=DAYS, now=now)
    return secret


def _revoked(user: User, now: datetime) -> str:
    row, secret = make_api_token(
        actor=user, name="Revoked", scopes=scopes_of(user), days=DAYS, now=now
    )
    revoke_api_token(actor=user, token=row, now=now)
    return secret


def _bearer(secret: str) -> Headers:
    return {"HTTP_AUTHORIZATION": f"Bearer {secret}"}


def by_session(session: str) -> Headers:
    """How a browser says who asks."""
    return {"HTTP_COOKIE": f"sessionid={session}; csrftoken={CSRF}", "HTTP_X_CSRFTOKEN": CSRF}
