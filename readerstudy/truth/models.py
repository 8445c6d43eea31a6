"""The reference standard, sealed until unblinding. No other room imports these tables but `intake` (writes) and `results` (reads)."""

from django.db import models

from readerstudy.core.models import AppendOnlyModel
from readerstudy.images.models import Case
from readerstudy.studies.models import Study


class ReferenceStandard(AppendOnlyModel):
    """What a case really is."""

    # Until a study has frozen the case or practises on it, its image set can be deleted, and the truth goes with it.
    removable_while = (
        "NOT EXISTS (SELECT 1 FROM studies_studycase WHERE case_id = OLD.case_id)"
        " AND NOT EXISTS (SELECT 1 FROM studies_practicecase WHERE case_id = OLD.case_id)"
    )

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="+")
    malignant = models.BooleanField()
    diagnosis = models.CharField(max_length=200)
    confirmation = models.CharField(
        max_length=200, blank=True, help_text="How the diagnosis was confirmed"
    )
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["case"]

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
