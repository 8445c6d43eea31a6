"""The forms of a study. The rules are in the services."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from readerstudy.accounts.models import User
from readerstudy.accounts.reauthentication import ConfirmationForm
from readerstudy.core.csvio import Table, read_table
from readerstudy.core.errors import DomainError
from readerstudy.core.sentences import translated
from readerstudy.images.models import ImageSet
from readerstudy.images.selectors import image_sets_visible_to
from readerstudy.studies.choices import Revision, Scale
from readerstudy.studies.manifest import EDITABLE_FIELDS, answer_fields, protocol_texts
from readerstudy.studies.models import Institution, RankGroup, Study
from readerstudy.studies.ready_protocols import READY, STANDARD
from readerstudy.studies.roster import COLUMNS

_MAX_TABLE_BYTES = 2**20
_LEVELS = [
    (5, _("1 to 5")),
    (4, _("1 to 4")),
    (3, _("1 to 3")),
    (2, _("1 to 2")),
    (0, _("Not asked")),
]


def _text(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class LinesField(forms.CharField):
    """Names, one per line."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else "\n".join(value)

    def clean(self, value: Any) -> list[str]:
        lines = (super().clean(value) or "").splitlines()
        return [line.strip() for line in lines if line.strip()]


class StudyForm(forms.Form):
    """A new study."""

    title = forms.CharField(
        label=_("Title"),
        max_length=200,
        widget=forms.TextInput(attrs={"autofocus": True}),
        help_text=_("Readers see the title."),
    )
    summary = forms.CharField(
        label=_("Summary"),
        required=False,
        widget=_text(4),
        help_text=_("A few sentences for the staff; readers do not see them."),
    )
    image_set = forms.ModelChoiceField(
        label=_("Image set"), queryset=ImageSet.objects.none(), empty_label=None
    )

    protocol = forms.ChoiceField(
        label=_("Protocol to start from"),
        choices=[(key, ready.name) for key, ready in READY.items()],
        initial=STANDARD,
        required=False,
        help_text=_("You can change all of it until you lock the study."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["image_set"].queryset = _studied_sets(user)  # type: ignore[attr-defined]
        self.fields["image_set"].label_from_instance = image_set_label  # type: ignore[attr-defined]

    def clean_protocol(self) -> str:
        chosen: str = self.cleaned_data["protocol"]
        return chosen or STANDARD


class CopyForm(forms.Form):
    """The title of a copied study."""

    title = forms.CharField(label=_("Title"), max_length=200)

    @staticmethod
    def title_of(source: Study) -> str:
        """A title to begin with, short enough to be taken as it is."""
        title = _("Copy of %(title)s") % {"title": source.title}
        return title[:200]


def _studied_sets(user: User) -> Any:
    """The image sets a study can be made on: none that a CNN was trained on or that readers practise on."""
    return image_sets_visible_to(user).filter(is_training_set=False, practised_in=None)


def image_set_label(image_set: Any) -> str:
    """Name and size of an image set in a list to choose from."""
    return _("%(name)s (%(cases)d cases)") % {"name": image_set.name, "cases": image_set.case_count}


class ProtocolForm(forms.Form):
    """Everything that can be changed of a draft."""

    title = forms.CharField(label=_("Title"), max_length=200)
    summary = forms.CharField(label=_("Summary"), required=False, widget=_text(4))
    question_en = forms.CharField(label=_("Question (English)"), max_length=300)
    question_de = forms.CharField(label=_("Question (German)"), max_length=300)
    positive_label_en = forms.CharField(
        label=_("Answer “biopsy or further treatment” (English)"), max_length=80
    )
    positive_label_de = forms.CharField(
        label=_("Answer “biopsy or further treatment” (German)"), max_length=80
    )
    negative_label_en = forms.CharField(
        label=_("Answer “no further treatment” (English)"), max_length=80
    )
    negative_label_de = forms.CharField(
        label=_("Answer “no further treatment” (German)"), max_length=80
    )
    scale = forms.ChoiceField(
        label=_("Scale"),
        choices=Scale.choices,
        help_text=_("On the last two scales the confidence is not asked for on its own."),
    )
    confidence_levels = forms.TypedChoiceField(
        label=_("Confidence"),
        choices=_LEVELS,
        coerce=int,
        help_text=_("Without confidence, a reader's ROC has a single point."),
    )
    allows_not_assessable = forms.BooleanField(
        label=_("Readers may say that a case cannot be assessed"),
        required=False,
        help_text=_(
            "They give a reason. Such readings count as missing in every rate, and are counted."
        ),
    )
    has_second_level = forms.BooleanField(
        label=_("Show each case a second time, with what is known of it"),
        required=False,
        help_text=_(
            "After the first answer, which is never changed, readers see age, sex, site and the further images of the case, and answer again. Results take the first answers."
        ),
    )
    revision = forms.ChoiceField(
        label=_("Answers a reader may still change"), choices=Revision.choices
    )
    rank_groups = LinesField(
        label=_("Rank groups"),
        widget=_text(5),
        help_text=_("One per line, from the least to the most experienced."),
    )
    institutions = LinesField(
        label=_("Institutions"), required=False, widget=_text(6), help_text=_("One per line.")
    )
    consent_en = forms.CharField(label=_("Consent (English)"), widget=_text(14))
    consent_de = forms.CharField(label=_("Consent (German)"), widget=_text(14))
    instructions_en = forms.CharField(label=_("Instructions (English)"), widget=_text(14))
    instructions_de = forms.CharField(label=_("Instructions (German)"), widget=_text(14))

    @classmethod
    def initial_of(cls, study: Study) -> dict[str, Any]:
        """The fields as they are stored."""
        return {
            **protocol_texts(study.protocol),
            **answer_fields(study.protocol),
            "title": study.title,
            "summary": study.summary,
            "rank_groups": [group.name for group in study.rank_groups.all()],
            "institutions": [one.name for one in study.institutions.all()],
        }

    def protocol(self) -> dict[str, Any]:
        """The fields of the protocol alone."""
        return {name: self.cleaned_data[name] for name in EDITABLE_FIELDS}


class InviteForm(forms.Form):
    """One reader."""

    email = forms.EmailField(label=_("Mail address"))
    name = forms.CharField(label=_("Name"), max_length=150)
    rank_group = forms.ModelChoiceField(label=_("Rank group"), queryset=RankGroup.objects.none())
    institution = forms.ModelChoiceField(
        label=_("Institution"), queryset=Institution.objects.none()
    )
    years_of_experience = forms.IntegerField(
        label=_("Years of experience"), required=False, min_value=0, max_value=70
    )
    language = forms.ChoiceField(label=_("Language of the mail"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, study: Study, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rank_group"].queryset = study.rank_groups.all()  # type: ignore[attr-defined]
        self.fields["institution"].queryset = study.institutions.all()  # type: ignore[attr-defined]


class RosterForm(forms.Form):
    """Many readers: a pasted table."""

    table = forms.CharField(
        label=_("Table"),
        widget=_text(12),
        strip=False,
        help_text=_("One reader per row; the first row names the columns: %(columns)s.")
        % {"columns": ", ".join(COLUMNS)},
    )
    add_institutions = forms.BooleanField(
        label=_("Add institutions that the study does not have yet"), required=False
    )
    language = forms.ChoiceField(label=_("Language of the mails"), choices=settings.LANGUAGES)

    def clean_table(self) -> Table:
        content = self.cleaned_data["table"].encode()
        if len(content) > _MAX_TABLE_BYTES:
            raise forms.ValidationError(_("The table is larger than 1 MiB."), code="too_large")
        try:
            return read_table(content, name=str(_("The table")))
        except DomainError as error:
            raise forms.ValidationError(translated(error.message), code=error.code) from error


class ReasonForm(forms.Form):
    """Why somebody does what they do."""

    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=2000,
        widget=_text(3),
        help_text=_("May stay empty; written into the audit trail."),
    )


class LockForm(ReasonForm):
    """A reason, and where a check is red, why the study is locked all the same."""

    justification = forms.CharField(
        label=_("Justification"),
        max_length=2000,
        widget=_text(4),
        help_text=_(
            "Why what is red above does not decide the study. Stored in the manifest and shown with the results; say nothing of the truth."
        ),
    )

    def __init__(self, *args: Any, needs_justification: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_justification:
            del self.fields["justification"]


class UnblindForm(ConfirmationForm):
    """A reason, and that it is still the same person."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=_text(3),
        help_text=_("Written into the audit trail."),
    )
