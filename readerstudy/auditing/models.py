"""What came of looking whether the trail still is what was written."""

from django.conf import settings
from django.db import models

from readerstudy.auditing.choices import CheckState
from readerstudy.core.ids import PublicIdModel


class TrailCheck(PublicIdModel):
    """One verification of the whole audit trail, by the worker."""

    state = models.CharField(max_length=10, choices=CheckState.choices, default=CheckState.QUEUED)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Empty for the daily one",
    )
    requested_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    events = models.PositiveBigIntegerField(default=0)
    head = models.CharField(max_length=64, blank=True)
    rows = models.PositiveBigIntegerField(default=0, help_text="Of evidence, that were compared")
    checkpoints = models.PositiveIntegerField(default=0)
    faults = models.JSONField(default=list, blank=True, help_text="A sentence each")

    class Meta:
        ordering = ["-requested_at", "-pk"]

    def __str__(self) -> str:
        return f"Check of the audit trail, {self.requested_at:%Y-%m-%d %H:%M} UTC"

    @property
    def is_whole(self) -> bool:
        """Whether it ended, and nothing was wrong."""
        return self.state == CheckState.DONE and not self.faults
