"""The form that makes an API token."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from readerstudy.accounts.api_tokens import LONGEST_DAYS, scopes_of
from readerstudy.accounts.own_studies import own_studies
from readerstudy.accounts.reauthentication import ConfirmationForm
from readerstudy.accounts.requests import SignedInRequest

_DAYS = [
    (7, _("7 days")),
    (30, _("30 days")),
    (90, _("90 days")),
    (180, _("180 days")),
    (LONGEST_DAYS, _("One year")),
]


class TokenForm(ConfirmationForm):
    """What the token is for, how long it lasts, and that it is its owner who makes it."""

    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("What the token is for, so that you know it again."),
    )
    study = forms.ChoiceField(label=_("Study"), required=False)
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Never more than you may do yourself at that moment."),
    )
    days = forms.TypedChoiceField(label=_("Valid for"), choices=_DAYS, coerce=int, initial=90)

    def __init__(self, *args: Any, request: SignedInRequest, **kwargs: Any) -> None:
        super().__init__(*args, request=request, **kwargs)
        user = request.user
        self.fields["study"].choices = [("", _("All of your studies")), *own_studies(user)]  # type: ignore[attr-defined]
        self.fields["scopes"].choices = [(one.value, one.label) for one in scopes_of(user)]  # type: ignore[attr-defined]
