"""The forms of the way around the cases. The rules are in the services."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from readerstudy.accounts.reauthentication import ConfirmationFields
from readerstudy.reading.conduct import CONDUCT_FIELDS
from readerstudy.reading.conduct_choices import (
    AiExperience,
    BoardCertification,
    ColourVision,
    PriorExposureRule,
    ProfileField,
    RoomLight,
)

_NO_ANSWER = [("", _("Please choose"))]


def _limit(label: Any, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=1000, help_text=help_text)


def _years(field: ProfileField) -> forms.IntegerField:
    return forms.IntegerField(label=field.label, min_value=0, max_value=70)


def _choice(field: ProfileField, choices: list[tuple[Any, Any]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=field.label, choices=[*_NO_ANSWER, *choices])


class ConductForm(forms.Form):
    """What surrounds the cases of a draft."""

    profile_fields = forms.MultipleChoiceField(
        label=_("Asked of readers once, before the first case"),
        choices=ProfileField.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What is asked should stand in the consent too."),
    )
    prior_exposure = forms.ChoiceField(
        label=_("Readers who have seen photographs of the study before"),
        choices=PriorExposureRule.choices,
    )
    records_environment = forms.BooleanField(
        label=_("Record once per visit what readers read on, and how light their room is"),
        required=False,
    )
    minimum_width = forms.IntegerField(
        label=_("Width of the window below which readers are warned"),
        min_value=0,
        max_value=10_000,
        help_text=_("In CSS pixels."),
    )
    minimum_height = forms.IntegerField(
        label=_("Height of the window below which readers are warned"),
        min_value=0,
        max_value=10_000,
        help_text=_("In CSS pixels."),
    )
    break_after_cases = _limit(_("A break after so many cases"), _("0: no limit."))
    break_after_minutes = _limit(
        _("A break after so many minutes"),
        _("0: no limit. A break comes between two cases and can be skipped."),
    )
    cases_per_day = _limit(_("Cases per day"), _("0: no limit."))
    asks_attestation = forms.BooleanField(
        label=_("Readers sign when they have read all cases"), required=False
    )
    attestation_en = forms.CharField(
        label=_("What they sign (English)"), widget=forms.Textarea(attrs={"rows": 3})
    )
    attestation_de = forms.CharField(
        label=_("What they sign (German)"), widget=forms.Textarea(attrs={"rows": 3})
    )

    @property
    def conduct(self) -> dict[str, Any]:
        """The fields as the service takes them."""
        return {name: self.cleaned_data[name] for name in CONDUCT_FIELDS}


def _profile_form_fields() -> dict[ProfileField, forms.Field]:
    asked = ProfileField
    return {
        asked.BOARD_CERTIFICATION: _choice(asked.BOARD_CERTIFICATION, BoardCertification.choices),
        asked.YEARS_IN_DERMATOLOGY: _years(asked.YEARS_IN_DERMATOLOGY),
        asked.YEARS_OF_DERMOSCOPY: _years(asked.YEARS_OF_DERMOSCOPY),
        asked.SKIN_CHECKS_PER_WEEK: forms.IntegerField(
            label=asked.SKIN_CHECKS_PER_WEEK.label,
            min_value=0,
            max_value=1000,
            help_text=_("An estimate is enough."),
        ),
        asked.AI_EXPERIENCE: _choice(asked.AI_EXPERIENCE, AiExperience.choices),
        asked.COUNTRY: forms.CharField(
            label=asked.COUNTRY.label,
            max_length=60,
            widget=forms.TextInput(attrs={"autocomplete": "country-name"}),
        ),
        asked.COLOUR_VISION: _choice(asked.COLOUR_VISION, ColourVision.choices),
        asked.CONFLICT_OF_INTEREST: forms.CharField(
            label=asked.CONFLICT_OF_INTEREST.label,
            max_length=500,
            required=False,
            help_text=_("Leave it empty if there is none."),
        ),
        asked.PRIOR_EXPOSURE: forms.TypedChoiceField(
            label=asked.PRIOR_EXPOSURE.label,
            choices=[*_NO_ANSWER, ("no", _("No")), ("yes", _("Yes"))],
            coerce=lambda value: value == "yes",
        ),
    }


class ProfileForm(forms.Form):
    """What the study wants to know of its readers, and nothing else."""

    def __init__(self, *args: Any, wanted: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = _profile_form_fields()
        self.fields = {name: field for name, field in known.items() if name in wanted}


class RoomForm(forms.Form):
    """The light of the room, by the button that was pressed."""

    room_light = forms.ChoiceField(
        choices=RoomLight.choices,
        error_messages={"required": _("Please say how light your room is.")},
    )


class SignForm(ConfirmationFields):
    """That it is still the same person: it stands for a signature, and the service checks it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # None is left where it was confirmed a moment ago.
        for field in list(self.fields.values())[:1]:
            field.widget.attrs["autofocus"] = True

    def clean(self) -> dict[str, Any]:
        super().clean()
        return {"given": self.confirmation}
