"""Hashes that only this installation can make: under `AUDIT_KEY`, which is not in the database."""

import hmac
from typing import Any

from django.conf import settings

from readerstudy.core.canonical import canonical_json


def keyed_hash(document: Any) -> str:
    """HMAC-SHA-256 of the canonical JSON under `AUDIT_KEY`, in hexadecimal."""
    return hmac.digest(settings.AUDIT_KEY.encode(), canonical_json(document), "sha256").hex()
