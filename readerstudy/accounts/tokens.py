"""The secret in an invitation link. Only its hash is stored."""

import hashlib
import secrets
from datetime import timedelta

LIFETIME = timedelta(hours=72)


def new_token() -> str:
    """A secret with 256 random bits that can stand in an address."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """SHA-256 in hexadecimal. The token is random, so that a slow hash would add nothing."""
    return hashlib.sha256(token.encode()).hexdigest()
