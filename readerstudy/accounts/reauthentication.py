"""That it is still the person who signed in: asked before a study is unblinded, data leave the site, readings are signed.

The one place for it. A form inherits `ConfirmationForm`, or `ConfirmationFields` where the service itself calls
`check_confirmation`. A password, a code or a recovery code in the form will do, or a passkey (or, for people who have nothing of their
own here, a sign-in at their hospital) a few minutes before. A view that sends a file of data is an `export_view`: a link has no form.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialLogin
from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from readerstudy.accounts.adapters import is_lately, signed_in_lately
from readerstudy.accounts.models import User
from readerstudy.accounts.passwords import check_own_password
from readerstudy.accounts.recording import CODE, record_refusal
from readerstudy.accounts.requests import SignedInRequest
from readerstudy.accounts.throttle import CODES, CODES_OF_A_DAY
from readerstudy.core.clock import now as current_time
from readerstudy.core.errors import DomainError, InvalidInput, NotAllowed
from readerstudy.core.forms import show_problems

# The names of the fields by which a form is confirmed.
CONFIRMATION = ("password", "code")
# What a sign-in at a hospital is begun with by somebody who is signed in, and how allauth calls such a sign-in.
AGAIN, _HOSPITAL = "again", "socialaccount"
_LIMITS = (CODES, CODES_OF_A_DAY)
Given = ParamSpec("Given")
_WITH_CODES = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)


@dataclass(frozen=True)
class Confirmation:
    """What somebody gives to show that it is they. `is_recent`: shown by a passkey or the hospital a moment ago."""

    password: str = ""
    code: str = ""
    is_recent: bool = False


def check_confirmation(*, actor: User, given: Confirmation, now: datetime) -> None:
    """Raises InvalidInput where what was given does not show that it is the actor, NotAllowed for a token.

    Wrong ones count as they do at the door: a session left open is no place to guess.
    """
    if actor.api_token is not None:
        raise NotAllowed("This cannot be done with a token.", code="no_token")
    if given.is_recent:
        return
    if given.code:
        _check_code(actor, given.code, now)
    elif actor.has_usable_password():
        check_own_password(actor, given.password, now=now)
    else:
        raise InvalidInput("Please confirm first that it is you.", code="confirmation_missing")


def _check_code(actor: User, code: str, now: datetime) -> None:
    if any(limit.is_reached(actor.public_id) for limit in _LIMITS):
        sentence = "Too many wrong codes. Please try again in five minutes."
        raise InvalidInput(sentence, code="throttled", field="code")
    for factor in Authenticator.objects.filter(user=actor, type__in=_WITH_CODES):
        if factor.wrap().validate_code(code.strip()):
            factor.record_usage()
            for limit in _LIMITS:
                limit.forget(actor.public_id)
            return
    for limit in _LIMITS:
        limit.count(actor.public_id)
    record_refusal(user=actor, what=CODE, now=now)
    sentence = "This code is not right, or was used already."
    raise InvalidInput(sentence, code="wrong_code", field="code")


def confirmed_lately(request: SignedInRequest) -> bool:
    """Whether a passkey, a code or the hospital was asked for by itself in the last minutes.

    Of people without a password any sign-in counts but that at a hospital, which remembers them and need not have asked.
    """
    records = get_authentication_records(request, request.user)
    has_password = request.user.has_usable_password()
    return is_lately(
        one["at"]
        for one in records
        if one.get("reauthenticated") or not (has_password or one["method"] == _HOSPITAL)
    )


def note_asked_again(
    request: HttpRequest, user: User, sociallogin: SocialLogin | None = None, **_kwargs: Any
) -> None:
    """After the sign-in: a hospital that was to ask again has confirmed somebody who has no password here."""
    given = (sociallogin.state.get("data") or {}) if sociallogin else {}
    if given.get(AGAIN) and not user.has_usable_password():
        record_authentication(request, user, _HOSPITAL, reauthenticated=True)


def export_view(
    view: Callable[Concatenate[SignedInRequest, Given], HttpResponseBase],
) -> Callable[Concatenate[SignedInRequest, Given], HttpResponseBase]:
    """A view that sends a file of data, to people who have shown in the last minutes who they are.

    All others are led to show it first, whether or not they may have the file, and then to a page with the link to it.
    """

    @wraps(view)
    def asked_first(
        request: SignedInRequest, *args: Given.args, **kwargs: Given.kwargs
    ) -> HttpResponseBase:
        if signed_in_lately(request):
            return view(request, *args, **kwargs)
        return redirect(with_next(reverse("accounts:file"), request.get_full_path()))

    return require_safe(login_required(asked_first))


def way_to_confirm(request: SignedInRequest) -> str:
    """The page on which the person shows that it is they, and from which they come back."""
    [way, *_others] = get_adapter().get_reauthentication_methods(request.user)
    return with_next(way["url"], request.get_full_path())


def with_next(address: str, then: str) -> str:
    """The address of a page that goes on to `then`."""
    return f"{address}?{urlencode({'next': then})}"


class ConfirmationFields(forms.Form):
    """Password or code once more. What a form adds stands before them; the service that takes `confirmation` checks it."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label=_("Or a code of your authenticator app"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, request: SignedInRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._request = request
        self._is_recent = confirmed_lately(request)
        self._keep_what_can_be_given(request.user)
        own = [name for name in self.fields if name not in CONFIRMATION]
        self.order_fields([*own, *CONFIRMATION])

    def _keep_what_can_be_given(self, user: User) -> None:
        factors = Authenticator.objects.filter(user=user, type__in=_WITH_CODES)
        if self._is_recent or not factors.exists():
            del self.fields["code"]
        if self._is_recent or not user.has_usable_password():
            del self.fields["password"]
        if "code" in self.fields:
            has_password = "password" in self.fields
            self.fields["code"].required = not has_password
            if has_password:
                self.fields["password"].required = not self.data.get("code")
            else:
                self.fields["code"].label = _("A code of your authenticator app")

    @property
    def confirm_first(self) -> str:
        """Where to confirm that it is oneself, for whom no field of the form can do it; empty for all others."""
        if self._is_recent or not set(CONFIRMATION).isdisjoint(self.fields):
            return ""
        return way_to_confirm(self._request)

    @property
    def confirmation(self) -> Confirmation:
        """What was given."""
        given = {name: self.cleaned_data.get(name, "") for name in CONFIRMATION}
        return Confirmation(**given, is_recent=self._is_recent)

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
