"""The cases that readers practise on before those of the study."""

from django.db import models

from readerstudy.core.ids import PublicIdModel
from readerstudy.images.models import Case


class PracticeCase(PublicIdModel):
    """A case of a study's practice set, frozen at lock. Its public id, not the case's, is what readers see."""

    study = models.ForeignKey(
        "studies.Study", on_delete=models.PROTECT, related_name="practice_cases"
    )
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="practice_cases")

    class Meta:
        ordering = ["study", "public_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "case"], name="a_case_is_practised_once_in_a_study"
            )
        ]

    def __str__(self) -> str:
        return self.public_id
