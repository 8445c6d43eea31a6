"""What readers are asked: the protocol of a study and its further questions."""

from django.db import models
from django.db.models import Q

from readerstudy.studies.choices import QuestionKind, QuestionMoment, Revision, Scale


class Protocol(models.Model):
    """What readers are asked and told. Can be edited while the study is a draft; the lock keeps a copy."""

    study = models.OneToOneField("Study", on_delete=models.CASCADE, related_name="protocol")
    question_en = models.CharField(max_length=300)
    question_de = models.CharField(max_length=300)
    positive_label_en = models.CharField(max_length=80)
    positive_label_de = models.CharField(max_length=80)
    negative_label_en = models.CharField(max_length=80)
    negative_label_de = models.CharField(max_length=80)
    scale = models.CharField(max_length=10, choices=Scale.choices, default=Scale.TWO_STEP)
    confidence_levels = models.PositiveSmallIntegerField(
        default=5, help_text="1 to this; 0 asks for no confidence"
    )
    allows_not_assessable = models.BooleanField(
        default=False, help_text="Readers may say that a case cannot be assessed, and why"
    )
    has_second_level = models.BooleanField(
        default=False,
        help_text="After the first answer the case is shown again with clinical facts and further images",
    )
    revision = models.CharField(max_length=10, choices=Revision.choices, default=Revision.LAST)
    consent_en = models.TextField()
    consent_de = models.TextField()
    instructions_en = models.TextField()
    instructions_de = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(confidence_levels__in=[0, 2, 3, 4, 5]),
                name="confidence_has_2_to_5_levels_or_none",
            ),
            models.CheckConstraint(
                condition=Q(scale__in=Scale.values), name="protocol_has_a_known_scale"
            ),
            models.CheckConstraint(
                condition=Q(scale=Scale.TWO_STEP) | Q(confidence_levels=0),
                name="confidence_belongs_to_the_two_step_scale",
            ),
            models.CheckConstraint(
                condition=Q(has_second_level=False) | Q(revision=Revision.NONE),
                name="two_levels_leave_no_answer_to_change",
            ),
        ]

    def __str__(self) -> str:
        return f"Protocol of {self.study}"


class Question(models.Model):
    """A further question about each case. Can be edited while the study is a draft; answers name it by its ordinal."""

    study = models.ForeignKey("Study", on_delete=models.CASCADE, related_name="questions")
    ordinal = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=QuestionKind.choices)
    moment = models.CharField(
        max_length=10, choices=QuestionMoment.choices, default=QuestionMoment.AFTER
    )
    is_required = models.BooleanField(default=False)
    text_en = models.CharField(max_length=300)
    text_de = models.CharField(max_length=300)
    # Each {"en": …, "de": …}; answers count them from 1.
    options = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["study", "ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["study", "ordinal"], name="questions_have_an_order"),
            models.CheckConstraint(
                condition=Q(ordinal__gte=1), name="questions_are_counted_from_1"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=QuestionKind.values), name="question_has_a_known_kind"
            ),
            models.CheckConstraint(
                condition=Q(moment__in=QuestionMoment.values),
                name="question_comes_before_or_after_the_rating",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ordinal}. {self.text_en}"

    @property
    def has_options(self) -> bool:
        return self.kind in (QuestionKind.SINGLE, QuestionKind.SEVERAL)
