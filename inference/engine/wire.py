"""The protocol-buffer wire format, as far as reading an ONNX file's facts needs it.

https://protobuf.dev/programming-guides/encoding/ - read here so that the `onnx` package stays a tool of the tests.
"""

from collections.abc import Iterator
from itertools import chain
from typing import cast

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
_LONGEST_VARINT = 70


class WireError(ValueError):
    """The bytes are not a protocol-buffer message."""


def read_fields(view: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """(field number, value) of one message: an integer, or a view of the bytes without copying them."""
    at = 0
    while at < len(view):
        key, at = _varint(view, at)
        number, kind = key >> 3, key & 7
        if kind == VARINT:
            value, at = _varint(view, at)
            yield number, value
            continue
        length, at = _length(view, at, kind)
        if at + length > len(view):
            raise WireError("a field is longer than its message")
        yield number, view[at : at + length]
        at += length


def _length(view: memoryview, at: int, kind: int) -> tuple[int, int]:
    if kind == BYTES:
        return _varint(view, at)
    if kind in (FIXED64, FIXED32):
        return (8 if kind == FIXED64 else 4), at
    raise WireError("an unknown kind of field")


def _varint(view: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(view) or shift >= _LONGEST_VARINT:
            raise WireError("a number without an end")
        byte = view[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:  # noqa: PLR2004 - the continuation bit
            return value, at


def packed_numbers(values: list[int | memoryview]) -> Iterator[int]:
    """The numbers of a repeated integer field: written one by one, or packed into runs of bytes."""
    for value in values:
        if isinstance(value, int):
            yield value
            continue
        at = 0
        while at < len(value):
            number, at = _varint(value, at)
            yield number


class Message:
    """One message's fields by number. Raises WireError where bytes and numbers are not what they should be.

    A message that comes in several pieces is what the pieces say together: a reader that took one of them would see less
    than onnxruntime does.
    """

    def __init__(self, *pieces: memoryview) -> None:
        self._fields: dict[int, list[int | memoryview]] = {}
        for number, value in chain.from_iterable(map(read_fields, pieces)):
            self._fields.setdefault(number, []).append(value)

    def number(self, field: int) -> int:
        """The last number; what is no number there is passed over, as every reader does."""
        numbers = [value for value in self._fields.get(field, []) if isinstance(value, int)]
        return numbers[-1] if numbers else 0

    def has(self, field: int) -> bool:
        return field in self._fields

    def values(self, field: int) -> list[int | memoryview]:
        return self._fields.get(field, [])

    def views(self, field: int) -> list[memoryview]:
        values = self._fields.get(field, [])
        if any(isinstance(value, int) for value in values):
            raise WireError("a number in place of a message")
        return cast("list[memoryview]", values)

    def texts(self, field: int) -> list[str]:
        return [str(view, "utf-8") for view in self.views(field)]

    def text(self, field: int) -> str:
        return "".join(self.texts(field)[-1:])

    def messages(self, field: int) -> Iterator["Message"]:
        """Of a field that may be repeated."""
        return (Message(view) for view in self.views(field))

    def message(self, field: int) -> "Message | None":
        """Of a field that is there once, in one piece or in several."""
        views = self.views(field)
        return Message(*views) if views else None
