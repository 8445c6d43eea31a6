"""Forms of the pages about people's data."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from readerstudy.accounts.reauthentication import ConfirmationForm
from readerstudy.privacy.choices import ErasureReason
from readerstudy.studies.choices import AtWithdrawal


class EraseForm(ConfirmationForm):
    """The name of the account once more, why, and that it is still the same admin."""

    typed = forms.CharField(
        label=_("Type the name of the account"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reason = forms.ChoiceField(label=_("Reason"), choices=ErasureReason.choices)


class PrivacyForm(forms.Form):
    """The rule, as long as the study is a draft, and the retention date."""

    at_withdrawal = forms.ChoiceField(
        label=_("Answers of readers who leave before the close"),
        choices=AtWithdrawal.choices,
        widget=forms.RadioSelect,
    )
    names_until = forms.DateField(
        label=_("Names are kept beside codes until"),
        required=False,
        help_text=_("After this day names are erased; answers stay. Empty: no day."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, is_draft: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_draft:
            del self.fields["at_withdrawal"]
