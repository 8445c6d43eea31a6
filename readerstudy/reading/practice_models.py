"""What readers answer while they practise, and how each round ended. Appended, never changed."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import GreaterThanOrEqual

from readerstudy.core.ids import PublicIdModel
from readerstudy.core.models import AppendOnlyModel
from readerstudy.reading.answer_rules import GRADED, NOT_ASSESSABLE, ON_ITS_SCALE
from readerstudy.reading.choices import InputDevice, ManagementDecision, NotAssessable
from readerstudy.studies.choices import Scale
from readerstudy.studies.models import Enrolment, PracticeCase

_IS_ENOUGH: Any = GreaterThanOrEqual(F("right") * 100, F("pass_percent") * F("total"))


class PracticeAnswer(AppendOnlyModel, PublicIdModel):
    """One answer to one practice case in one round. It is no reading and stands in no result."""

    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, related_name="practice_answers", db_index=False
    )
    practice_case = models.ForeignKey(
        PracticeCase, on_delete=models.PROTECT, related_name="answers"
    )
    round = models.PositiveSmallIntegerField()
    place = models.PositiveSmallIntegerField(help_text="In the reader's order of the round")
    scale = models.CharField(max_length=10, choices=Scale.choices)
    decision = models.CharField(max_length=30, choices=ManagementDecision.choices, blank=True)
    confidence = models.PositiveSmallIntegerField(null=True, blank=True)
    value = models.PositiveSmallIntegerField(null=True, blank=True)
    not_assessable_reason = models.CharField(
        max_length=20, choices=NotAssessable.choices, blank=True
    )
    not_assessable_note = models.CharField(max_length=500, blank=True)
    further_answers = models.JSONField(default=dict, blank=True)
    is_right = models.BooleanField(help_text="The decision is that of the reference standard")
    input_device = models.CharField(max_length=10, choices=InputDevice.choices, blank=True)
    language = models.CharField(max_length=5)
    given_at = models.DateTimeField()

    class Meta:
        ordering = ["enrolment", "round", "place"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "round", "practice_case"],
                name="a_practice_case_is_answered_once_in_a_round",
            ),
            models.UniqueConstraint(
                fields=["enrolment", "round", "place"], name="one_practice_answer_per_place"
            ),
            models.CheckConstraint(
                condition=Q(round__gte=1) & Q(place__gte=1),
                name="practice_rounds_and_places_count_from_1",
            ),
            models.CheckConstraint(
                condition=GRADED | NOT_ASSESSABLE,
                name="practice_has_a_decision_or_the_reason_for_none",
            ),
            models.CheckConstraint(
                condition=ON_ITS_SCALE, name="a_practice_answer_is_on_its_scale"
            ),
            models.CheckConstraint(
                condition=Q(is_right=False) | ~Q(decision=""), name="only_a_decision_is_right"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment} round {self.round}, {self.place}"


class PracticeRound(AppendOnlyModel):
    """A round of practice that a reader completed, and whether it was enough to go on."""

    is_bound = True

    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, related_name="practice_rounds"
    )
    round = models.PositiveSmallIntegerField()
    # No small integers: PostgreSQL multiplies them as they are, in the rule below.
    right = models.PositiveIntegerField()
    total = models.PositiveIntegerField()
    pass_percent = models.PositiveIntegerField(help_text="As the study was locked with")
    is_passed = models.BooleanField()
    completed_at = models.DateTimeField()

    class Meta:
        ordering = ["enrolment", "round"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "round"], name="a_practice_round_ends_once"
            ),
            models.CheckConstraint(
                condition=Q(right__lte=F("total")), name="no_more_than_all_practice_is_right"
            ),
            models.CheckConstraint(
                condition=Q(_IS_ENOUGH, is_passed=True) | Q(~Q(_IS_ENOUGH), is_passed=False),
                name="a_round_is_passed_by_its_rule",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment} round {self.round}"
