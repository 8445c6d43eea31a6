"""System checks: of the machine the application runs on, and of settings that would be dangerous.

`manage.py` refuses to do anything while one of the dangers is there, and so do the workers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004 (Django's own names)
from django.db import OperationalError, connections

SHORTEST_KEY = 32
_UNSENT_MAIL = ("console", "dummy", "locmem", "filebased")
_CONTACTS = ("mailto:", "https://", "tel:")
_IDLE = range(60, 12 * 3600 + 1)


def _installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True


@register()
def one_onnxruntime(**_kwargs: Any) -> list[CheckMessage]:
    """Two onnxruntime packages overwrite each other's files, and `pip check` does not see it."""
    if _installed("onnxruntime") and _installed("onnxruntime-gpu"):
        message = "Both onnxruntime and onnxruntime-gpu are installed and overwrite each other."
        return [
            Warning(message, hint="pip uninstall both, then install one.", id="readerstudy.W001")
        ]
    return []


@dataclass(frozen=True)
class Danger:
    """A combination of settings that must not be, with what it would lead to and what to do."""

    id: str
    is_there: Callable[[], bool]
    sentence: str
    hint: str


def _is_sqlite() -> bool:
    return bool(settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"))


def _prints_mail() -> bool:
    module = settings.EMAIL_BACKEND.rpartition(".")[0]
    return settings.HTTPS and module.endswith(_UNSENT_MAIL)


def _takes_any_host() -> bool:
    return any(host.startswith((".", "*")) for host in settings.ALLOWED_HOSTS)


def _trusts_strangers() -> bool:
    origins = settings.CSRF_TRUSTED_ORIGINS
    return settings.HTTPS and any("*" in o or o.startswith("http://") for o in origins)


def _serves_media() -> bool:
    return settings.STATIC_ROOT in (settings.MEDIA_ROOT, *settings.MEDIA_ROOT.parents)


def _checkpoints_lie_beside() -> bool:
    return settings.HTTPS and settings.VAR_DIR in settings.AUDIT_CHECKPOINTS.parents


DANGERS = (
    Danger(
        "readerstudy.E001",
        lambda: settings.HTTPS and settings.DEBUG,
        "DEBUG is on where HTTPS is on: error pages would show settings and data to whoever comes by.",
        "Leave DEBUG out on a server.",
    ),
    Danger(
        "readerstudy.E002",
        _takes_any_host,
        "ALLOWED_HOSTS has a wildcard: links in mails could be made to lead to another site.",
        "Name each host in full, for example ALLOWED_HOSTS=study.example.org.",
    ),
    Danger(
        "readerstudy.E003",
        lambda: settings.AUDIT_KEY == settings.SECRET_KEY,
        "AUDIT_KEY is the same as SECRET_KEY: whoever learns the one could write the audit trail anew.",
        "Make a second key for AUDIT_KEY.",
    ),
    Danger(
        "readerstudy.E004",
        lambda: len(settings.AUDIT_KEY) < SHORTEST_KEY,
        f"AUDIT_KEY has fewer than {SHORTEST_KEY} characters: it could be guessed.",
        "python3 -c 'import secrets; print(secrets.token_urlsafe(64))' makes one.",
    ),
    Danger(
        "readerstudy.E005",
        _prints_mail,
        "EMAIL_URL is missing, or prints mails: invitations would stand in the log and reach nobody.",
        "Set EMAIL_URL, for example smtp+tls://user:password@mail.example.org:587.",
    ),
    Danger(
        "readerstudy.E006",
        lambda: bool(settings.REDIS_URL) and _is_sqlite(),
        "REDIS_URL is set and the database is SQLite: workers on other machines would not see its file.",
        "Set DATABASE_URL to a PostgreSQL database, or leave REDIS_URL out.",
    ),
    Danger(
        "readerstudy.E007",
        _trusts_strangers,
        "CSRF_TRUSTED_ORIGINS has a wildcard or an origin without TLS: forms could be sent from there.",
        "Name each origin in full, with https://.",
    ),
    Danger(
        "readerstudy.E008",
        lambda: any(not one.startswith(_CONTACTS) for one in settings.SECURITY_CONTACT),
        "SECURITY_CONTACT has an entry that is no address that programs understand.",
        "Write mailto:security@example.org, or an address that begins with https://.",
    ),
    Danger(
        "readerstudy.E009",
        _serves_media,
        "MEDIA_ROOT lies in STATIC_ROOT: everybody could load the photographs.",
        "Choose folders that do not lie in each other.",
    ),
    Danger(
        "readerstudy.E010",
        lambda: settings.SESSION_IDLE_SECONDS not in _IDLE,
        "SESSION_IDLE_SECONDS is not between 60 and 43,200: people would be signed out at once, or never.",
        "1800 is half an hour.",
    ),
)
# What a server would run with, but should not.
DOUBTS = (
    Danger(
        "readerstudy.W002",
        lambda: bool(settings.REDIS_URL) and not settings.HAS_OWN_KEYS,
        "REDIS_URL is set without SECRET_KEY and AUDIT_KEY: every machine would make keys of its own.",
        "Give all machines the same two keys.",
    ),
    Danger(
        "readerstudy.W003",
        _checkpoints_lie_beside,
        "AUDIT_CHECKPOINTS lies among the application's own files: whoever changes those could change it too.",
        "Name a file on another disk, or in a folder that is copied to another machine.",
    ),
)


@register(Tags.security)
def dangerous_settings(**_kwargs: Any) -> list[CheckMessage]:
    """An error for every dangerous combination of settings."""
    return [Error(one.sentence, hint=one.hint, id=one.id) for one in DANGERS if one.is_there()]


@register(Tags.security, deploy=True)
def doubtful_settings(**_kwargs: Any) -> list[CheckMessage]:
    """A warning for what a server should not be left with."""
    return [Warning(one.sentence, hint=one.hint, id=one.id) for one in DOUBTS if one.is_there()]


@register(Tags.database)
def evidence_is_guarded(*, databases: Any = None, **_kwargs: Any) -> list[CheckMessage]:
    """Every trigger that keeps evidence from being changed or deleted is in the database. Asked with `--database default`."""
    from readerstudy.core.triggers import faults  # noqa: PLC0415 (models must be loaded)

    hint = "`manage.py migrate` makes them; find out who took them away."
    return [
        Warning(sentence, hint=hint, id="readerstudy.W004")
        for alias in databases or ()
        for sentence in _faults_where_it_answers(alias, faults)
    ]


def _faults_where_it_answers(alias: str, faults: Callable[[Any], list[str]]) -> list[str]:
    """None where the database does not answer: whoever needs it says so, after all other checks."""
    try:
        return faults(connections[alias])
    except OperationalError:
        return []
