"""The form of what an upload leaves open: every field with its words, none with an answer that nobody gave."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from readerstudy.core.sentences import translated

LABELS = {
    "layout": _("Order of the input's dimensions"),
    "resize.mode": _("How a photograph is brought to the network's size"),
    "resize.edge": _("Shorter side, in pixels"),
    "resize.size": _("Size, height × width in pixels"),
    "resize.fill": _("Colour of the border: red, green, blue from 0 to 255"),
    "resize.interp": _("Filter for scaling"),
    "crop.size": _("Centre that is kept, height × width in pixels"),
    "scale": _("Values of the pixels before normalisation"),
    "mean": _("Mean that is taken off: red, green, blue"),
    "std": _("Standard deviation that is divided by: red, green, blue"),
    "channel_order": _("Order of the colours"),
    "output.name": _("Output that holds the classes"),
    "output.classes": _("Names of the classes in the network's order, with commas"),
    "output.activation": _("How outputs become probabilities"),
    "output.positive": _("Classes that count as positive (malignant)"),
}
_WORDS = {
    "resize.mode": {
        "exact": _("both sides at once, the picture is stretched"),
        "shortest_edge": _("the shorter side is scaled, then the centre is kept"),
        "letterbox": _("whole, with a border"),
        "none": _("not scaled, the centre is kept"),
    },
    "output.activation": {
        "softmax": _("softmax: exactly one class is right"),
        "sigmoid": _("sigmoid: every class by itself"),
        "none": _("they are probabilities already"),
    },
    "layout": {
        "NCHW": _("colours first (NCHW)"),
        "NHWC": _("colours last (NHWC)"),
    },
    "scale": {"0..1": _("0 to 1"), "0..255": _("0 to 255"), "-1..1": _("−1 to 1")},
}
# Mean and standard deviation as they are usual, offered and never assumed. ImageNet's:
# https://docs.pytorch.org/vision/stable/models.html
PRESETS = {
    "imagenet": ("0.485 0.456 0.406", "0.229 0.224 0.225"),
    "half": ("0.5 0.5 0.5", "0.5 0.5 0.5"),
    "none": ("0 0 0", "1 1 1"),
}
PRESET_WORDS = (
    ("imagenet", _("as for ImageNet")),
    ("half", _("0.5 and 0.5")),
    ("none", _("none")),
)


class AnswersForm(forms.Form):
    """One field for each question; the field's name is that of the spec."""

    def __init__(self, *args: Any, questions: Sequence[Mapping[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        for question in questions:
            self.fields[question["field"]] = _field(question)

    presets = PRESET_WORDS

    @property
    def last_of_normalisation(self) -> str:
        """The field below which presets are offered; none unless mean and standard deviation are both asked."""
        both = [name for name in self.fields if name in ("mean", "std")]
        return both[-1] if len(both) > 1 else ""

    @property
    def answers(self) -> dict[str, str]:
        """Field → what was said, as the engine reads it."""
        return {name: _answer(value) for name, value in self.cleaned_data.items()}


def with_preset(data: Any, preset: str) -> Any:
    """The posted data with the mean and the standard deviation of a preset; as they are for an unknown one."""
    changed = data.copy()
    if preset in PRESETS:
        changed["mean"], changed["std"] = PRESETS[preset]
    return changed


def _field(question: Mapping[str, Any]) -> forms.Field:
    name, kind, options = question["field"], question["kind"], question["options"]
    about = {"label": LABELS.get(name, name), "help_text": _help(question)}
    words = _WORDS.get(name, {})
    choices = [(option, words.get(option, option)) for option in options]
    if kind == "choice":
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **about)
    if kind == "positive":
        return forms.MultipleChoiceField(
            choices=_numbered(options), widget=forms.CheckboxSelectMultiple, **about
        )
    return forms.CharField(max_length=2_000, **about)


def _help(question: Mapping[str, Any]) -> str:
    """The question, with all networks that it is about where there are several."""
    told, networks = translated(question["sentence"]), question.get("networks") or ()
    if len(networks) > 1:
        told += " " + _("The answer holds for all of these: %s.") % ", ".join(networks)
    # Help texts are shown as HTML, and these name files and classes from outside.
    return escape(told)


def _numbered(classes: Sequence[str]) -> list[tuple[str, str]]:
    """Value and words of every class: a name with a comma, or one that is a number, is told by its place."""
    plain = not any("," in name or name.strip().isdecimal() for name in classes)
    return [(name if plain else str(at), name) for at, name in enumerate(classes)]


def _answer(value: Any) -> str:
    return ",".join(value) if isinstance(value, list) else str(value)
