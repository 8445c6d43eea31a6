"""Finished studies: what was uploaded, what was said of it, and the reading table that came of it."""

from django.conf import settings
from django.db import models
from django.utils.text import slugify

from readerstudy.core.ids import PublicIdModel
from readerstudy.results.choices import FinishedKind, FinishedState


class FinishedStudy(PublicIdModel):
    """A reader study that was made elsewhere. It has no protocol, no photographs and no readers of this installation."""

    title = models.CharField(max_length=200)
    source = models.TextField(
        blank=True, help_text="Where the files come from, such as an address with its version"
    )
    licence = models.CharField(max_length=200, blank=True)
    citation = models.TextField(blank=True)
    is_synthetic = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=FinishedState.choices)
    said = models.JSONField(default=dict, blank=True, help_text="As `Said` has it")
    report = models.JSONField(default=dict, blank=True, help_text="As `FinishedPlan` has it")
    table = models.BinaryField(
        null=True, blank=True, help_text="The reading table, as `table_bytes` writes it"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    imported_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "results"
        ordering = ["-created_at"]
        verbose_name_plural = "finished studies"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state=FinishedState.IMPORTED, table__isnull=False)
                | (~models.Q(state=FinishedState.IMPORTED) & models.Q(table=None)),
                name="finished_study_has_a_table_once_imported",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def slug(self) -> str:
        """For names of downloaded files; it is no address."""
        return slugify(self.title)[:60] or "finished-study"


def _stored_name(file: "FinishedFile", _name: str) -> str:
    return f"finished/{file.finished.public_id}/{file.public_id}"


class FinishedFile(PublicIdModel):
    """One uploaded file of a finished study, kept as evidence of what was read."""

    finished = models.ForeignKey(FinishedStudy, on_delete=models.CASCADE, related_name="files")
    kind = models.CharField(max_length=10, choices=FinishedKind.choices)
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    content = models.FileField(max_length=200, upload_to=_stored_name)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        app_label = "results"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
