"""The audit trail: append-only, hash-chained."""

from django.conf import settings
from django.db import models


class AppendOnlyError(TypeError):
    """Raised when code tries to change or delete evidence."""


class AppendOnlyQuerySet(models.QuerySet):
    """A queryset that reads and inserts, and refuses to change or delete."""

    def update(self, **_kwargs: object) -> int:
        raise AppendOnlyError(f"{self.model.__name__} rows are never changed.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnlyError(f"{self.model.__name__} rows are never deleted.")


class AppendOnlyModel(models.Model):
    """Evidence: a row that is written once. A correction is a new row."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: object, **kwargs: object) -> None:
        if not self._state.adding:
            raise AppendOnlyError(f"{type(self).__name__} rows are never changed.")
        super().save(*args, **kwargs)  # type: ignore[arg-type]  # passed through as they came

    def delete(self, *_args: object, **_kwargs: object) -> tuple[int, dict[str, int]]:
        raise AppendOnlyError(f"{type(self).__name__} rows are never deleted.")


class AuditEvent(AppendOnlyModel):
    """Who did what to which thing, when. Each event carries the hash of the one before it."""

    sequence = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    verb = models.CharField(max_length=80)
    subject_type = models.CharField(max_length=80)
    subject_id = models.CharField(max_length=40)
    study_id = models.CharField(
        max_length=40, blank=True, help_text="Public id of the study, if any"
    )
    data = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["sequence"]
        indexes = [
            models.Index(fields=["study_id", "sequence"], name="audit_by_study"),
            models.Index(fields=["verb", "subject_id"], name="audit_by_verb_and_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.verb} {self.subject_type} {self.subject_id}"


class AuditHead(models.Model):
    """The one row that writers lock, so that the chain has no forks."""

    sequence = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)

    def __str__(self) -> str:
        return f"{self.sequence} {self.hash}"
