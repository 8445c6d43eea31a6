"""The frozen analysis that every dashboard, figure, table, export and report reads."""

from django.conf import settings
from django.db import models

from readerstudy.core.ids import PublicIdModel
from readerstudy.results.choices import AnalysisState
from readerstudy.results.finished.models import FinishedFile, FinishedStudy
from readerstudy.results.plan_models import StudyPlan
from readerstudy.results.report.models import ChecklistText, ReportFile
from readerstudy.studies.models import Study


class Analysis(PublicIdModel):
    """All numbers of one study, with the hash of what went in and the version of the code that computed them.

    It is of a study of this installation, or of a finished study whose readings came in files, and never of both.
    """

    study = models.ForeignKey(
        Study, null=True, blank=True, on_delete=models.PROTECT, related_name="analyses"
    )
    finished = models.ForeignKey(
        FinishedStudy, null=True, blank=True, on_delete=models.PROTECT, related_name="analyses"
    )
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
        constraints = [
            models.CheckConstraint(
                condition=models.Q(study=None, finished__isnull=False)
                | models.Q(study__isnull=False, finished=None),
                name="analysis_is_of_one_study",
            )
        ]

    def __str__(self) -> str:
        return f"Analysis of {self.subject}, {self.created_at:%Y-%m-%d}"

    @property
    def subject(self) -> Study | FinishedStudy:
        """The study that it is of."""
        subject = self.study or self.finished
        assert subject is not None  # nosec B101  # noqa: S101 (the database sees to it)
        return subject

    @property
    def own_study(self) -> Study:
        """The study of this installation that it is of. Raises TypeError for an imported one."""
        if self.study is None:
            raise TypeError("The analysis is of an imported study.")
        return self.study


__all__ = [
    "Analysis",
    "ChecklistText",
    "FinishedFile",
    "FinishedStudy",
    "ReportFile",
    "StudyPlan",
]
