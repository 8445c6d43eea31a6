"""The forms of a study's design. The rules are in the services."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from readerstudy.studies.choices import DesignKind, RepeatWhen
from readerstudy.studies.manifest import design_fields
from readerstudy.studies.models import Study


class DesignForm(forms.Form):
    """The design of a draft, with all options; those that the kind does not use mean nothing."""

    kind = forms.ChoiceField(
        label=_("Design"), choices=DesignKind.choices, widget=forms.RadioSelect
    )
    aided_percent = forms.IntegerField(
        label=_("Share of aided cases (percent)"),
        help_text=_(
            "For the sequential design: so many of each reader's cases are shown again with aid after the first answer is locked."
        ),
    )
    batch_size = forms.IntegerField(
        label=_("Cases in a batch"),
        help_text=_("For randomised cases: after so many cases the arm changes."),
    )
    blocks = forms.IntegerField(
        label=_("Number of blocks"),
        help_text=_("For the split plot: each reader reads the cases of one block alone."),
    )
    repeat_percent = forms.IntegerField(
        label=_("Repeated cases (percent)"),
        help_text=_(
            "So many of the cases that a reader reads unaided come a second time, unmarked; 0 repeats none. They are no part of the primary analysis."
        ),
    )
    repeat_when = forms.ChoiceField(label=_("When they are repeated"), choices=RepeatWhen.choices)
    washout_days = forms.IntegerField(
        label=_("Washout (days)"),
        help_text=_(
            "Where there are several sessions: the next one opens to a reader so many days after they have completed the one before."
        ),
    )

    @classmethod
    def initial_of(cls, study: Study) -> dict[str, Any]:
        """The fields as they are stored."""
        return design_fields(study.design)


class SessionOpenForm(forms.Form):
    """Why a session is opened to one reader before its time."""

    session = forms.TypedChoiceField(label=_("Session"), coerce=int)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Written into the audit trail."),
    )

    def __init__(self, *args: Any, study: Study, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        later = study.sessions.filter(number__gt=1).values_list("number", flat=True)
        self.fields["session"].choices = [(number, str(number)) for number in later]  # type: ignore[attr-defined]
