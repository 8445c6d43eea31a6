"""What readers and coordinators write to each other, and who has seen it. Appended, never changed."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual

from readerstudy.core.models import AppendOnlyModel
from readerstudy.studies.models import Enrolment

MOST_CHARACTERS = 4_000
_IS_SHORT_ENOUGH: Any = LessThanOrEqual(Length("text"), MOST_CHARACTERS)


class Message(AppendOnlyModel):
    """One message in the thread of one reader with the study's coordinators. No other reader ever sees it."""

    is_bound = True

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="messages")
    is_from_reader = models.BooleanField(help_text="Otherwise it is from a coordinator")
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    sent_at = models.DateTimeField()

    class Meta:
        ordering = ["enrolment", "sent_at", "pk"]
        indexes = [
            models.Index(fields=["enrolment", "sent_at"], name="messages_by_reader_and_time")
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text="") & Q(_IS_SHORT_ENOUGH),
                name="a_message_has_1_to_4000_characters",
            )
        ]

    def __str__(self) -> str:
        return f"{self.enrolment} {self.sent_at:%Y-%m-%d %H:%M}"


class MessageSeen(AppendOnlyModel):
    """That a person has had a message of the other side on their screen."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="seen")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["message", "seen_at"]
        verbose_name_plural = "messages seen"
        constraints = [
            models.UniqueConstraint(
                fields=["message", "user"], name="a_person_sees_a_message_first_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.seen_at:%Y-%m-%d %H:%M}"
