"""The answer to a practice case as a plain form, for a browser without scripts."""

from django import forms

from readerstudy.reading.forms import GivenAnswerForm


class PracticeForm(GivenAnswerForm):
    """The study's own form, for a case of one round."""

    round = forms.IntegerField(min_value=1, max_value=30_000, widget=forms.HiddenInput)
