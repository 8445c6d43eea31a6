"""A zip file of which the directory is bounded: `zipfile` reads it whole, wherever the end record says that it lies.

What the end record says is not read a second time here: two readers can be brought to see two different records. It is
the reading itself that is bounded, whatever led to it.
"""

import io
import os
import struct
from typing import IO

from django.conf import settings

from readerstudy.core.errors import InvalidInput

# Of the archive's directory, which is held in memory: 20,000 names of 1,000 characters are a third of it.
MAX_DIRECTORY_BYTES = 64 * 2**20
# Folders and what operating systems leave beside each file are entries too.
ENTRIES_PER_FILE = 4
_ENTRY = b"PK\x01\x02"
# APPNOTE 4.3.16: the end record has 22 bytes and a comment of at most 65,535 behind it.
_END, _END_BYTES, _MAX_COMMENT = b"PK\x05\x06", 22, 65_535


class BoundedZip(io.RawIOBase):
    """An opened zip file whose directory can be read only if it is of a bearable size. Raises InvalidInput otherwise."""

    def __init__(self, file: IO[bytes], *, name: str) -> None:
        super().__init__()
        self._file, self._name = file, name

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def read(self, size: int = -1, /) -> bytes:
        """As a file reads. Photographs are read in pieces, far below the bounds."""
        if size > MAX_DIRECTORY_BYTES:
            raise self._refused(f"has {size} bytes; at most {MAX_DIRECTORY_BYTES} are read")
        content = self._file.read(MAX_DIRECTORY_BYTES if size < 0 else size)
        most = ENTRIES_PER_FILE * settings.IMPORT_MAX_FILES
        if content.count(_ENTRY) > most:
            raise self._refused(
                f"has more than {most} entries, files and folders; no more are read"
            )
        return content

    def close(self) -> None:
        self._file.close()
        super().close()

    def _refused(self, what: str) -> InvalidInput:
        message = f"The directory of {self._name} {what}."
        return InvalidInput(message, code="too_many_files", field="archive")


def check_one_end(file: IO[bytes], *, name: str) -> None:
    """Raises InvalidInput where two end records could be meant: two programs would unpack two different archives."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _END_BYTES - _MAX_COMMENT))
    tail = file.read()
    first = next((at for at in _marks(tail) if _ends_with_file(tail, at)), None)
    if first is not None and tail.rfind(_END) > first:
        message = f"{name} has two end records, and each lists other files; pack it again."
        raise InvalidInput(message, code="not_an_archive", field="archive")


def _marks(tail: bytes) -> list[int]:
    found = [tail.find(_END)]
    while found[-1] >= 0:
        found.append(tail.find(_END, found[-1] + 1))
    return found[:-1]


def _ends_with_file(tail: bytes, at: int) -> bool:
    """Whether the end record here, with its comment, ends where the file does."""
    if at + _END_BYTES > len(tail):
        return False
    comment = int(struct.unpack_from("<H", tail, at + 20)[0])
    return at + _END_BYTES + comment == len(tail)
