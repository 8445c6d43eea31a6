"""Calls of the API drawn from its own schema, as each role, and what is wrong with the answers.

Addresses and bodies name real things, own and others', more often than not. Loaded once Django is set up.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from schemathesis import GenerationMode
from schemathesis.checks import CHECKS  # noqa: F401

CSRF = "a" * 32
SCHEMA = "/api/v1/schema/?format=json"
# How often a parameter is given a thing that there is.
REAL = 0.75
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
App = Callable[[dict[str, Any], Any], Iterable[bytes]]


class AsRole:
    """The application as it is asked by one role at a time; nothing of the call's own says who asks."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.headers: dict[str, str] = {}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        for name in ("HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_X_CSRFTOKEN"):
            environ.pop(name, None)
        environ.update(self.headers)
        return self.app(environ, start_response)


def session_headers(session: str) -> dict[str, str]:
    """How a browser says who asks; empty for nobody."""
    if not session:
        return {}
    return {"HTTP_COOKIE": f"sessionid={session}; csrftoken={CSRF}", "HTTP_X_CSRFTOKEN": CSRF}


@dataclass
class Findings:
    """How many calls were answered how, and every fault once, with how often."""

    calls: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)

    @property
    def made(self) -> int:
        return self.calls.total()
