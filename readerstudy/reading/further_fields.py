"""The further questions of a protocol as fields of a form."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from readerstudy.accounts.language import text_language
from readerstudy.reading.further import FIELD, LONGEST_TEXT, QUALITY
from readerstudy.studies.choices import QuestionKind
from readerstudy.studies.models import Question

_QUALITY_WORDS = {1: _("1 (very poor)"), 5: _("5 (very good)")}


def field_name(question: Question) -> str:
    """The name of the question's field; the errors of the service go to it."""
    return FIELD.format(question.ordinal)


def field_of(question: Question, language: str) -> forms.Field:
    """A field for the answer, with the question in the language. What is missing is said by the service."""
    code = text_language(language)
    label = getattr(question, f"text_{code}")
    shared: dict[str, Any] = {
        "label": label
        if question.is_required
        else _("%(question)s (optional)") % {"question": label},
        "required": False,
    }
    if question.kind == QuestionKind.TEXT:
        widget = forms.Textarea(attrs={"rows": 2, "maxlength": LONGEST_TEXT, **_marks(question)})
        return forms.CharField(max_length=LONGEST_TEXT, widget=widget, **shared)
    several = question.kind == QuestionKind.SEVERAL
    kind: Any = forms.TypedMultipleChoiceField if several else forms.TypedChoiceField
    widget_kind = forms.CheckboxSelectMultiple if several else forms.RadioSelect
    return kind(
        choices=_choices(question, code),
        coerce=int,
        empty_value=[] if several else None,
        widget=widget_kind(attrs=_marks(question)),
        **shared,
    )


def _choices(question: Question, code: str) -> list[tuple[int, Any]]:
    if question.kind == QuestionKind.QUALITY:
        return [(level, _QUALITY_WORDS.get(level, level)) for level in QUALITY]
    return [(number, option[code]) for number, option in enumerate(question.options, start=1)]


def _marks(question: Question) -> dict[str, str]:
    """What the screen's script knows of the question."""
    marks = {"data-question": str(question.ordinal), "data-kind": question.kind}
    return {**marks, "data-needed": "yes"} if question.is_required else marks
