"""How a process and its children talk: a JSON header that tells the lengths of the parts behind it."""

import json
import struct
from collections.abc import Sequence
from typing import IO, Any

Part = bytes | memoryview
_LENGTH = struct.Struct(">I")
# Of one part; the largest photograph that is read has 180 million bytes of pixels.
MAX_BYTES = 2**29
# What is smaller goes through a pipe in one go; larger parts are handed over in memory where both sides have some.
LARGE = 2**16


def send(stream: IO[bytes], header: dict[str, Any], parts: Sequence[Part] = ()) -> None:
    """Writes one message."""
    told = json.dumps({**header, "parts": [len(part) for part in parts]}).encode()
    stream.write(_LENGTH.pack(len(told)) + told)
    for part in parts:
        stream.write(part)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[dict[str, Any], list[bytes]] | None:
    """One message, or None where the other side has closed.

    Raises EOFError where it ends within a message, ValueError for what is none.
    """
    first = stream.read(1)
    if not first:
        return None
    length = first + _exactly(stream, _LENGTH.size - 1)
    header = json.loads(_exactly(stream, _LENGTH.unpack(length)[0]))
    return header, [_exactly(stream, count) for count in header.pop("parts")]


def _exactly(stream: IO[bytes], count: int) -> bytes:
    if count > MAX_BYTES:
        raise ValueError("a part is too long")
    content = stream.read(count)
    if len(content) < count:
        raise EOFError
    return content
