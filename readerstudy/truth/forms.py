"""The form that brings the reference standard in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from readerstudy.core.csvio import Table, read_table
from readerstudy.core.errors import DomainError
from readerstudy.core.sentences import translated

_MAX_BYTES = 2**20


class TruthForm(forms.Form):
    """A table with one case per row, and why something in it is corrected."""

    table = forms.FileField(
        label=_("Table (CSV)"),
        help_text=_(
            "Columns case, malignant (yes or no), diagnosis and confirmation. Cases that it leaves out stay as they are."
        ),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        required=False,
        help_text=_("Needed where something is corrected; written into the audit trail."),
    )

    def clean_table(self) -> Table:
        file = self.cleaned_data["table"]
        if file.size > _MAX_BYTES:
            raise forms.ValidationError(_("The table is larger than 1 MiB."), code="too_large")
        try:
            return read_table(file.read(), name=str(_("The table")))
        except DomainError as error:
            raise forms.ValidationError(translated(error.message), code=error.code) from error
