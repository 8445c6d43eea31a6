"""System checks of the machine the application runs on."""

from importlib.metadata import PackageNotFoundError, distribution
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004 (Django's own names)
from django.db import connections


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


_SHORTEST_KEY = 32


@register(Tags.security)
def audit_key_is_one(**_kwargs: Any) -> list[CheckMessage]:
    """The audit trail cannot be switched off. Without a key of its own, though, everybody could write one that fits."""
    key = settings.AUDIT_KEY
    if len(key) >= _SHORTEST_KEY and key != settings.SECRET_KEY:
        return []
    message = f"AUDIT_KEY has to be a secret of its own, of {_SHORTEST_KEY} characters or more."
    hint = "Without it in the environment, one is made in VAR_DIR/audit_key."
    return [Error(message, hint=hint, id="readerstudy.E001")]


@register(Tags.database)
def evidence_is_guarded(*, databases: Any = None, **_kwargs: Any) -> list[CheckMessage]:
    """Every trigger that keeps evidence from being changed or deleted is in the database. Asked with `--database default`."""
    from readerstudy.core.triggers import faults  # noqa: PLC0415 (models must be loaded)

    hint = "`manage.py migrate` makes them; find out who took them away."
    return [
        Warning(sentence, hint=hint, id="readerstudy.W002")
        for alias in databases or ()
        for sentence in faults(connections[alias])
    ]
