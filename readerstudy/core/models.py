"""The audit trail: append-only, hash-chained."""

from contextvars import ContextVar
from typing import ClassVar

from django.conf import settings
from django.db import models

# Set by `evidence.erasing` alone. The triggers in the database do not look at it: they look for a row of `ErasureGate`.
gate_is_open: ContextVar[bool] = ContextVar("gate_is_open", default=False)


class AppendOnlyError(TypeError):
    """Raised when code tries to change or delete evidence."""


class AppendOnlyQuerySet(models.QuerySet):
    """A queryset that reads and inserts, and refuses to change or delete."""

    def update(self, **kwargs: object) -> int:
        if not self._may_be_erased():
            raise AppendOnlyError(f"{self.model.__name__} rows are never changed.")
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        if not self._may_be_erased():
            raise AppendOnlyError(f"{self.model.__name__} rows are never deleted.")
        return super().delete()

    def _may_be_erased(self) -> bool:
        return gate_is_open.get() and self.model.can_be_erased


class AppendOnlyModel(models.Model):
    """Evidence: a row that is written once. A correction is a new row. See `evidence` for the triggers that see to it."""

    # Inside `evidence.erasing`, which is itself told in the audit trail.
    can_be_erased: ClassVar[bool] = True
    # Whether every row stands with its hash in the audit event of its making, so that an added or lost row is found.
    is_bound: ClassVar[bool] = False
    # SQL on the row (`OLD`): while it holds, the row is no evidence yet and goes with what it belongs to.
    removable_while: ClassVar[str] = ""

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

    can_be_erased = False

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
    evidence = models.JSONField(
        default=list, help_text="Rows that it tells of: model, key and keyed hash of the content"
    )
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["sequence"]
        indexes = [
            models.Index(fields=["study_id", "sequence"], name="audit_by_study"),
            models.Index(fields=["actor", "sequence"], name="audit_by_actor"),
            models.Index(fields=["subject_id", "sequence"], name="audit_by_subject"),
            models.Index(fields=["verb", "sequence"], name="audit_by_verb"),
            models.Index(fields=["at"], name="audit_by_time"),
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


class ErasureGate(models.Model):
    """While a transaction holds a row here, the triggers let it change and delete evidence. No row is ever committed.

    A table and no session variable: a database role without rights on it cannot open the gate.
    """

    opened_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Open since {self.opened_at:%Y-%m-%d %H:%M:%S} UTC"
