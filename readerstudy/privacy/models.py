"""People's requests to be forgotten."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from readerstudy.core.ids import PublicIdModel


class ErasureRequest(PublicIdModel):
    """Somebody asked for the erasure of their account."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="erasure_requests"
    )
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(done_at=None), name="one_open_request_per_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user.public_id} {self.asked_at:%Y-%m-%d}"
