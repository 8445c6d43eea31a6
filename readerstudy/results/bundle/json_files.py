"""JSON of the bundle: written for people, read with suspicion."""

import json
import math
from typing import Any

from readerstudy.results.bundle.faults import BundleFaultsError


def json_bytes(document: Any) -> bytes:
    """UTF-8 JSON with sorted keys, indented; equal content gives equal bytes. Raises ValueError for NaN and infinity."""
    text = json.dumps(document, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()


def read_json(file: str, data: bytes) -> Any:
    """The content of a JSON file. Raises BundleFaultsError for anything that is no strict JSON, or too deeply nested."""
    try:
        found = json.loads(
            data.decode(), parse_constant=_refuse, parse_float=_finite, object_pairs_hook=_once
        )
        # Half a surrogate pair can be escaped in JSON, but is no text that can be hashed or printed.
        json.dumps(found, ensure_ascii=False).encode()
    except RecursionError as error:
        raise BundleFaultsError([f"{file} is nested too deeply."]) from error
    except ValueError as error:
        raise BundleFaultsError([f"{file} is not readable as JSON ({error})."]) from error
    return found


def read_object(file: str, data: bytes) -> dict[str, Any]:
    """The same where it must be an object."""
    found = read_json(file, data)
    if not isinstance(found, dict):
        raise BundleFaultsError([f"{file} must hold a JSON object."])
    return found


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:40]} is no finite number")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice[:60]!r} stands there twice")
    return found
