"""The upload of a model."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


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
            "A Hugging Face preprocessor_config.json with config.json is read as it is."
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
