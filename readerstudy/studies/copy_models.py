"""Which study was made as a copy of which."""

from django.db import models
from django.db.models import F, Q

from readerstudy.core.models import AppendOnlyModel


class StudyCopy(AppendOnlyModel):
    """Where a copied study comes from. Who copied it and when are those who made it and when."""

    is_bound = True

    study = models.OneToOneField(
        "studies.Study", on_delete=models.PROTECT, related_name="copied_from"
    )
    source = models.ForeignKey("studies.Study", on_delete=models.PROTECT, related_name="copies")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(study=F("source")), name="a_study_is_no_copy_of_itself"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.study}"
