"""Memory that a process and its child both see, so that large answers need not go through a pipe."""

import mmap
import os
import tempfile
from collections.abc import Sequence

import numpy as np


class SharedArea:
    """A stretch of memory behind a file descriptor."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._memory = mmap.mmap(descriptor, os.fstat(descriptor).st_size)
        self._bytes = np.frombuffer(self._memory, np.uint8)

    def put(self, parts: Sequence[bytes | memoryview], *, at: int = 0) -> bool:
        """Writes the parts one behind the other; False, and nothing is written, where they do not fit."""
        if at + sum(len(part) for part in parts) > len(self._memory):
            return False
        for part in parts:
            # NumPy lets other threads work while it copies.
            self._bytes[at : at + len(part)] = np.frombuffer(part, np.uint8)
            at += len(part)
        return True

    def get(self, lengths: Sequence[int]) -> list[bytes]:
        """Copies of the parts with these lengths. Raises ValueError where they are longer than the area."""
        if min(lengths, default=0) < 0 or sum(lengths) > len(self._memory):
            raise ValueError("the parts are longer than the area")
        self._memory.seek(0)
        return [self._memory.read(length) for length in lengths]

    def view(self, at: int, length: int) -> memoryview:
        """Bytes without a copy: good until something else is put there."""
        return self._bytes[at : at + length].data

    def close(self) -> None:
        """The memory goes with the last view of it."""
        os.close(self.descriptor)


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
