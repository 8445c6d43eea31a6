"""The form for a text of a checklist."""

from django import forms
from django.utils.translation import gettext_lazy as _

from readerstudy.results.report.models import MAX_TEXT


class ChecklistTextForm(forms.Form):
    """Item and text; an empty text takes it away."""

    item = forms.CharField(max_length=40, widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Text"),
        max_length=MAX_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
