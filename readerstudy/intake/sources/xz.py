"""An xz file unpacked with bounded memory: its header says how large a dictionary it needs, up to 4 GiB."""

import io
import lzma
from typing import IO

# xz -9 needs 64 MiB, and a little beside it.
MAX_DICTIONARY = 128 * 2**20
MEMORY = MAX_DICTIONARY + 2**20
PACKED = 2**18


class TooMuchMemoryError(lzma.LZMAError):
    """The file needs a larger dictionary than it may have."""


class XzFile(io.RawIOBase):
    """An xz file, also one of several streams, as a stream of its content. `lzma.LZMAFile` knows no limit of memory."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__()
        self._file = file
        self._stream = _decompressor()
        self._ahead = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Raises TooMuchMemoryError, LZMAError for a damaged file, EOFError for one that is cut short."""
        while True:
            content = self._unpacked(len(buffer))
            if content or self._is_over():
                buffer[: len(content)] = content
                return len(content)

    def _unpacked(self, size: int) -> bytes:
        if self._stream.eof:
            return b""
        packed = b""
        if self._stream.needs_input:
            packed = self._ahead or self._file.read(PACKED)
            self._ahead = b""
            if not packed:
                raise EOFError("the stream has no end")
        try:
            return self._stream.decompress(packed, size)
        except lzma.LZMAError as error:
            # The one word of liblzma for it that Python passes on.
            if "memory" in str(error).casefold():
                raise TooMuchMemoryError(str(error)) from error
            raise

    def _is_over(self) -> bool:
        """Whether the last stream has ended; another one is begun. NULs may lie between and behind (xz 1.2, 2.2)."""
        if not self._stream.eof:
            return False
        ahead = self._stream.unused_data.lstrip(b"\0")
        while not ahead and (more := self._file.read(PACKED)):
            ahead = more.lstrip(b"\0")
        if not ahead:
            return True
        self._stream, self._ahead = _decompressor(), ahead
        return False


def _decompressor() -> lzma.LZMADecompressor:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MEMORY)
