"""The hospitals whose own sign-in is taken, as the operator has written them down."""

import json
import re
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

_NAME = re.compile(r"[a-z0-9-]{1,40}")
_NEEDED = ("id", "name", "server_url", "client_id", "secret", "domains")
_MORE = ("creates", "second_factor", "trusts_mail")

Providers = list[dict[str, Any]]


def providers_of(text: str, path: str) -> Providers:
    """The list out of the variable or the file. Raises ImproperlyConfigured with a sentence that names what is wrong."""
    try:
        text = text or (Path(path).read_text(encoding="utf-8") if path else "[]")
        given = json.loads(text)
    except OSError as error:
        raise ImproperlyConfigured(f"OIDC_PROVIDERS_FILE ({path}): {error.strerror}.") from error
    except ValueError as error:
        raise ImproperlyConfigured(f"OIDC_PROVIDERS is no JSON: {error}.") from error
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise ImproperlyConfigured("OIDC_PROVIDERS must be a list of objects.")
    for number, one in enumerate(given, start=1):
        _check(number, one)
    return given


def _check(number: int, given: dict[str, Any]) -> None:
    where = f"OIDC_PROVIDERS, provider {number}"
    for name in _NEEDED:
        if not given.get(name):
            raise ImproperlyConfigured(f"{where}: {name} is missing.")
    if unknown := set(given) - {*_NEEDED, *_MORE}:
        raise ImproperlyConfigured(f"{where}: {min(unknown)} is not known.")
    if not _NAME.fullmatch(given["id"]):
        raise ImproperlyConfigured(f"{where}: id may have small letters, digits and hyphens.")
    if not isinstance(given["domains"], list):
        raise ImproperlyConfigured(f'{where}: domains must be a list such as ["hospital.example"].')


def allauth_providers(providers: Providers) -> dict[str, Any]:
    """The same as allauth's settings have it."""
    apps = [
        {
            "provider_id": one["id"],
            "name": one["name"],
            "client_id": one["client_id"],
            "secret": one["secret"],
            "settings": {"server_url": one["server_url"]},
        }
        for one in providers
    ]
    return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": apps}}
