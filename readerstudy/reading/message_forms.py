"""The forms in which messages are written; how long they may be, the services know."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from readerstudy.studies.models import Enrolment


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
    """A message to several readers."""

    codes = forms.MultipleChoiceField(
        label=_("Readers"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please choose at least one reader.")},
    )
    field_order = ("codes", "text")

    def __init__(self, *args: Any, readers: Sequence[Enrolment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.code, f"{one.code} · {one.user.name}") for one in readers]
        self.fields["codes"].choices = choices  # type: ignore[attr-defined]
