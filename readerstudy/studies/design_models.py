"""The design of a study, and a session that a coordinator opened before its time."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from readerstudy.core.models import AppendOnlyModel
from readerstudy.studies.choices import ArmKind, DesignKind, RepeatWhen
from readerstudy.studies.passes import ALGORITHM, Options


class Design(models.Model):
    """Who reads which case how often and in which arm. Can be edited in a draft; the lock stores the rows.

    Options that the kind does not use stay as they are and mean nothing.
    """

    study = models.OneToOneField("studies.Study", on_delete=models.CASCADE, related_name="design")
    kind = models.CharField(max_length=12, choices=DesignKind.choices, default=DesignKind.UNAIDED)
    washout_days = models.PositiveSmallIntegerField(default=28)
    aided_percent = models.PositiveSmallIntegerField(default=50)
    batch_size = models.PositiveSmallIntegerField(default=10)
    blocks = models.PositiveSmallIntegerField(default=2)
    repeat_percent = models.PositiveSmallIntegerField(default=0)
    repeat_when = models.CharField(
        max_length=14, choices=RepeatWhen.choices, default=RepeatWhen.LATER_SESSION
    )
    algorithm = models.CharField(
        max_length=40, default=ALGORITHM, help_text="What the rows are derived by; fixed at lock"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=DesignKind.values), name="design_is_one_of_the_five"
            ),
            models.CheckConstraint(
                condition=Q(repeat_when__in=RepeatWhen.values), name="repeats_have_a_time"
            ),
            models.CheckConstraint(
                condition=Q(washout_days__range=(1, 365)), name="washout_is_1_to_365_days"
            ),
            models.CheckConstraint(
                condition=Q(aided_percent__range=(1, 100)), name="aided_share_is_1_to_100_percent"
            ),
            models.CheckConstraint(
                condition=Q(batch_size__range=(1, 1000)), name="a_batch_has_1_to_1000_cases"
            ),
            models.CheckConstraint(
                condition=Q(blocks__range=(2, 50)), name="a_split_plot_has_2_to_50_blocks"
            ),
            models.CheckConstraint(
                condition=Q(repeat_percent__lte=100), name="repeats_are_at_most_all_cases"
            ),
        ]

    def __str__(self) -> str:
        return f"Design of {self.study}"

    @property
    def options(self) -> Options:
        """The design as the allocation takes it."""
        return Options(
            kind=DesignKind(self.kind),
            aided_percent=self.aided_percent,
            batch_size=self.batch_size,
            blocks=self.blocks,
            repeat_percent=self.repeat_percent,
            repeat_when=RepeatWhen(self.repeat_when),
        )

    @property
    def session_arms(self) -> dict[int, str]:
        """The sessions of the design with the arm that all their positions have, empty where they differ."""
        options = self.options
        arm = "" if options.has_aided_arm else ArmKind.UNAIDED.value
        arms = dict.fromkeys(range(1, options.sessions + 1), arm)
        if options.repeat_percent and options.repeat_when == RepeatWhen.LATER_SESSION:
            arms[options.sessions] = ArmKind.UNAIDED.value
        return arms


class SessionOpening(AppendOnlyModel):
    """A session that one reader may begin before the washout is over, and why."""

    is_bound = True

    enrolment = models.ForeignKey(
        "studies.Enrolment", on_delete=models.PROTECT, related_name="session_openings"
    )
    session = models.ForeignKey(
        "studies.Session", on_delete=models.PROTECT, related_name="openings"
    )
    reason = models.TextField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField()

    class Meta:
        ordering = ["opened_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "session"], name="a_session_is_opened_early_once_for_a_reader"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="an_early_opening_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment}, {self.session}"
