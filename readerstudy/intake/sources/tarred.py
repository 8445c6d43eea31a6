"""A tar archive from outside, plain or compressed by gzip, bzip2 or xz.

A compressed one is unpacked once, as a stream of bounded length into a nameless temporary file: in a compressed stream
every step back would start from its beginning. Nothing is ever unpacked under the name that stands in it.
"""

import bz2
import errno
import gzip
import io
import lzma
import tarfile
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from readerstudy.core.errors import InvalidInput
from readerstudy.intake.progress import Alive, unheard
from readerstudy.intake.room import check_room
from readerstudy.intake.sources.entry import Entry
from readerstudy.intake.sources.refusals import (
    CHUNK,
    LINK,
    SPECIAL,
    Refusal,
    check_archive_bytes,
    check_read,
    is_ignored,
    refusal_of_name,
    refusal_of_size,
)
from readerstudy.intake.sources.source import Source
from readerstudy.intake.sources.xz import MAX_DICTIONARY, TooMuchMemoryError, XzFile

# How each compression begins.
COMPRESSIONS: dict[bytes, Callable[[Any], Any]] = {
    b"\x1f\x8b": lambda file: gzip.GzipFile(fileobj=file),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\x00": XzFile,
}
MAGIC, MAGIC_AT = b"ustar", 257
HEAD = tarfile.BLOCKSIZE
# What says nothing of the archive, but of this machine.
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
UNREADABLE = (tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError)


def is_tar(head: bytes) -> bool:
    """Whether a file that begins with these `HEAD` bytes is a tar archive, or compressed as one may be."""
    plain = head[MAGIC_AT : MAGIC_AT + len(MAGIC)] == MAGIC
    return plain or any(head.startswith(magic) for magic in COMPRESSIONS) or _is_old_tar(head)


def _is_old_tar(head: bytes) -> bool:
    """Before POSIX (1988) a tar archive had no mark; that the sum over its first header is right tells it."""
    try:
        tarfile.TarInfo.frombuf(head, tarfile.ENCODING, "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True


class TarArchive(Source):
    """An opened tar archive: its usable `entries`, and the `problems` of the others. Use it in a `with` block."""

    def __init__(self, path: Path, *, name: str, on_alive: Alive = unheard) -> None:
        check_archive_bytes(path.stat().st_size, name)
        self._file = _unpacked(path, name, on_alive)
        try:
            members = _members(self._file, name)
            found = [Entry(member.name, member.size, member) for member in members]
            super().__init__(name, found, _refusal)
        except BaseException:
            self._file.close()
            raise

    def close(self) -> None:
        self._file.close()

    def read(self, entry: Entry) -> bytes:
        """The bytes of one entry. Raises InvalidInput where the archive ends before them."""
        content = self.head(entry, entry.size)
        check_read(len(content), entry)
        if len(content) < entry.size:
            message = f"{entry.name} cannot be unpacked: the archive is damaged there."
            raise InvalidInput(message, code="damaged_entry")
        return content

    def head(self, entry: Entry, size: int) -> bytes:
        """The first `size` bytes of one entry, as far as the archive goes."""
        self._file.seek(entry.handle.offset_data)
        return self._file.read(min(size, entry.size))


class _Bounded(io.RawIOBase):
    """A file of which nobody reads much at once: `tarfile` would take a header of any length into memory."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def read(self, size: int = -1, /) -> bytes:
        if not 0 <= size <= CHUNK:
            raise tarfile.ReadError("a header is too long")
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()


def _members(file: IO[bytes], name: str) -> list[tarfile.TarInfo]:
    """The archive's members but directories and rubbish, no more than one above the limit."""
    members: list[tarfile.TarInfo] = []
    try:
        with tarfile.open(fileobj=_Bounded(file), mode="r:", errorlevel=2) as tar:
            while len(members) <= settings.IMPORT_MAX_FILES and (member := tar.next()):
                if not (member.isdir() or is_ignored(member.name)):
                    members.append(member)
    except (*UNREADABLE, RecursionError) as error:
        raise _no_archive(name) from error
    return members


def _unpacked(path: Path, name: str, on_alive: Alive) -> IO[bytes]:
    """The archive as an open file without compression."""
    with path.open("rb") as file:
        head = file.read(8)
    opener = next((one for magic, one in COMPRESSIONS.items() if head.startswith(magic)), None)
    if opener is None:
        return path.open("rb")
    check_room(Path(tempfile.gettempdir()), path.stat().st_size, what=f"unpacking {name}")
    plain = tempfile.TemporaryFile()  # noqa: SIM115 (it is the caller's to close)
    try:
        with path.open("rb") as packed, opener(packed) as stream:
            _copy(stream, plain, name, on_alive)
        plain.seek(0)
    except UNREADABLE as error:
        plain.close()
        raise _why_not_unpacked(error, name) from error
    except BaseException:
        plain.close()
        raise
    return plain


def _why_not_unpacked(error: Exception, name: str) -> Exception:
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        return error
    if isinstance(error, TooMuchMemoryError):
        message = f"{name} was compressed by xz with a dictionary of more than {MAX_DICTIONARY >> 20} MiB; pack it with xz -9 or less."
        return InvalidInput(message, code="too_much_memory", field="archive")
    return _no_archive(name)


def _copy(stream: IO[bytes], plain: IO[bytes], name: str, on_alive: Alive) -> None:
    limit = 2 * settings.IMPORT_MAX_ARCHIVE_BYTES
    while chunk := stream.read(CHUNK):
        plain.write(chunk)
        on_alive()
        if plain.tell() > limit:
            message = f"{name} unpacks to more than {limit} bytes, which is more than is read."
            raise InvalidInput(message, code="archive_too_large", field="archive")


def _refusal(entry: Entry) -> Refusal:
    return (
        refusal_of_name(entry.name) or _refusal_of_kind(entry.handle) or refusal_of_size(entry.size)
    )


def _refusal_of_kind(member: tarfile.TarInfo) -> Refusal:
    if member.issym() or member.islnk():
        return LINK
    if not member.isfile() or member.issparse():
        return SPECIAL
    return None


def _no_archive(name: str) -> InvalidInput:
    message = f"{name} is not a readable zip or tar archive."
    return InvalidInput(message, code="not_an_archive", field="archive")
