"""The form of a study's analysis plan. The rules are in the services."""

from django import forms
from django.utils.translation import gettext_lazy as _

from readerstudy.results.choices import PrimaryComparison


class AnalysisPlanForm(forms.Form):
    """What is fixed of the analysis. Fractions, not percentages, so that the form, the lock and the exports agree."""

    primary = forms.ChoiceField(
        label=_("Primary comparison of the CNN with the readers"),
        choices=PrimaryComparison.choices,
        widget=forms.RadioSelect,
        help_text=_("Every other comparison is reported as secondary."),
    )
    alpha = forms.FloatField(
        label=_("Two-sided significance level α"),
        help_text=_(
            "0.05 belongs to intervals of 95 %. One-sided claims of superiority and non-inferiority are tested at half of it."
        ),
    )
    margin = forms.FloatField(
        label=_("Non-inferiority margin"),
        required=False,
        help_text=_(
            "The largest disadvantage of the CNN that still counts as none, as a fraction: 0.05 is a difference of areas of 0.05, or of rates of 5 percentage points. Empty: superiority alone is tested."
        ),
    )
    prevalence = forms.FloatField(
        label=_("Prevalence in the population that the test is meant for"),
        required=False,
        help_text=_(
            "A fraction such as 0.02. Predictive values, accuracy and the number needed to biopsy are then reported at it and not only at the prevalence of the photographs chosen."
        ),
    )
    prevalence_source = forms.CharField(
        label=_("Source of the prevalence"),
        required=False,
        max_length=500,
        help_text=_("A publication or a registry; it is quoted with the results."),
    )
