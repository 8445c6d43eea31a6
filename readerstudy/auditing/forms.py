"""The filter of the audit trail. It is sent with GET: a filtered page has an address."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from readerstudy.auditing.choices import Group
from readerstudy.auditing.selectors import Wanted


class FilterForm(forms.Form):
    group = forms.ChoiceField(
        label=_("About"), required=False, choices=[("", _("everything")), *Group.choices]
    )
    person = forms.CharField(
        label=_("Person"),
        required=False,
        max_length=150,
        help_text=_("Name, mail address, or code of a reader"),
    )
    thing = forms.CharField(
        label=_("Id of the thing"),
        required=False,
        max_length=40,
        help_text=_("As it stands in the details"),
    )
    since = forms.DateField(
        label=_("From"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label=_("To"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    text = forms.CharField(
        label=_("Text"),
        required=False,
        max_length=200,
        help_text=_("In the kind of event, a reason or a file name"),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", _("The last day lies before the first one."))
        return cleaned

    def wanted(self) -> Wanted:
        """What is looked for; parts that cannot be read ask for nothing."""
        given = self.cleaned_data if self.is_bound else {}
        return Wanted(**{name: given[name] for name in self.fields if given.get(name)})
