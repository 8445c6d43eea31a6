"""A zip archive from outside: what is in it, what is refused, and the bytes of one entry at a time.

The archive stays on disk. Nothing is ever unpacked under the name that stands in it.
"""

import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import IO

from readerstudy.core.errors import InvalidInput, Problem
from readerstudy.intake.sources.bounded import BoundedZip, check_one_end
from readerstudy.intake.sources.entry import Entry
from readerstudy.intake.sources.refusals import (
    CHUNK,
    LINK,
    Refusal,
    check_archive_bytes,
    check_read,
    is_ignored,
    refusal_of_name,
    refusal_of_size,
    shown,
)
from readerstudy.intake.sources.source import Source

# Photographs hardly shrink; a file that unpacks to more than this was made to do harm.
MAX_RATIO = 200
RATIO_MATTERS_ABOVE = 2**20
_LOCAL_HEADER_BYTES = 30
_SAYS_UTF_8 = 0x800  # APPNOTE 4.4.4, bit 11
UNREADABLE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, struct.error)


class Archive(Source):
    """An opened zip archive: its usable `entries`, and the `problems` of the others. Use it in a `with` block."""

    def __init__(self, path: Path, *, name: str) -> None:
        self._zip = _opened(path, name)
        infos = [one for one in self._zip.infolist() if not _is_aside(one.filename)]
        found = [Entry(_name_of(info), info.file_size, info) for info in infos]
        try:
            super().__init__(name, found, _refusal)
        except BaseException:
            self.close()
            raise
        self.problems += _overlaps(infos, name)

    def close(self) -> None:
        file = self._zip.fp
        self._zip.close()
        # `zipfile` leaves open what it did not open.
        if file:
            file.close()

    def read(self, entry: Entry) -> bytes:
        """The bytes of one entry. Raises InvalidInput where they cannot be had or are more than it says."""
        content = bytearray()
        with self._stream(entry) as stream:
            while chunk := stream.read(CHUNK):
                content += chunk
                check_read(len(content), entry)
        return bytes(content)

    def head(self, entry: Entry, size: int) -> bytes:
        """The first `size` bytes of one entry. Raises InvalidInput where they cannot be had."""
        with self._stream(entry) as stream:
            return stream.read(size)

    @contextmanager
    def _stream(self, entry: Entry) -> Iterator[IO[bytes]]:
        try:
            with self._zip.open(entry.handle) as stream:
                yield stream
        except NotImplementedError as error:  # how zipfile says it
            message = f"{entry.name} is compressed by a method that is not read; use Deflate."
            raise InvalidInput(message, code="unknown_compression") from error
        except UNREADABLE as error:
            message = f"{entry.name} cannot be unpacked: the archive is damaged there."
            raise InvalidInput(message, code="damaged_entry") from error


def _is_aside(name: str) -> bool:
    # `ZipInfo.is_dir` breaks where a name is empty.
    return name.endswith("/") or is_ignored(name)


def _name_of(info: zipfile.ZipInfo) -> str:
    """The name as it was meant: Macintoshes write UTF-8 and do not say so, which is then read as code page 437."""
    # `filename` ends at the first NUL; `orig_filename` is what really stands there.
    name = info.orig_filename
    if info.flag_bits & _SAYS_UTF_8:
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def _opened(path: Path, name: str) -> zipfile.ZipFile:
    check_archive_bytes(path.stat().st_size, name)
    file = path.open("rb")
    try:
        check_one_end(file, name=name)
        return zipfile.ZipFile(BoundedZip(file, name=name))
    # NotImplementedError: a directory that asks for a newer version of zip than zipfile knows.
    except (*UNREADABLE, ValueError, NotImplementedError) as error:
        file.close()
        message = f"{name} is not a readable zip or tar archive."
        raise InvalidInput(message, code="not_an_archive", field="archive") from error
    except BaseException:
        file.close()
        raise


def _refusal(entry: Entry) -> Refusal:
    return (
        refusal_of_name(entry.name)
        or _refusal_of_kind(entry.handle)
        or refusal_of_size(entry.size)
        or _refusal_of_ratio(entry.handle)
    )


def _refusal_of_kind(info: zipfile.ZipInfo) -> Refusal:
    if stat.S_ISLNK(info.external_attr >> 16):
        return LINK
    if info.flag_bits & 0x1:
        return "encrypted", "The file is encrypted; put it into the archive without a password."
    return None


def _refusal_of_ratio(info: zipfile.ZipInfo) -> Refusal:
    ratio = info.file_size / max(info.compress_size, 1)
    if info.file_size > RATIO_MATTERS_ABOVE and ratio > MAX_RATIO:
        return "zip_bomb", f"The file unpacks to {ratio:.0f} times its size; photographs do not."
    return None


def _overlaps(infos: list[zipfile.ZipInfo], name: str) -> Iterator[Problem]:
    """Files that lie on one another: a small archive whose files share their bytes unpacks to a huge one (Fifield 2019)."""
    placed = sorted(infos, key=lambda info: info.header_offset)
    for first, second in pairwise(placed):
        least = first.header_offset + _LOCAL_HEADER_BYTES + first.compress_size
        if least > second.header_offset:
            message = f"{shown(first.orig_filename)} and {shown(second.orig_filename)} lie on one another; no program packs like that."
            yield Problem("overlapping_files", message, file=name)
            return
