"""The answer as a plain form, for a browser without scripts, the consent, and the reminder of readers."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from readerstudy.reading.answers import Answer
from readerstudy.reading.choices import ManagementDecision, NotAssessable
from readerstudy.reading.further_fields import field_name, field_of
from readerstudy.reading.reminding import MAX_TEXT, Remindable
from readerstudy.studies.choices import QuestionMoment, Scale
from readerstudy.studies.models import Protocol, Question


class ConsentForm(forms.Form):
    """Agreeing is a tick of one's own."""

    agree = forms.BooleanField(
        label=_("I have read this and agree to take part."),
        error_messages={"required": _("Please tick the box if you agree.")},
    )


class GivenAnswerForm(forms.Form):
    """What is answered to the case on the page, with the further questions of the study."""

    use_required_attribute = False

    position = forms.CharField(widget=forms.HiddenInput)
    decision = forms.ChoiceField(choices=ManagementDecision.choices, required=False)
    confidence = forms.IntegerField(required=False)
    value = forms.IntegerField(required=False)
    not_assessable_reason = forms.ChoiceField(choices=NotAssessable.choices, required=False)
    not_assessable_note = forms.CharField(required=False, max_length=500)

    def __init__(
        self,
        *args: Any,
        protocol: Protocol,
        questions: Sequence[Question] = (),
        language: str = "en",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._protocol, self._questions = protocol, questions
        for question in questions:
            self.fields[field_name(question)] = field_of(question, language)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if not given.get("not_assessable_reason"):
            for name, message in self._wanted():
                if given.get(name) in (None, "") and name not in self.errors:
                    self.add_error(name, forms.ValidationError(message, code="required"))
        return given

    def _wanted(self) -> list[tuple[str, Any]]:
        """What a graded case needs on this scale, with the words for its absence."""
        decision = ("decision", _("Please choose one of the two decisions."))
        if self._protocol.scale == Scale.SIX_POINT:
            return [("value", _("Please choose one of the six answers."))]
        if self._protocol.scale == Scale.PERCENT:
            return [decision, ("value", _("Please give the likelihood from 0 to 100."))]
        sure = ("confidence", _("Please say how sure you are."))
        return [decision, sure] if self._protocol.confidence_levels else [decision]

    def answer(self, *, language: str) -> Answer:
        """What was answered."""
        names = (
            "decision",
            "confidence",
            "value",
            "not_assessable_reason",
            "not_assessable_note",
        )
        return Answer(
            **{name: self.cleaned_data[name] for name in names},
            further_answers={
                str(question.ordinal): self.cleaned_data[field_name(question)]
                for question in self._questions
            },
            level=self.cleaned_data.get("level") or 1,
            language=language,
        )

    @property
    def before(self) -> list[forms.BoundField]:
        """The further questions that stand before the rating."""
        return self._asked(QuestionMoment.BEFORE)

    @property
    def after(self) -> list[forms.BoundField]:
        """The further questions that stand after the rating."""
        return self._asked(QuestionMoment.AFTER)

    def _asked(self, moment: str) -> list[forms.BoundField]:
        return [self[field_name(one)] for one in self._questions if one.moment == moment]


class AnswerForm(GivenAnswerForm):
    """One answer to a position of the study."""

    attempt = forms.UUIDField(widget=forms.HiddenInput)
    revise = forms.BooleanField(required=False, widget=forms.HiddenInput)
    level = forms.IntegerField(required=False, widget=forms.HiddenInput)


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
