"""An import on its way: archive + manifest → plan → report → apply."""

from django.conf import settings
from django.db import models

from readerstudy.core.ids import PublicIdModel
from readerstudy.images.models import ImageSet
from readerstudy.intake.choices import ImportState


class ImportJob(PublicIdModel):
    """One archive, checked and then imported; the row knows how far it is."""

    name = models.CharField(max_length=200, help_text="Of the image set to be made")
    is_synthetic = models.BooleanField(default=False)
    archive = models.FileField(max_length=200)
    archive_name = models.CharField(max_length=255)
    manifest = models.FileField(max_length=200, blank=True)
    manifest_name = models.CharField(max_length=255, blank=True)
    state = models.CharField(
        max_length=10, choices=ImportState.choices, default=ImportState.UPLOADED
    )
    mapping = models.JSONField(
        default=dict, blank=True, help_text="What the admin said of columns and diagnoses"
    )
    report = models.JSONField(default=dict, blank=True)
    preview = models.JSONField(
        default=list, blank=True, help_text="The first photographs of the plan, without truth"
    )
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    attempt = models.PositiveIntegerField(
        default=0, help_text="Raised by each worker that takes the job up"
    )
    queued_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    image_set = models.OneToOneField(
        ImageSet, null=True, blank=True, on_delete=models.SET_NULL, related_name="import_job"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"Import of {self.archive_name}"


class ChunkedUpload(PublicIdModel):
    """A file that comes piece by piece, so that a lost connection costs one piece and not an hour.

    The pieces lie in the storage, each under the byte that it begins with, until an import takes them.
    """

    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField(help_text="In bytes, as the browser told")
    modified = models.CharField(
        max_length=40, blank=True, help_text="With name and size it tells the same file again"
    )
    set_name = models.CharField(
        max_length=200, blank=True, help_text="Of the image set to be made, as it was typed"
    )
    starts = models.JSONField(default=list, help_text="The byte that each piece begins with")
    received = models.PositiveBigIntegerField(default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    created_at = models.DateTimeField()
    heard_of_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(received__lte=models.F("size")),
                name="an_upload_is_no_longer_than_its_file",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_complete(self) -> bool:
        return self.received == self.size
