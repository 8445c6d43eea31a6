"""Numbers, texts, moments and bytes in tuples, as JSON can hold them, and back."""

from base64 import b64decode, b64encode
from datetime import datetime
from typing import Any


def packed(value: Any) -> Any:
    """Tuples as lists, dictionaries as lists of pairs, bytes and moments as what they are named by. JSON takes the rest as it is."""
    match value:
        case tuple() | list():
            return [packed(one) for one in value]
        case dict():
            return {"pairs": [[packed(key), packed(one)] for key, one in value.items()]}
        case bytes():
            return {"bytes": b64encode(value).decode()}
        case datetime():
            return {"moment": value.isoformat()}
    return value


def unpacked(value: Any) -> Any:
    """What `packed` was given, with tuples for lists. Raises ValueError for an object that it did not make."""
    match value:
        case list():
            return tuple(unpacked(one) for one in value)
        case {"pairs": pairs}:
            return {unpacked(key): unpacked(one) for key, one in pairs}
        case {"bytes": text}:
            return b64decode(text, validate=True)
        case {"moment": text}:
            return datetime.fromisoformat(text)
        case dict():
            raise ValueError(f"No value is packed like {sorted(value)}.")
    return value
