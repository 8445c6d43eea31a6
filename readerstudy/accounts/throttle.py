"""A limit on wrong passwords: what is counted is the mail address that was typed, known or not."""

import hashlib
from contextlib import suppress

from django.core.cache import cache

ATTEMPTS = 10
SECONDS = 300


def is_throttled(email: str) -> bool:
    """Whether there were too many wrong passwords for this address in the last minutes."""
    return int(cache.get(_key(email), 0)) >= ATTEMPTS


def count_failure(email: str) -> None:
    """One wrong password more; the minutes count from the first one."""
    if not cache.add(_key(email), 1, SECONDS):
        with suppress(ValueError):  # it ran out between the two calls
            cache.incr(_key(email))


def forget_failures(email: str) -> None:
    """The right password was typed."""
    cache.delete(_key(email))


def _key(email: str) -> str:
    # Hashed: an address may hold characters that a cache key must not, and need not stand there in clear.
    return f"sign-in:{hashlib.sha256(email.strip().lower().encode()).hexdigest()}"
