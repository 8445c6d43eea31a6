"""The further questions of a draft as plain forms, one a question, with an empty one at the end."""

from dataclasses import replace
from itertools import zip_longest
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from readerstudy.core.errors import DomainError
from readerstudy.core.sentences import problem_words
from readerstudy.studies.asking import MOST_QUESTIONS, Asked, asked_of
from readerstudy.studies.choices import QuestionKind, QuestionMoment
from readerstudy.studies.forms import LinesField
from readerstudy.studies.models import Study


def _lines(label: Any) -> LinesField:
    return LinesField(
        label=label,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One per line, in the same order in both languages; only for choices."),
    )


class QuestionForm(forms.Form):
    """One question. What it needs is said by the service."""

    text_en = forms.CharField(label=_("Question (English)"), required=False, max_length=300)
    text_de = forms.CharField(label=_("Question (German)"), required=False, max_length=300)
    kind = forms.ChoiceField(
        label=_("Answer"), choices=QuestionKind.choices, initial=QuestionKind.SINGLE
    )
    options_en = _lines(_("Options (English)"))
    options_de = _lines(_("Options (German)"))
    moment = forms.ChoiceField(
        label=_("Place on the screen"),
        choices=QuestionMoment.choices,
        initial=QuestionMoment.AFTER,
    )
    is_required = forms.BooleanField(label=_("Has to be answered"), required=False)

    def asked(self) -> Asked:
        """The question as the service takes it."""
        given = self.cleaned_data
        pairs = zip_longest(given["options_en"], given["options_de"], fillvalue="")
        return Asked(
            kind=given["kind"],
            text_en=given["text_en"],
            text_de=given["text_de"],
            options=tuple(pairs),
            moment=given["moment"],
            is_required=given["is_required"],
        )


class BaseQuestionForms(BaseFormSet):
    """All questions of a draft; an order and a mark to drop stand beside each."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["ORDER"].label = _("Place in the order")
        form.fields["DELETE"].label = _("Remove this question")

    def kept(self) -> list[Any]:
        """The forms that hold a question, in the order that was asked for."""
        return list(self.ordered_forms)

    def show(self, error: DomainError) -> None:
        """Adds every problem to the field it names, of the question in its row."""
        forms_ = self.kept()
        for problem in error.problems:
            form = forms_[problem.row - 1] if problem.row else (forms_ or self.forms)[0]
            field = problem.field if problem.field in form.fields else None
            # The place on the page says which question it is.
            form.add_error(field, problem_words(replace(problem, row=None)))


QuestionForms: Any = formset_factory(
    QuestionForm,
    formset=BaseQuestionForms,
    extra=1,
    can_order=True,
    can_delete=True,
    max_num=MOST_QUESTIONS,
)


def initial_of(study: Study) -> list[dict[str, Any]]:
    """The questions as they are stored."""
    return [
        {
            "text_en": one.text_en,
            "text_de": one.text_de,
            "kind": one.kind,
            "options_en": [english for english, _german in one.options],
            "options_de": [german for _english, german in one.options],
            "moment": one.moment,
            "is_required": one.is_required,
        }
        for one in asked_of(study)
    ]
