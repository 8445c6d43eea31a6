"""A folder on the server's own disk. Links are refused wherever they lead: what is imported lies in the folder."""

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from readerstudy.core.errors import InvalidInput
from readerstudy.intake.progress import Alive, unheard
from readerstudy.intake.sources.entry import Entry
from readerstudy.intake.sources.refusals import (
    LINK,
    SPECIAL,
    Refusal,
    check_read,
    is_ignored,
    refusal_of_name,
    refusal_of_size,
)
from readerstudy.intake.sources.source import Source


class Folder(Source):
    """A folder with everything below it: its usable `entries` by name, and the `problems` of the others."""

    def __init__(self, path: Path, *, name: str) -> None:
        self._root = path
        super().__init__(name, [Entry(*one) for one in _files(path)], _refusal)

    def close(self) -> None:
        """There is nothing to close."""

    def read(self, entry: Entry) -> bytes:
        """The bytes of one file. Raises InvalidInput where they cannot be had, or are not as many as when it was found."""
        content = self.head(entry, entry.size + 1)
        check_read(len(content), entry)
        return content

    def head(self, entry: Entry, size: int) -> bytes:
        """The first `size` bytes of one file. Raises InvalidInput where they cannot be had."""
        try:
            # A link put there since the folder was read is not followed.
            descriptor = os.open(self._root / entry.name, os.O_RDONLY | os.O_NOFOLLOW)
            with os.fdopen(descriptor, "rb") as file:
                return file.read(size)
        except OSError as error:
            message = f"{entry.name} cannot be read: {error.strerror or error}."
            raise InvalidInput(message, code="unreadable_file") from error


def sha256_of_folder(path: Path, *, on_alive: Alive = unheard) -> str:
    """SHA-256 over name, a NUL and the content's SHA-256 of each plain file, by name. Links and the like do not count."""
    whole = hashlib.sha256()
    for name, _size, mode in _files(path):
        if stat.S_ISREG(mode):
            on_alive()
            with (path / name).open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").digest()
            whole.update(name.encode(errors="surrogateescape") + b"\0" + digest)
    return whole.hexdigest()


def _files(path: Path) -> list[tuple[str, int, int]]:
    """(name, bytes, mode) of all that is no directory, by name; no more than one above the limit."""
    found: list[tuple[str, int, int]] = []
    for one in _walked(path):
        found.append(one)
        if len(found) > settings.IMPORT_MAX_FILES:
            break
    return sorted(found)


def _walked(path: Path) -> Iterator[tuple[str, int, int]]:
    for folder, below, files in os.walk(path, onerror=_raised):
        below.sort()
        links = [one for one in below if (Path(folder) / one).is_symlink()]
        for name in sorted([*files, *links]):
            full = Path(folder) / name
            known = full.relative_to(path).as_posix()
            if not is_ignored(known):
                about = full.lstat()
                yield known, about.st_size, about.st_mode


def _raised(error: OSError) -> None:
    """A folder that cannot be read is told; `os.walk` would pass it over."""
    raise error


def _refusal(entry: Entry) -> Refusal:
    return (
        refusal_of_name(entry.name) or _refusal_of_kind(entry.handle) or refusal_of_size(entry.size)
    )


def _refusal_of_kind(mode: int) -> Refusal:
    if stat.S_ISLNK(mode):
        return LINK
    if not stat.S_ISREG(mode):
        return SPECIAL
    return None
