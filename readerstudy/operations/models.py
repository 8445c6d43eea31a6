"""Work that was given up, workers that live, and who was told that a session is open."""

from django.db import models
from django.db.models import Q

from readerstudy.core.ids import PublicIdModel
from readerstudy.studies.models import Enrolment


class DeadLetter(PublicIdModel):
    """A task that was given up after its last try, or a message that no worker understands."""

    task = models.CharField(max_length=200)
    # Ids of rows, never what stands in them.
    args = models.JSONField(default=list)
    kwargs = models.JSONField(default=dict)
    reason = models.CharField(max_length=300)
    tries = models.PositiveSmallIntegerField(default=1)
    parked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_how = models.CharField(max_length=10, blank=True)

    class Meta:
        ordering = ["-parked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_how="")
                | (Q(settled_at__isnull=False) & ~Q(settled_how="")),
                name="a_settled_dead_letter_says_how",
            )
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.public_id}"


class WorkerBeat(models.Model):
    """When a worker was last heard of."""

    name = models.CharField(max_length=200, unique=True)
    queues = models.CharField(max_length=200)
    heard_of_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class SessionNotice(models.Model):
    """The mail that told a reader of a session that opened."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="+")
    session = models.PositiveSmallIntegerField()
    sent_at = models.DateTimeField()

    class Meta:
        ordering = ["enrolment", "session"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "session"], name="a_reader_is_told_once_of_a_session"
            )
        ]

    def __str__(self) -> str:
        return f"{self.enrolment} {self.session}"
