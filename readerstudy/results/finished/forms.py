"""The upload form, the form of what a file leaves open, and the form of a CNN's scores."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from readerstudy.results.finished import layouts
from readerstudy.results.finished.layouts import CASE, DECISION, RATING, READER, TRUTH
from readerstudy.results.finished.opening import NamedFile
from readerstudy.results.finished.said import (
    LEFT_OUT,
    NEGATIVE,
    NOT_ANSWERED,
    NOT_GIVEN,
    POSITIVE,
    Part,
    Said,
    said_of,
)

_NAMES = {
    "columns": {
        READER: _("Which column names the reader?"),
        CASE: _("Which column names the case?"),
        TRUTH: _("Which column is the truth?"),
        DECISION: _("Which column is the decision?"),
        RATING: _("Which column is the rating or decision?"),
    }
}
_CHOICES = {
    POSITIVE: _("positive (malignant, biopsy)"),
    NEGATIVE: _("negative (benign, no biopsy)"),
    LEFT_OUT: _("left out"),
    str(Part.UNAIDED): _("the one that is analysed (unaided)"),
    str(Part.AIDED): _("aided by the CNN"),
    str(Part.COMPARED): _("compared with the first in a table of its own"),
    NOT_GIVEN: _("was not given to the reader"),
    NOT_ANSWERED: _("was given to the reader and not answered"),
}
ROLE_WORDS = {
    READER: _("Reader"),
    CASE: _("Case"),
    TRUTH: _("Truth"),
    DECISION: _("Decision"),
    RATING: _("Rating"),
    layouts.SECOND: _("Rating after advice"),
    layouts.MODALITY: _("Modality"),
    layouts.GROUP: _("Rank group"),
    layouts.YEARS: _("Years of experience"),
    layouts.MILLISECONDS: _("Milliseconds"),
    layouts.SECONDS: _("Seconds"),
    layouts.STUDY_PART: _("Part"),
    layouts.DIAGNOSIS: _("Diagnosis"),
    layouts.QUESTION: _("Question"),
}
_ONE_ANSWER = ("cut_off", "part", "question", "missing")


class AboutForm(forms.Form):
    """The files of a finished study, and what is said of it as a whole."""

    title = forms.CharField(label=_("Name of the study"), max_length=200)
    readings = forms.FileField(
        label=_("Readings"),
        help_text=_("CSV, iMRMC text, or an MClass workbook (.xlsx)."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.imrmc,.xlsx"}),
    )
    names = forms.FileField(
        label=_("Names of the images"),
        required=False,
        help_text=_(
            "Of MClass: the sheet that names the images in the order of the questionnaire."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )
    truth = forms.FileField(
        label=_("Truth"),
        required=False,
        help_text=_(
            "One row a case with its truth or diagnosis, where the readings do not say it."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.xlsx"}),
    )
    source = forms.CharField(
        label=_("Source"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Where the files come from: address and version."),
    )  # fmt: skip
    licence = forms.CharField(label=_("Licence"), required=False, max_length=200)
    citation = forms.CharField(
        label=_("To be cited as"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    is_synthetic = forms.BooleanField(label=_("The readings are synthetic"), required=False)


class ScoresForm(forms.Form):
    """Scores of a CNN on the cases of the study."""

    name = forms.CharField(label=_("Name of the CNN"), max_length=200)
    scores = forms.FileField(
        label=_("Scores"),
        help_text=_("CSV: a column that names the case, and one column of scores, one a training run, or one a class."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.xlsx"}),
    )  # fmt: skip
    positive = forms.CharField(
        label=_("Columns of the positive classes"),
        required=False,
        help_text=_(
            "Where there is one column a class: those that are summed, separated by commas."
        ),
    )

    def clean_positive(self) -> tuple[str, ...]:
        """The names of columns."""
        return tuple(one.strip() for one in self.cleaned_data["positive"].split(",") if one.strip())


class QuestionsForm(forms.Form):
    """One field for each question of a report, with the guess filled in; what was answered before stays answered."""

    def __init__(self, report: Mapping[str, Any], said: Said, data: Any = None) -> None:
        guesses = {f"q{number}": one["guess"] for number, one in enumerate(report["questions"])}
        super().__init__(data, initial=guesses, label_suffix="")
        self.questions = report["questions"]
        self.said = said
        for number, question in enumerate(self.questions):
            self.fields[f"q{number}"] = _field(question)

    def answers(self) -> Said:
        """Everything that was said until now."""
        said = self.said.as_dict()
        for number, question in enumerate(self.questions):
            value = self.cleaned_data[f"q{number}"]
            if question["kind"] in _ONE_ANSWER:
                said[question["kind"]] = value
            else:
                said[question["kind"]][question["key"]] = value
        return said_of(said)


def _field(question: Mapping[str, Any]) -> forms.Field:
    label = _label(question)
    if question["kind"] == "cut_off":
        return forms.FloatField(label=label, help_text=_("Larger ratings are more suspicious."))
    words = [(one, _CHOICES.get(one, one)) for one in question["choices"]]
    return forms.ChoiceField(label=label, choices=[("", "–"), *words])


def _label(question: Mapping[str, Any]) -> Any:
    kind, key = question["kind"], question["key"]
    if kind == "columns":
        return _NAMES["columns"].get(key, key)
    return {
        "truth": _("The truth “%(key)s” is"),
        "decision": _("The answer “%(key)s” is"),
        "modalities": _("The modality “%(key)s” is"),
        "cut_off": _("From which rating on is a decision positive?"),
        "part": _("Which of the studies in the file?"),
        "question": _("Which question is the decision?"),
        "missing": _("A case that has no answer of a reader"),
    }[kind] % {"key": key}


def named_file(uploaded: Any) -> NamedFile | None:
    """The bytes of an uploaded file, None where there is none."""
    return NamedFile(uploaded.name, uploaded.read()) if uploaded else None
