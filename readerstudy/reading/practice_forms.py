"""The answer to a practice case as a plain form, for a browser without scripts."""

from django import forms

from readerstudy.reading.forms import AnswerForm


class PracticeForm(AnswerForm):
    """The study's own form, for a case of one round."""

    attempt = None
    revise = None
    level = None
    round = forms.IntegerField(min_value=1, max_value=30_000, widget=forms.HiddenInput)
