"""The tar archive inside a backup: written as a stream, and read back as exactly what is written here.

Every header and every padding must be the one that `head` and `padding` give, so that no byte of it can be another.
"""

import hashlib
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from readerstudy.core.backup.faults import BackupFault

PIECE = 4 * 2**20
_BLOCK = tarfile.BLOCKSIZE
END = bytes(2 * _BLOCK)
MOST_CHARACTERS = tarfile.LENGTH_NAME


def head(name: str, size: int) -> bytes:
    """The block before a member's content: name and size, and nothing of the machine."""
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info.tobuf(tarfile.GNU_FORMAT)


def padding(size: int) -> bytes:
    """The zeros after a content of this size."""
    return bytes(-size % _BLOCK)


@dataclass(frozen=True)
class Member:
    """One part of a backup, as the manifest lists it. `stored` is the name in the storage, empty for other parts."""

    name: str
    size: int
    sha256: str
    stored: str = ""


@dataclass
class Ledger:
    """Writes members and remembers them for the manifest."""

    members: list[Member] = field(default_factory=list)

    def whole(self, name: str, content: bytes) -> Iterator[bytes]:
        """A member that is in memory."""
        return self.stream(name, len(content), iter([content]))

    def stream(
        self, name: str, size: int, chunks: Iterator[bytes], *, stored: str = ""
    ) -> Iterator[bytes]:
        """A member that comes in chunks. Raises BackupFault where they are not `size` bytes in all."""
        digest, come = hashlib.sha256(), 0
        yield head(name, size)
        for chunk in chunks:
            digest.update(chunk)
            come += len(chunk)
            yield chunk
        if come != size:
            raise BackupFault(f"{stored or name} has {come} bytes, and had {size} a moment ago.")
        yield padding(size)
        self.members.append(Member(name, size, digest.hexdigest(), stored))


class Part:
    """A member that is being read."""

    def __init__(self, archive: "Archive", name: str, size: int) -> None:
        self.name, self.size = name, size
        self._archive, self._left, self._digest = archive, size, hashlib.sha256()

    def chunks(self) -> Iterator[bytes]:
        """The content in pieces of at most 4 MiB; raises BackupFault where it is cut off."""
        while self._left:
            chunk = self._archive.take(min(self._left, PIECE))
            self._left -= len(chunk)
            self._digest.update(chunk)
            yield chunk

    def whole(self) -> bytes:
        """The content at once, for parts that are small."""
        return b"".join(self.chunks())

    def read_to_end(self) -> Member:
        """What came, once all of it has come."""
        for _chunk in self.chunks():
            pass
        return Member(self.name, self.size, self._digest.hexdigest())

    def finished(self) -> Member:
        """What came, with the zeros after it."""
        member = self.read_to_end()
        if any(self._archive.take(len(padding(self.size)))):
            raise BackupFault(f"After {self.name} there is something that was not written there.")
        return member


class Archive:
    """Reads the members one after the other."""

    def __init__(self, stream: BinaryIO, file_name: str) -> None:
        self._stream, self._file_name = stream, file_name
        self.members: list[Member] = []

    def __iter__(self) -> Iterator[Part]:
        """Every part; each is read to its end before the next comes. Raises BackupFault."""
        while part := self._next():
            yield part
            self.members.append(part.finished())
        if any(self.take(_BLOCK)) or self._stream.read(1):
            raise BackupFault(f"After the end of {self._file_name} there is something more.")

    def take(self, size: int) -> bytes:
        """So many bytes, or BackupFault."""
        content = self._stream.read(size)
        while len(content) < size and (more := self._stream.read(size - len(content))):
            content += more
        if len(content) < size:
            raise BackupFault(f"{self._file_name} is cut off.")
        return content

    def _next(self) -> Part | None:
        block = self.take(_BLOCK)
        if not any(block):
            return None
        try:
            info = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
        except (tarfile.HeaderError, ValueError) as error:
            raise BackupFault(self._strange()) from error
        if head(info.name, info.size) != block:
            raise BackupFault(self._strange())
        return Part(self, info.name, info.size)

    def _strange(self) -> str:
        if not self.members:
            return f"{self._file_name} is no backup, or its beginning was changed."
        return f"{self._file_name} was changed after {self.members[-1].name}."
