"""System checks of how people come in."""

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

_LINE = re.compile(rb"[0-9A-Fa-f]{40}:\d+\r?\n?")


@register()
def breached_list(**_kwargs: Any) -> list[CheckMessage]:
    """That the list of stolen passwords is there and is one: otherwise nobody could choose a password."""
    path = settings.BREACHED_PASSWORDS
    if not path:
        return []
    try:
        with Path(path).open("rb") as file:
            first = file.readline(100)
    except OSError as error:
        return [_error(f"BREACHED_PASSWORDS ({path}) cannot be read: {error.strerror}.")]
    if _LINE.fullmatch(first):
        return []
    return [
        _error(
            f"BREACHED_PASSWORDS ({path}) is not the list of Have I Been Pwned, SHA-1 ordered by hash."
        )
    ]


def _error(message: str) -> Error:
    return Error(message, id="readerstudy.E011")
