"""The upload form, and the form of what a manifest means."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from readerstudy.intake.columns import IMAGE
from readerstudy.intake.jobs import name_of_set
from readerstudy.intake.mapping import BENIGN, LEFT_OUT, MALIGNANT, ManifestMapping
from readerstudy.intake.questions import Question, questions_in

FIELDS = {
    "image": _("File name of the photograph"),
    "diagnosis": _("Diagnosis"),
    "malignant": _("Malignant or benign"),
    "patient_id": _("Patient"),
    "lesion_id": _("Lesion"),
    "age": _("Age"),
    "sex": _("Sex"),
    "site": _("Site on the body"),
    "fitzpatrick": _("Fitzpatrick skin type"),
    "confirmation": _("How the diagnosis was confirmed"),
    "view": _("Kind of photograph"),
    "licence": _("Licence"),
    "attribution": _("Attribution"),
    "synthetic": _("Synthetic"),
}
CLASSES = [(MALIGNANT, _("malignant")), (BENIGN, _("benign")), (LEFT_OUT, _("left out"))]

GUESSED = _("This is a guess; please check it.")


class UploadForm(forms.Form):
    """An archive, perhaps a manifest beside it, and the name of the image set to be made."""

    archive = forms.FileField(
        label=_("Archive"),
        required=False,
        help_text=_(
            "A zip or tar archive with photographs as they are (JPEG, PNG, TIFF, WebP, HEIC, DICOM), and the manifest if you like."
        ),
        widget=forms.FileInput(attrs={"accept": ".zip,.tar,.gz,.tgz,.bz2,.xz"}),
    )
    # An archive that the browser has sent in pieces before the form.
    upload = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    manifest = forms.FileField(
        label=_("Manifest"),
        required=False,
        help_text=_(
            "A CSV file with one row for each image. Leave it out if it is in the archive."
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
        if archive:
            data["name"] = name_of_set(data.get("name", ""), archive)
        elif not data.get("upload") and "archive" not in self.errors:
            self.add_error("archive", forms.Field.default_error_messages["required"])
        return data


class NameForm(forms.Form):
    """Another name for the image set to be made."""

    name = forms.CharField(label=_("Name of the image set"), max_length=200)


class ManifestForm(forms.Form):
    """A corrected manifest for the archive that is there."""

    manifest = forms.FileField(
        label=_("Corrected manifest"),
        help_text=_(
            "A CSV file. It takes the place of the one before; the archive and your answers stay."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,text/csv"}),
    )


def _with_samples(column: str, samples: Mapping[str, list[str]]) -> str:
    """The column's name with the first of its values."""
    return f"{column}: {' · '.join(samples[column])}" if samples.get(column) else column


def _guessed(column: str, samples: Mapping[str, list[str]]) -> str:
    """That the column is a guess, with its values: a select is often too narrow for them."""
    return f"{escape(_with_samples(column, samples))}. {GUESSED}"


def _told_of(rows: int | None, question: Question | None) -> str:
    """How many rows a diagnosis has, and why it is asked for."""
    counted = ngettext("%(rows)d row.", "%(rows)d rows.", rows or 0) % {"rows": rows or 0}
    is_told = question is not None and bool(question.stated)  # the reason counts them too
    return " ".join(
        [*([counted] if rows and not is_told else []), *filter(None, [_reason(question)])]
    )


class MappingForm(forms.Form):
    """Which column holds which field, and what each diagnosis means. What the report asks stands first."""

    def __init__(
        self,
        *args: Any,
        report: Mapping[str, Any],
        said: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.said = said or {}
        self.asked = {one.field: one for one in questions_in(report, "column")}
        self.asked_values = {one.value: one for one in questions_in(report, "class")}
        self._add_columns(report)
        self._add_classes(report.get("classes", {}), report.get("class_rows", {}))

    def _add_columns(self, report: Mapping[str, Any]) -> None:
        header = [column for column in report.get("header", []) if column]
        samples = report.get("samples", {})
        for field, label in FIELDS.items():
            question = self.asked.get(field)
            held = question.guess if question else report["columns"].get(field, "")
            offered = dict.fromkeys([*(question.choices if question else header), held])
            choices = [
                ("", _("No column")),
                *((one, _with_samples(one, samples)) for one in offered if one),
            ]
            self.fields[f"column_{field}"] = forms.ChoiceField(
                label=label,
                choices=choices,
                required=field == IMAGE,
                initial=held,
                help_text=_guessed(held, samples) if question and held else "",
            )

    def _add_classes(self, known: Mapping[str, str], rows: Mapping[str, int]) -> None:
        said = {**known, **{value: one.guess for value, one in self.asked_values.items()}}
        self.values = sorted(said, key=self._place)
        for number, value in enumerate(self.values):
            self.fields[f"class_{number}"] = forms.ChoiceField(
                label=value,
                choices=CLASSES,
                widget=forms.RadioSelect,
                initial=said[value],
                help_text=_told_of(rows.get(value), self.asked_values.get(value)),
            )

    def _place(self, value: str) -> tuple[bool, str, str]:
        """Where a diagnosis stands: those asked for first, then by its letters, large or small."""
        return value not in self.asked_values, value.casefold(), value

    @property
    def asked_columns(self) -> list[BoundField]:
        """The fields of the columns that the report asks for."""
        return [self[f"column_{field}"] for field in FIELDS if field in self.asked]

    @property
    def other_columns(self) -> list[BoundField]:
        """The fields of all other columns."""
        return [self[f"column_{field}"] for field in FIELDS if field not in self.asked]

    @property
    def classes(self) -> list[BoundField]:
        """The fields of the diagnoses, those that the report asks for first."""
        return [self[f"class_{number}"] for number in range(len(self.values))]

    def mapping(self) -> ManifestMapping:
        """What was asked, said before, or changed; everything else stays as it is recognised."""
        said = self.cleaned_data
        columns = {
            field: said[f"column_{field}"]
            for field in FIELDS
            if field in {*self.asked, *self.said} or f"column_{field}" in self.changed_data
        }
        classes = {
            value: said[f"class_{number}"]
            for number, value in enumerate(self.values)
            if value in self.asked_values or f"class_{number}" in self.changed_data
        }
        return ManifestMapping(columns, classes)


def _reason(question: Question | None) -> str:
    """Why a diagnosis is asked for, below its name."""
    if question is None:
        return ""
    if not question.stated:
        return str(GUESSED) if question.guess else ""
    words = dict(CLASSES)
    return ngettext(
        "The column %(column)s says %(stated)s in %(rows)d row; the diagnosis is known to be %(known)s.",
        "The column %(column)s says %(stated)s in %(rows)d rows; the diagnosis is known to be %(known)s.",
        question.rows,
    ) % {
        "column": question.column,
        "stated": words[question.stated],
        "rows": question.rows,
        "known": words[question.known],
    }


def columns_read(report: Mapping[str, Any]) -> list[tuple[Any, str]]:
    """The name of each field for a person, with the column that holds it."""
    return [
        (FIELDS[field], column) for field, column in report.get("columns", {}).items() if column
    ]


def classes_read(report: Mapping[str, Any]) -> list[tuple[str, Any, list[str]]]:
    """Each class, its name for a person, and the diagnoses that count as it; classes without any are left out."""
    known = report.get("classes", {})
    values = {
        word: sorted((one for one, said in known.items() if said == word), key=str.casefold)
        for word, _label in CLASSES
    }
    return [(word, label, values[word]) for word, label in CLASSES if values[word]]
