"""The frozen analysis that every dashboard, figure, table, export and report reads."""

from django.conf import settings
from django.db import models

from readerstudy.core.ids import PublicIdModel
from readerstudy.results.choices import AnalysisState
from readerstudy.results.report.models import ChecklistText, ReportFile  # noqa: F401 (Django looks here)
from readerstudy.studies.models import Study


class Analysis(PublicIdModel):
    """All numbers of one study, with the hash of what went in and the version of the code that computed them."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="analyses")
    state = models.CharField(
        max_length=10, choices=AnalysisState.choices, default=AnalysisState.QUEUED
    )
    document = models.JSONField(null=True, blank=True)
    table = models.BinaryField(
        null=True,
        blank=True,
        help_text="The reading table that went in, as `table_bytes` writes it",
    )
    sha256 = models.CharField(max_length=64, blank=True, help_text="Of the document")
    inputs_sha256 = models.CharField(max_length=64, blank=True, help_text="Of the reading table")
    code_version = models.CharField(max_length=40)
    error = models.TextField(blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "analyses"

    def __str__(self) -> str:
        return f"Analysis of {self.study}, {self.created_at:%Y-%m-%d}"
