"""The form of a draft's practice. The rules are in the services."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from readerstudy.accounts.models import User
from readerstudy.images.models import ImageSet
from readerstudy.images.selectors import image_sets_visible_to
from readerstudy.studies.forms import image_set_label
from readerstudy.studies.models import Study


class PracticeForm(forms.Form):
    """What readers practise on, and what they need to go on."""

    image_set = forms.ModelChoiceField(
        label=_("Practice set"),
        queryset=ImageSet.objects.none(),
        required=False,
        empty_label=_("No practice"),
        help_text=_(
            "Readers are told the truth of its cases. It shares no photograph and no patient with the study's own image set."
        ),
    )
    pass_percent = forms.IntegerField(
        label=_("Percentage of right decisions that is needed to go on"),
        min_value=0,
        max_value=100,
        help_text=_("0: it is enough to complete the practice. It may be repeated without limit."),
    )

    def __init__(self, *args: Any, user: User, study: Study, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = image_sets_visible_to(user).exclude(pk=study.image_set_id)
        self.fields["image_set"].queryset = others  # type: ignore[attr-defined]
        self.fields["image_set"].label_from_instance = image_set_label  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(study: Study) -> dict[str, Any]:
        """What the draft has now."""
        return {"image_set": study.practice_set_id, "pass_percent": study.practice_pass_percent}
