"""The forms of sign-in, invitation and settings. The rules are in the services."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from readerstudy.accounts.addresses import counted_address
from readerstudy.accounts.throttle import (
    count_wrong_password,
    forget_wrong_passwords,
    is_shut_out,
    is_shut_today,
)


def _password(
    label: Any, *, autocomplete: str, autofocus: bool = False, **kwargs: Any
) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete, "autofocus": autofocus})
    return forms.CharField(label=label, strip=False, max_length=256, widget=widget, **kwargs)


class SignInForm(AuthenticationForm):
    """Mail address and password. One sentence for every way in which they do not fit."""

    username = forms.EmailField(
        label=_("Mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = _password(_("Password"), autocomplete="current-password")
    error_messages = {
        "invalid_login": _("This mail address and password do not belong together."),
        "inactive": _("This mail address and password do not belong together."),
        "throttled": _("Too many wrong passwords. Please try again in five minutes."),
        "throttled_today": _(
            "Too many wrong passwords in one day. Set a new one by the link “I have forgotten my password”, or try again tomorrow."
        ),
    }

    def clean(self) -> dict[str, Any]:
        email = self.cleaned_data.get("username", "")
        address = counted_address(self.request) if self.request else ""
        if is_shut_out(email, address):
            code = "throttled_today" if is_shut_today(email) else "throttled"
            raise forms.ValidationError(self.error_messages[code], code=code)
        try:
            cleaned = super().clean()
        except forms.ValidationError:
            count_wrong_password(email, address)
            raise
        forget_wrong_passwords(email)
        return cleaned


class _RepeatedPasswordForm(forms.Form):
    """A form with a new password that is typed twice; `password_field` is the first of the two."""

    password_field = "password"  # nosec B105  # noqa: S105 (the name of a field)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, second = cleaned.get(self.password_field), cleaned.get("repeated")
        if first and second and first != second:
            self.add_error("repeated", _("The two passwords differ."))
        return cleaned


class AcceptForm(_RepeatedPasswordForm):
    password = _password(
        _("New password"),
        autocomplete="new-password",
        autofocus=True,
        help_text=_("At least 12 characters; a sentence is easy to remember."),
    )
    repeated = _password(_("New password again"), autocomplete="new-password")


class ResetRequestForm(forms.Form):
    email = forms.EmailField(
        label=_("Mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )


class PasswordForm(_RepeatedPasswordForm):
    password_field = "new_password"  # nosec B105  # noqa: S105 (the name of a field)

    old_password = _password(_("Current password"), autocomplete="current-password")
    new_password = _password(
        _("New password"),
        autocomplete="new-password",
        help_text=_("At least 12 characters; a sentence is easy to remember."),
    )
    repeated = _password(_("New password again"), autocomplete="new-password")


class AccountForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
