"""People with an authenticator app, whose codes a test computes as the app does (RFC 6238)."""

import base64
import hmac
import struct
import time

from allauth.mfa.models import Authenticator

from readerstudy.accounts.adapters import SecondFactorAdapter

KEY = base64.b32encode(b"twenty bytes of test").decode()


def code_of(key=KEY, *, at=None):
    """The six digits that an app shows at the moment."""
    counter = int((time.time() if at is None else at) // 30)
    digest = hmac.digest(base64.b32decode(key), struct.pack(">Q", counter), "sha1")
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def give_app(user, key=KEY):
    """Sets up the app without its pages."""
    data = {"secret": SecondFactorAdapter().encrypt(key)}
    return Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data=data)
