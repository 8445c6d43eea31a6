"""The answer as a plain form, for a browser without scripts, the consent, and the reminder of readers."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from readerstudy.reading.choices import ManagementDecision
from readerstudy.reading.reminding import MAX_TEXT, Remindable


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


def _text() -> forms.CharField:
    return forms.CharField(max_length=MAX_TEXT, widget=forms.Textarea(attrs={"rows": 6}))


class ReminderForm(forms.Form):
    """Who is reminded, in which words."""

    readers = forms.MultipleChoiceField(
        label=_("Readers"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please choose at least one reader.")},
    )
    text_en = _text()
    text_de = _text()

    def __init__(
        self,
        *args: Any,
        readers: Sequence[Remindable],
        waiting: Collection[str],
        texts: Mapping[str, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        able = [one for one in readers if not one.reason]
        self.fields["readers"].choices = [(one.enrolment.code, _label(one)) for one in able]  # type: ignore[attr-defined]
        self.fields["readers"].initial = [
            one.enrolment.code for one in able if one.enrolment.code in waiting
        ]
        for language, label in (("en", _("Text (English)")), ("de", _("Text (German)"))):
            self.fields[f"text_{language}"].label = label
            self.fields[f"text_{language}"].initial = texts[language]


def _label(one: Remindable) -> str:
    name = one.enrolment.user.name
    return f"{one.enrolment.code} · {name} · {one.done} / {one.total}"


class SignRulesForm(forms.Form):
    """When a reader is given which sign; the service knows the ranges."""

    stalled_days = forms.IntegerField(label=_("Stalled: days without an answer"))
    fast_seconds = forms.FloatField(label=_("Very fast: answers within fewer seconds than"))
    fast_percent = forms.IntegerField(label=_("Very fast: percentage of answers that are as fast"))
    fast_least = forms.IntegerField(label=_("Very fast: from how many timed answers on"))
    same_in_a_row = forms.IntegerField(label=_("Same answer: cases in a row"))
    same_percent = forms.IntegerField(
        label=_("Same answer: more than this percentage with one decision")
    )
    same_least = forms.IntegerField(label=_("Same answer: percentage from how many cases on"))
