"""The reference standard, sealed until unblinding. No other room imports these tables but `intake` (writes) and `results` (reads)."""

from django.db import models

from readerstudy.core.models import AppendOnlyModel, AppendOnlyQuerySet
from readerstudy.images.models import Case
from readerstudy.studies.models import Study


class _StandingManager(models.Manager.from_queryset(AppendOnlyQuerySet)):  # type: ignore[misc]  # made at run time
    """The rows that stand: without those that another one corrects."""

    def get_queryset(self) -> AppendOnlyQuerySet:
        return super().get_queryset().filter(correction=None)


class ReferenceStandard(AppendOnlyModel):
    """What a case really is. A correction is a new row; `objects` has the ones that stand, `history` all of them."""

    # Until a study has frozen the case or practises on it, its image set can be deleted, and the truth goes with it.
    removable_while = (
        "NOT EXISTS (SELECT 1 FROM studies_studycase WHERE case_id = OLD.case_id)"
        " AND NOT EXISTS (SELECT 1 FROM studies_practicecase WHERE case_id = OLD.case_id)"
    )

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    corrects = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="correction"
    )
    reason = models.CharField(max_length=200, blank=True, help_text="Of a correction")
    malignant = models.BooleanField()
    diagnosis = models.CharField(max_length=200)
    confirmation = models.CharField(
        max_length=200, blank=True, help_text="How the diagnosis was confirmed"
    )
    recorded_at = models.DateTimeField()

    objects = _StandingManager()
    history = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["case"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(corrects=None),
                name="one_first_reference_standard_per_case",
            )
        ]

    def __str__(self) -> str:
        return f"Reference standard of {self.case_id}"


class TruthSeal(AppendOnlyModel):
    """The commitment made at lock: a hash of the reference standard with a secret nonce.

    The hash can be printed before unblinding without telling anything, and checked after it.
    """

    study = models.OneToOneField(Study, on_delete=models.PROTECT, related_name="+")
    nonce = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Seal of {self.study}"


class TruthAccess(AppendOnlyModel):
    """Every time somebody read the reference standard of a study."""

    is_bound = True

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey(
        "accounts.User", null=True, on_delete=models.PROTECT, related_name="+"
    )
    purpose = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.study}: {self.purpose}"
