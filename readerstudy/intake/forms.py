"""The upload form."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from readerstudy.intake.uploads import upload_name


class UploadForm(forms.Form):
    """An archive, perhaps a manifest beside it, and the name of the image set to be made."""

    archive = forms.FileField(
        label=_("Archive"),
        help_text=_(
            "A zip file with JPEG, PNG, TIFF or WebP images, and the manifest if you like."
        ),
        widget=forms.FileInput(attrs={"accept": ".zip,application/zip"}),
    )
    manifest = forms.FileField(
        label=_("Manifest"),
        required=False,
        help_text=_(
            "A CSV file with at least the columns image, diagnosis and malignant. "
            "Leave it out if it is the only CSV file in the archive."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,text/csv"}),
    )
    name = forms.CharField(
        label=_("Name of the image set"),
        required=False,
        max_length=200,
        help_text=_("The archive's name if you leave it empty."),
    )
    is_synthetic = forms.BooleanField(
        label=_("The images are synthetic"),
        required=False,
        help_text=_("Every page that shows them or results of them then says so."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        archive = data.get("archive")
        if archive and not data.get("name"):
            data["name"] = upload_name(archive).rpartition(".")[0] or upload_name(archive)
        return data
