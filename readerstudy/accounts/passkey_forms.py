"""The forms that take what an authenticator says. Anybody may send anything there, at the sign-in without an account."""

import struct

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn import forms

# What the library raises for what no authenticator says, beside what it tells as a wrong answer.
_UNREADABLE = (
    AttributeError,
    IndexError,
    KeyError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
)


class _Readable(forms.forms.Form):
    """What cannot be read is a wrong answer, and no fault of the site's."""

    def full_clean(self) -> None:
        try:
            super().full_clean()
        except _UNREADABLE:
            self.add_error("credential", get_adapter().validation_error("incorrect_code"))


class AddPasskeyForm(_Readable, forms.AddWebAuthnForm):
    """A new passkey."""


class SecondPasskeyForm(_Readable, forms.AuthenticateWebAuthnForm):
    """A passkey beside the password."""


class ConfirmPasskeyForm(_Readable, forms.ReauthenticateWebAuthnForm):
    """A passkey that says that it is still the same person."""


class SignInPasskeyForm(_Readable, forms.LoginWebAuthnForm):
    """A passkey in place of the password."""
