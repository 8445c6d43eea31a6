"""The form that brings somebody into a study's staff."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from readerstudy.studies.choices import StudyRole


class AppointForm(forms.Form):
    """A person by mail address, and what they are there for."""

    email = forms.EmailField(
        label=_("Mail address"),
        help_text=_("Of an account of this site; somebody without one is invited."),
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=150,
        required=False,
        help_text=_("Needed for somebody without an account."),
    )
    role = forms.ChoiceField(label=_("Role"), choices=StudyRole.choices)
    language = forms.ChoiceField(label=_("Language of the mail"), choices=settings.LANGUAGES)
