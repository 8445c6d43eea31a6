"""Limits on what can be tried again and again. What is counted is what was typed or who asked, known or not."""

import hashlib
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from django.core.cache import cache

from readerstudy.core.errors import NotFound, TooManyTries


@dataclass(frozen=True)
class Limit:
    """So many tries in so many seconds; the seconds count from the first try."""

    name: str
    attempts: int
    seconds: int

    def is_reached(self, key: str) -> bool:
        """Whether there were too many tries in the last seconds."""
        place = self._key(key)
        return int(cache.get(_counter(place, cache.get(place)), 0)) >= self.attempts

    def count(self, key: str) -> int:
        """One try more; how many there are now."""
        place = self._key(key)
        ends = self._end(place)
        counter, left = _counter(place, ends), max(1, math.ceil(ends - time.time()))
        if cache.add(counter, 1, left):
            return 1
        with suppress(ValueError):  # it ran out between the two calls
            tries = int(cache.incr(counter))
            # A cache of files or in a database keeps what it adds to for five minutes from then, whatever was said before.
            cache.touch(counter, left)
            return tries
        return 1

    def forget(self, key: str) -> None:
        """It was the right one."""
        place = self._key(key)
        cache.delete_many([_counter(place, cache.get(place)), place])

    def _end(self, place: str) -> float:
        """When the time ends that began with the first try. It is written once, and never added to."""
        ends = cache.get(place)
        if ends is None:
            ends = time.time() + self.seconds
            if not cache.add(place, ends, self.seconds):
                ends = cache.get(place, ends)
        return float(ends)

    def _key(self, key: str) -> str:
        # Hashed: what is typed may hold characters that a cache key must not, and need not stand there in clear.
        return f"{self.name}:{hashlib.sha256(key.strip().lower().encode()).hexdigest()}"


def _counter(place: str, ends: float | None) -> str:
    return f"{place}:{ends}"


ATTEMPTS = 10
SECONDS = 300
# Wrong passwords for one account, and from one address: a hospital's readers all come from the same one.
PASSWORDS = Limit("sign-in", ATTEMPTS, SECONDS)
PASSWORDS_OF_A_DAY = Limit("sign-in-day", 100, 24 * 3600)
PASSWORDS_FROM = Limit("sign-in-from", 200, SECONDS)
# Wrong codes of a second factor for one account.
CODES = Limit("code", ATTEMPTS, SECONDS)
CODES_OF_A_DAY = Limit("code-day", 100, 24 * 3600)
# Mails with a link to set a new password: to one account, and asked for from one address.
RESETS_OF = Limit("reset", 3, 3600)
RESETS_FROM = Limit("reset-from", 60, 3600)
# Links of invitations and resets that open nothing, from one address.
WRONG_LINKS = Limit("wrong-link", 60, SECONDS)
WRONG_TOKENS = Limit("wrong-token", 60, SECONDS)


@contextmanager
def link_tried_from(address: str) -> Iterator[None]:
    """Around the look for what a link opens: counts it where that raises NotFound.

    Raises TooManyTries for every link, the right one too, where too many were tried that open nothing.
    """
    if WRONG_LINKS.is_reached(address):
        sentence = "Too many links that open nothing were tried from your network. Please open yours again in five minutes."
        raise TooManyTries(sentence)
    try:
        yield
    except NotFound:
        WRONG_LINKS.count(address)
        raise


def is_shut(email: str) -> bool:
    """Whether there were too many wrong passwords for this account in the last time."""
    return PASSWORDS.is_reached(email) or is_shut_today(email)


def is_shut_today(email: str) -> bool:
    """Whether there were too many in a day: waiting for five minutes does not help."""
    return PASSWORDS_OF_A_DAY.is_reached(email)


def is_shut_out(email: str, address: str) -> bool:
    """The same, or too many from this address."""
    return is_shut(email) or PASSWORDS_FROM.is_reached(address)


def count_wrong_password(email: str, address: str = "") -> None:
    """One wrong password more; without `address` for somebody who is signed in."""
    PASSWORDS.count(email)
    PASSWORDS_OF_A_DAY.count(email)
    if address:
        PASSWORDS_FROM.count(address)


def forget_wrong_passwords(email: str) -> None:
    """The right password was typed. What came from the address stays counted: an attacker may have an account."""
    PASSWORDS.forget(email)
    PASSWORDS_OF_A_DAY.forget(email)
