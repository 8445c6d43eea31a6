"""What a study declares of its readers' data."""

from django.db import models
from django.db.models import Q

from readerstudy.studies.choices import AtWithdrawal


class StudyPrivacy(models.Model):
    """The rule for answers of readers who leave, fixed at the lock, and until when names are kept beside codes."""

    study = models.OneToOneField("studies.Study", on_delete=models.CASCADE, related_name="privacy")
    at_withdrawal = models.CharField(
        max_length=10, choices=AtWithdrawal.choices, default=AtWithdrawal.KEEP
    )
    names_until = models.DateField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    names_erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "study privacies"
        constraints = [
            models.CheckConstraint(
                condition=Q(at_withdrawal__in=AtWithdrawal.values),
                name="what_becomes_of_answers_is_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.study}: names until {self.names_until}"
