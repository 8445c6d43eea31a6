"""What readers of an aided arm are shown, as it is chosen."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from inference.aid_models import ABOVE, BELOW, LABEL
from inference.choices import AidForm
from inference.models import Artefact


def _words(label: Any, default: str, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, max_length=120, initial=default, help_text=help_text)


class AidChoiceForm(forms.Form):
    """Whose score is shown, and how. The words and the threshold are used by the form `word` alone."""

    artefact = forms.ModelChoiceField(
        label=_("Training run whose score is shown"),
        queryset=Artefact.objects.none(),
        to_field_name="public_id",
        empty_label=_("Please choose"),
    )
    form = forms.ChoiceField(label=_("Shown as"), choices=AidForm.choices)
    label_en = _words(
        _("Heading (English)"),
        LABEL["en"],
        _(
            "Readers see it before the number, the word or the bar: say what a high score means, for example “CNN: likelihood of malignancy”."
        ),
    )
    label_de = _words(_("Heading (German)"), LABEL["de"])
    threshold = forms.FloatField(
        label=_("Threshold of the word"),
        required=False,
        help_text=_(
            "From 0 to 1; from this score on the first word is shown, below it the second."
        ),
    )
    above_en = _words(_("From the threshold on (English)"), ABOVE["en"])
    above_de = _words(_("From the threshold on (German)"), ABOVE["de"])
    below_en = _words(_("Below the threshold (English)"), BELOW["en"])
    below_de = _words(_("Below the threshold (German)"), BELOW["de"])

    def __init__(self, *args: Any, artefacts: QuerySet[Artefact], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["artefact"].queryset = artefacts  # type: ignore[attr-defined]
