"""Answers, mails that ask for more of them, and rules for signs. Appended, never changed: a change is a new row."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from readerstudy.core.ids import PublicIdModel
from readerstudy.core.models import AppendOnlyModel
from readerstudy.reading.choices import InputDevice, ManagementDecision, TimingQuality
from readerstudy.reading.conduct_models import (
    Attestation,
    BreakEnd,
    Conduct,
    Environment,
    ReaderProfile,
)
from readerstudy.studies.models import Enrolment, Position, Study

__all__ = [
    "Attestation",
    "BreakEnd",
    "Conduct",
    "Environment",
    "ReaderProfile",
    "Reading",
    "Reminder",
    "SignRules",
]


class Reading(AppendOnlyModel, PublicIdModel):
    """One answer to one position. The answer that counts is the one with the highest version."""

    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="readings")
    version = models.PositiveSmallIntegerField()
    attempt = models.UUIDField(unique=True, help_text="Idempotency key, made by the browser")
    body_sha256 = models.CharField(
        max_length=64, help_text="Of the answer as sent, to tell a repeat from a misuse of the key"
    )
    decision = models.CharField(max_length=30, choices=ManagementDecision.choices)
    confidence = models.PositiveSmallIntegerField(null=True, blank=True)
    # Durations on the reader's own clock, from the first frame in which the image was painted.
    milliseconds_to_decision = models.PositiveIntegerField(null=True, blank=True)
    milliseconds_to_commit = models.PositiveIntegerField(null=True, blank=True)
    milliseconds_hidden = models.PositiveIntegerField(default=0)
    timing_quality = models.CharField(
        max_length=10, choices=TimingQuality.choices, default=TimingQuality.UNKNOWN, blank=True
    )
    zooms = models.PositiveSmallIntegerField(default=0)
    input_device = models.CharField(max_length=10, choices=InputDevice.choices, blank=True)
    language = models.CharField(max_length=5)
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["position", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["position", "version"], name="one_reading_per_position_and_version"
            ),
            models.CheckConstraint(
                condition=Q(decision__in=ManagementDecision.values),
                name="decision_is_one_of_the_two",
            ),
            models.CheckConstraint(
                condition=Q(confidence__isnull=True) | Q(confidence__range=(1, 5)),
                name="confidence_is_1_to_5",
            ),
            models.CheckConstraint(
                condition=Q(timing_quality__in=TimingQuality.values),
                name="timing_quality_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position} v{self.version}"


class Reminder(AppendOnlyModel):
    """One mail that reminded a reader, as it was sent."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="reminders")
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    sent_at = models.DateTimeField()
    text = models.TextField()
    language = models.CharField(max_length=5)

    class Meta:
        ordering = ["enrolment", "sent_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "sent_at"], name="a_reader_is_reminded_once_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.enrolment} {self.sent_at:%Y-%m-%d}"


def _from_to(low: float, high: float) -> list[MinValueValidator | MaxValueValidator]:
    return [MinValueValidator(low), MaxValueValidator(high)]


class SignRules(AppendOnlyModel):
    """When a study's readers are given which sign. The newest row counts; without one, the defaults do."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="sign_rules")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    stalled_days = models.PositiveSmallIntegerField(validators=_from_to(1, 365))
    fast_seconds = models.FloatField(validators=_from_to(0.1, 600))
    fast_percent = models.PositiveSmallIntegerField(validators=_from_to(1, 100))
    fast_least = models.PositiveSmallIntegerField(validators=_from_to(1, 10_000))
    same_in_a_row = models.PositiveSmallIntegerField(validators=_from_to(2, 10_000))
    same_percent = models.PositiveSmallIntegerField(validators=_from_to(50, 100))
    same_least = models.PositiveSmallIntegerField(validators=_from_to(1, 10_000))

    class Meta:
        ordering = ["study", "set_at", "pk"]
        verbose_name_plural = "sign rules"
        constraints = [
            models.CheckConstraint(
                condition=Q(fast_percent__range=(1, 100)) & Q(same_percent__range=(50, 100)),
                name="shares_of_answers_are_percentages",
            )
        ]

    def __str__(self) -> str:
        return f"Rules for signs of {self.study}, {self.set_at:%Y-%m-%d}"
