"""The forms in which messages are written; how long they may be, the services know."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from readerstudy.studies.models import Enrolment

# As many readers are listed to be ticked.
LISTED = 50
_NOBODY = _("Please choose at least one reader.")
_CHANGED = _("There are other readers now than when you opened the page. Please look again.")


class MessageForm(forms.Form):
    """A message to the other side."""

    use_required_attribute = False

    # No `max_length`: a browser would cut a longer text that is pasted, without a word.
    text = forms.CharField(
        label=_("Your message"),
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Please write a message.")},
    )


class ManyForm(MessageForm):
    """A message to several readers: to those who are ticked, or to all whom the form was made for.

    Of many the first ones are listed; the others are looked for, or written to together.
    """

    codes = forms.MultipleChoiceField(
        label=_("Readers"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _NOBODY},
    )
    everybody = forms.BooleanField(required=False)
    # So many there were when the page was made: nobody is written to whom its reader did not know of.
    number = forms.IntegerField(required=False, widget=forms.HiddenInput)
    field_order = ("codes", "everybody", "number", "text")

    def __init__(self, *args: Any, readers: Sequence[Enrolment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.count = len(readers)
        self.has_more = self.count > LISTED
        choices = [(one.code, f"{one.code} · {one.user.name}") for one in readers]
        codes: Any = self.fields["codes"]
        codes.choices = choices
        codes.widget.choices = choices[:LISTED]
        if self.has_more:
            codes.required = False
            told = ngettext("To the %(count)d reader", "To all %(count)d readers", self.count)
            self.fields["everybody"].label = told % {"count": self.count}
            self.initial["number"] = self.count
        else:
            del self.fields["everybody"], self.fields["number"]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        everybody, number = given.pop("everybody", False), given.pop("number", None)
        if everybody and number != self.count:
            self.add_error("everybody", _CHANGED)
        elif everybody:
            given["codes"] = [code for code, _label in self.fields["codes"].choices]  # type: ignore[attr-defined]
        elif not given.get("codes") and "codes" not in self.errors:
            self.add_error("codes", _NOBODY)
        return given
