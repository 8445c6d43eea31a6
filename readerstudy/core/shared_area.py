"""Memory that a process and its child both see, so that large answers need not go through a pipe."""

import mmap
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress


class SharedArea:
    """A stretch of memory behind a file descriptor."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._memory = mmap.mmap(descriptor, os.fstat(descriptor).st_size)

    def put(self, parts: Sequence[bytes | memoryview]) -> bool:
        """Writes the parts one behind the other; False, and nothing is written, where they do not fit."""
        if sum(len(part) for part in parts) > len(self._memory):
            return False
        self._memory.seek(0)
        for part in parts:
            self._memory.write(part)
        return True

    def get(self, lengths: Sequence[int]) -> list[bytes]:
        """Copies of the parts with these lengths. Raises ValueError where they are longer than the area."""
        if min(lengths, default=0) < 0 or sum(lengths) > len(self._memory):
            raise ValueError("the parts are longer than the area")
        self._memory.seek(0)
        return [self._memory.read(length) for length in lengths]

    def view(self, length: int) -> memoryview:
        """The first bytes, without a copy: good until something else is put here."""
        return memoryview(self._memory)[:length]

    def close(self) -> None:
        os.close(self.descriptor)
        with suppress(BufferError):  # a view is held still; the memory goes with it
            self._memory.close()


def new_area(size: int) -> SharedArea:
    """An area of so many bytes, which take no memory before something is written there."""
    descriptor = _descriptor()
    os.ftruncate(descriptor, size)
    return SharedArea(descriptor)


def _descriptor() -> int:
    if hasattr(os, "memfd_create"):
        return os.memfd_create("shared-area")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
