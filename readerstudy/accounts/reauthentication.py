"""That it is still the person who signed in: asked before a study is unblinded, data leave the site, readings are signed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from readerstudy.accounts.models import User
from readerstudy.accounts.requests import SignedInRequest
from readerstudy.accounts.throttle import PASSWORDS
from readerstudy.core.clock import now as current_time
from readerstudy.core.errors import DomainError, InvalidInput, NotAllowed
from readerstudy.core.forms import show_problems

# The names of the fields by which a form is confirmed.
CONFIRMATION = ("password",)


@dataclass(frozen=True)
class Confirmation:
    """What somebody gives to show that it is they."""

    password: str = ""


def check_confirmation(*, actor: User, given: Confirmation, now: datetime) -> None:
    """Raises InvalidInput where what was given does not show that it is the actor, NotAllowed for a token.

    Wrong ones count as they do at the door: a session left open is no place to guess.
    """
    del now
    if actor.api_token is not None:
        raise NotAllowed("This cannot be done with a token.", code="no_token")
    if PASSWORDS.is_reached(actor.email):
        sentence = "Too many wrong passwords. Please try again in five minutes."
        raise InvalidInput(sentence, code="throttled", field="password")
    if not actor.check_password(given.password):
        PASSWORDS.count(actor.email)
        raise InvalidInput("This is not your password.", code="wrong_password", field="password")
    PASSWORDS.forget(actor.email)


class ConfirmationFields(forms.Form):
    """The password once more. What a form adds stands before it; the service that takes `confirmation` checks it."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, request: SignedInRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._request = request
        own = [name for name in self.fields if name not in CONFIRMATION]
        self.order_fields([*own, *CONFIRMATION])

    @property
    def confirmation(self) -> Confirmation:
        """What was given."""
        return Confirmation(password=self.cleaned_data.get("password", ""))

    def own_values(self) -> dict[str, Any]:
        """What was given beside the confirmation."""
        given = self.cleaned_data.items()
        return {name: value for name, value in given if name not in CONFIRMATION}


class ConfirmationForm(ConfirmationFields):
    """The same, checked with the other fields: nothing is valid that is not confirmed."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            user = self._request.user
            try:
                check_confirmation(actor=user, given=self.confirmation, now=current_time())
            except DomainError as error:
                show_problems(self, error)
        return cleaned
