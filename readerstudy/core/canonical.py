"""Canonical JSON and its hash: equal content gives equal bytes on every machine."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any


def canonical_json(document: Any) -> bytes:
    """UTF-8 JSON with sorted keys and no white space. NaN and infinity are refused (ValueError)."""
    text = json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode("utf-8")


def sha256_of(document: Any) -> str:
    """The SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical_json(document)).hexdigest()


def sha256_of_all(items: Iterable[Any]) -> str:
    """`sha256_of` of the list of these items, which are never in memory together."""
    digest = hashlib.sha256(b"[")
    for number, item in enumerate(items):
        digest.update((b"," if number else b"") + canonical_json(item))
    digest.update(b"]")
    return digest.hexdigest()
