"""Passwords that are known from thefts elsewhere, looked up in a file on disk: nothing leaves this machine.

The file is the list of Have I Been Pwned in the order of the hashes: a line `SHA-1 in capitals:count` per password.
It has tens of gigabytes and is searched where it lies.
"""

import hashlib
import os
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from readerstudy.accounts.models import User

_HASH_CHARACTERS = 40
# A line of the file is shorter than this.
_LONGEST_LINE = 64


class BreachedPasswordValidator:
    """Refuses passwords that stand in the file `BREACHED_PASSWORDS`; without such a file there is nothing to refuse."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raises ValidationError for a password that is known from a theft."""
        del user  # asked by Django, not needed
        if settings.BREACHED_PASSWORDS and is_breached(password, Path(settings.BREACHED_PASSWORDS)):
            message = _(
                "This password is known from data that were stolen elsewhere. Please choose another one."
            )
            raise ValidationError(message, code="password_breached")

    def get_help_text(self) -> str:
        """What the rule says."""
        return _("Your password must not be known from data that were stolen elsewhere.")


def is_breached(password: str, path: Path) -> bool:
    """Whether the password's SHA-1 stands in the file. Some forty reads whatever its size. Raises OSError."""
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with path.open("rb", buffering=0) as file:
        return _holds(file, wanted)


def _holds(file: BinaryIO, wanted: bytes) -> bool:
    """Binary search over bytes: the line, if there is one, starts at `low` or after it and before `high`."""
    low, high = 0, file.seek(0, os.SEEK_END)
    while low < high:
        middle = (low + high) // 2
        start, line = _line_at_or_after(file, middle) if middle > low else (low, _line(file, low))
        found = line[:_HASH_CHARACTERS].upper()
        if start >= high or found > wanted:
            high = middle  # no line starts from the middle on that could be the one
        elif found == wanted:
            return True
        else:
            low = start + len(line)
    return False


def _line_at_or_after(file: BinaryIO, place: int) -> tuple[int, bytes]:
    """Start and bytes of the first line that begins there or later; behind the end where there is none."""
    file.seek(place - 1)
    piece = file.read(2 * _LONGEST_LINE)
    begins = piece.find(b"\n") + 1
    rest = piece[begins:] if begins else b""
    start = place - 1 + (begins or len(piece))
    return start, rest.partition(b"\n")[0] + b"\n" if rest else b""


def _line(file: BinaryIO, start: int) -> bytes:
    file.seek(start)
    return file.read(_LONGEST_LINE).partition(b"\n")[0] + b"\n"
