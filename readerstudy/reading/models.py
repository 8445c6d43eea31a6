"""Answers, mails that ask for more of them, and rules for signs. Appended, never changed: a change is a new row."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from readerstudy.core.ids import PublicIdModel
from readerstudy.core.models import AppendOnlyModel
from readerstudy.reading.answer_rules import GRADED, NOT_ASSESSABLE, ON_ITS_SCALE
from readerstudy.reading.choices import (
    InputDevice,
    ManagementDecision,
    NotAssessable,
    TimingQuality,
)
from readerstudy.reading.conduct_models import (
    Attestation,
    BreakEnd,
    Conduct,
    Environment,
    ReaderProfile,
)
from readerstudy.reading.message_models import Message, MessageSeen
from readerstudy.reading.practice_models import PracticeAnswer, PracticeRound
from readerstudy.studies.choices import Scale
from readerstudy.studies.models import Enrolment, Position, Study

__all__ = [
    "Attestation",
    "BreakEnd",
    "Conduct",
    "Environment",
    "Message",
    "MessageSeen",
    "PracticeAnswer",
    "PracticeRound",
    "ReaderProfile",
    "Reading",
    "Reminder",
    "SignRules",
]


class Reading(AppendOnlyModel, PublicIdModel):
    """One answer to one position. The answer that counts is the one of level 1 with the highest version."""

    is_bound = True

    # No index of its own: the unique one begins with it, here and at the other keys of tables that grow.
    position = models.ForeignKey(
        Position, on_delete=models.PROTECT, related_name="readings", db_index=False
    )
    level = models.PositiveSmallIntegerField(
        default=1,
        help_text="1 as the case is first shown; 2 with facts and further images, or the aid",
    )
    version = models.PositiveSmallIntegerField()
    attempt = models.UUIDField(unique=True, help_text="Idempotency key, made by the browser")
    body_sha256 = models.CharField(
        max_length=64, help_text="Of the answer as sent, to tell a repeat from a misuse of the key"
    )
    scale = models.CharField(
        max_length=10,
        choices=Scale.choices,
        default=Scale.TWO_STEP,
        help_text="Of the protocol, so that the row says itself what its numbers mean",
    )
    decision = models.CharField(
        max_length=30,
        choices=ManagementDecision.choices,
        blank=True,
        help_text="Empty where the case cannot be assessed",
    )
    confidence = models.PositiveSmallIntegerField(null=True, blank=True)
    value = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="As it was given on the scale: 1 to 6, or 0 to 100"
    )
    not_assessable_reason = models.CharField(
        max_length=20, choices=NotAssessable.choices, blank=True
    )
    not_assessable_note = models.CharField(max_length=500, blank=True)
    further_answers = models.JSONField(
        default=dict, blank=True, help_text="By the ordinal of the question"
    )
    # Durations on the reader's own clock, from the first frame in which the image was painted.
    milliseconds_to_decision = models.PositiveIntegerField(null=True, blank=True)
    milliseconds_to_commit = models.PositiveIntegerField(null=True, blank=True)
    milliseconds_hidden = models.PositiveIntegerField(default=0)
    milliseconds_aid_shown = models.PositiveIntegerField(
        null=True, blank=True, help_text="Empty for an answer without the aid"
    )
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
                fields=["position", "level", "version"],
                name="one_reading_per_position_level_and_version",
            ),
            models.CheckConstraint(condition=Q(level__in=[1, 2]), name="level_is_1_or_2"),
            models.CheckConstraint(
                condition=GRADED | NOT_ASSESSABLE,
                name="a_reading_has_a_decision_or_the_reason_for_none",
            ),
            models.CheckConstraint(
                condition=ON_ITS_SCALE,
                name="an_answer_is_on_its_scale",
            ),
            models.CheckConstraint(
                condition=Q(not_assessable_note="") | Q(decision=""),
                name="only_a_reason_has_a_note",
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

    is_bound = True

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

    is_bound = True

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
