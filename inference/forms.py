"""The uploads of models and scores, and what is chosen on their pages."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from inference.choices import EnsembleRule
from inference.models import ModelRun
from readerstudy.images.models import ImageSet


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files at once, cleaned one by one."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, (list, tuple)) and data else [None]
        return [super(ManyFilesField, self).clean(file, initial) for file in files]


class ArtefactsForm(forms.Form):
    """Training runs: ONNX files with what says how to use them."""

    files = ManyFilesField(  # type: ignore[assignment]  # a declared field is no attribute of the form
        label=_("Files"),
        help_text=_(
            "ONNX files with their JSON specs, or a zip of both. Several ONNX files are training runs of one model. "
            "What Hugging Face, timm or MONAI write beside a model is read as it is; what the files leave open is asked."
        ),
    )
    positive = forms.CharField(
        label=_("Positive class"),
        required=False,
        help_text=_("Only where the files do not say which class is the malignant one."),
    )


class ModelForm(ArtefactsForm):
    """A new model with its training runs."""

    name = forms.CharField(label=_("Name"), max_length=200)
    description = forms.CharField(label=_("Description"), required=False, widget=forms.Textarea)
    training_data = forms.CharField(
        label=_("Trained on"),
        required=False,
        help_text=_("Which images the CNN has seen in training."),
        widget=forms.Textarea,
    )
    is_synthetic = forms.BooleanField(label=_("Made of synthetic data"), required=False)
    field_order = ("name", "description", "training_data", "is_synthetic", "files", "positive")


class ModelChoiceForm(forms.Form):
    """Which model to run or to plan with."""

    model = forms.CharField()
    planned = forms.BooleanField(required=False)


class ScoresForm(forms.Form):
    """A score file from elsewhere."""

    name = forms.CharField(
        label=_("Name of the CNN"), max_length=120, help_text=_("As its makers call it.")
    )
    version = forms.CharField(label=_("Version"), max_length=60)
    file = forms.FileField(
        label=_("Score file (CSV)"),
        help_text=_(
            "One column names the case or the image, every other column of numbers becomes a run of its own."
        ),
    )
    naming_column = forms.CharField(
        label=_("Column that names the case"),
        required=False,
        help_text=_("Left empty, it is found by its name, such as case or image; else the first."),
    )
    columns = forms.CharField(
        label=_("Columns of scores"),
        required=False,
        help_text=_("Left empty, all that hold numbers. Several are separated by commas."),
    )
    positive = forms.CharField(
        label=_("Positive classes"),
        required=False,
        help_text=_(
            "Only for a file with one column for each class, such as MEL, NV and BCC: the columns that are summed into "
            "the score, separated by commas."
        ),
    )
    are_probabilities = forms.BooleanField(
        label=_("The numbers are probabilities of the positive class, from 0 to 1"),
        error_messages={"required": _("Other numbers are not taken: convert them first.")},
    )

    def clean_columns(self) -> list[str]:
        return _listed(self.cleaned_data["columns"])

    def clean_positive(self) -> list[str]:
        return _listed(self.cleaned_data["positive"])


def _listed(names: str) -> list[str]:
    return [name.strip() for name in names.split(",") if name.strip()]


class EnsembleForm(forms.Form):
    """Which finished runs make an ensemble, and how."""

    name = forms.CharField(label=_("Name of the ensemble"), max_length=200)
    rule = forms.ChoiceField(label=_("Score of a case"), choices=EnsembleRule.choices)
    runs = forms.ModelMultipleChoiceField(
        label=_("Members"),
        queryset=ModelRun.objects.none(),
        to_field_name="public_id",
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, runs: QuerySet[ModelRun], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = self.fields["runs"]
        members.queryset = runs  # type: ignore[attr-defined]
        members.label_from_instance = lambda run: str(run.artefact)  # type: ignore[attr-defined]


class SampleForm(forms.Form):
    """Where the three sample images come from."""

    image_set = forms.ModelChoiceField(
        label=_("Image set"), queryset=ImageSet.objects.none(), to_field_name="public_id"
    )

    def __init__(self, *args: Any, image_sets: QuerySet[ImageSet], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["image_set"].queryset = image_sets  # type: ignore[attr-defined]
