"""How allauth, which does second factors, passkeys and sign-in at hospitals, fits into this site."""

import base64
import time
from collections.abc import Iterable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from readerstudy.accounts.addresses import counted_address
from readerstudy.accounts.models import User
from readerstudy.accounts.passwords import check_own_password
from readerstudy.accounts.second_factor import is_last_required
from readerstudy.core.clock import now
from readerstudy.core.errors import InvalidInput
from readerstudy.core.sentences import problem_words


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up, messages are ours, addresses are those that our proxies saw."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": gettext_lazy(
            "Too many wrong codes. Please try again in five minutes."
        ),
        "rate_limited": gettext_lazy("Too many wrong codes. Please try again in five minutes."),
        "incorrect_password": gettext_lazy("This is not your password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: accounts come by invitation or through a hospital."""
        del request
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """For its limits and the list of sessions, which keeps even less of it."""
        return counted_address(request) or "0.0.0.0"  # nosec B104  # noqa: S104 (no address; a test's request has none)

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """As for somebody who does not exist."""
        del user
        messages.error(request, _("You cannot be signed in with this."))
        return redirect("accounts:sign-in")

    def add_message(self, *_args: Any, **_kwargs: Any) -> None:
        """Nothing: the pages say themselves what was done."""

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not of somebody who has signed in a moment ago."""
        if signed_in_lately(context.request):
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def reauthenticate(self, user: Any, password: str) -> bool:
        """Raises ValidationError with the sentence: the password is checked and counted as everywhere."""
        try:
            check_own_password(user, password, now=now())
        except InvalidInput as error:
            raise ValidationError(problem_words(error.problems[0]), code=error.code) from error
        return True

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Who has nothing of their own signs in at the hospital again."""
        found = super().get_reauthentication_methods(user)
        again = {"id": "again", "description": "", "url": reverse("accounts:again")}
        return found or ([again] if user.is_authenticated else [])


def signed_in_lately(request: HttpRequest) -> bool:
    """Whether the person has shown in the last minutes who they are, in whatever way."""
    records = get_authentication_records(request, request.user)
    return is_lately(one["at"] for one in records)


def is_lately(moments: Iterable[float]) -> bool:
    """Whether the latest of these moments (seconds since 1970) is a few minutes ago at most."""
    return bool(time.time() - max(moments, default=0) < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets are encrypted in the database; the last factor of somebody who must have one stays."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("This code is not right, or was used already."),
        "cannot_delete_authenticator": gettext_lazy(
            "Your role needs a second factor. Set up another one before you remove this one."
        ),
    }

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not is_last_required(authenticator)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002 (allauth's name)
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return _("Passkey %(number)d") % {"number": number}

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        entity = super().get_public_key_credential_user_entity(user)
        return {**entity, "display_name": user.name if isinstance(user, User) else str(user)}


def _cipher() -> Fernet:
    """Under a key that is made of SECRET_KEY: a copy of the database alone makes no codes."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"second factors")
    return Fernet(base64.urlsafe_b64encode(derived.derive(settings.SECRET_KEY.encode())))
