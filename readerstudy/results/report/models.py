"""What is kept for reports: coordinators' texts for the checklists, and PDF files that took a while."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from readerstudy.core.ids import PublicIdModel
from readerstudy.results.choices import AnalysisState
from readerstudy.studies.models import Study

MAX_TEXT = 4000


class ChecklistText(models.Model):
    """What a coordinator wrote for one item of a checklist, the same in every language of the report."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="checklist_texts")
    item = models.CharField(max_length=40, help_text="Checklist and number, such as stard-ai-6")
    text = models.TextField(max_length=MAX_TEXT)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["study", "item"]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "item"], name="a_checklist_item_has_one_text_in_a_study"
            ),
            models.CheckConstraint(
                condition=~Q(text=""), name="a_text_of_a_checklist_says_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.study}: {self.item}"


class ReportFile(PublicIdModel):
    """A report of one analysis as PDF, made by the worker."""

    analysis = models.ForeignKey(
        "results.Analysis", on_delete=models.CASCADE, related_name="report_files"
    )
    language = models.CharField(max_length=5)
    state = models.CharField(
        max_length=10, choices=AnalysisState.choices, default=AnalysisState.QUEUED
    )
    content = models.BinaryField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    error = models.TextField(blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"Report of {self.analysis} ({self.language})"
