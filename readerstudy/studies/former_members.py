"""Who belonged to a study's staff and does no more."""

from django.conf import settings
from django.db import models

from readerstudy.core.models import AppendOnlyModel
from readerstudy.studies.choices import StudyRole


class FormerMember(AppendOnlyModel):
    """Somebody who was of the study's staff: what they have seen makes them no reader of its cases any more."""

    study = models.ForeignKey(
        "studies.Study", on_delete=models.PROTECT, related_name="former_members"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=StudyRole.choices)
    removed_at = models.DateTimeField()

    class Meta:
        ordering = ["removed_at"]

    def __str__(self) -> str:
        return f"{self.user}: {self.role} of {self.study} until {self.removed_at:%Y-%m-%d}"
