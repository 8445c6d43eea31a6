"""The answer as a plain form, for a browser without scripts, and the consent."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from readerstudy.reading.choices import ManagementDecision


class ConsentForm(forms.Form):
    """Agreeing is a tick of one's own."""

    agree = forms.BooleanField(
        label=_("I have read this and agree to take part."),
        error_messages={"required": _("Please tick the box if you agree.")},
    )


class AnswerForm(forms.Form):
    """One answer to the case on the page."""

    position = forms.CharField(widget=forms.HiddenInput)
    attempt = forms.UUIDField(widget=forms.HiddenInput)
    revise = forms.BooleanField(required=False, widget=forms.HiddenInput)
    decision = forms.ChoiceField(
        choices=ManagementDecision.choices,
        error_messages={"required": _("Please choose one of the two decisions.")},
    )
    confidence = forms.IntegerField(
        required=False, error_messages={"required": _("Please say how sure you are.")}
    )

    def __init__(self, *args: Any, levels: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["confidence"].required = levels > 0
