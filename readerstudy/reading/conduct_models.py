"""The way around the cases: what a study's coordinators fixed of it, and what came of it. All but `Conduct` is appended."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from readerstudy.core.ids import PublicIdModel
from readerstudy.core.models import AppendOnlyModel
from readerstudy.reading.attestation_texts import ATTESTATION_DE, ATTESTATION_EN
from readerstudy.reading.conduct_choices import (
    AiExperience,
    BoardCertification,
    ColourGamut,
    ColourVision,
    DeviceClass,
    Pause,
    PointerKind,
    PriorExposureRule,
    RoomLight,
)
from readerstudy.studies.models import Enrolment, Study


class Conduct(models.Model):
    """What surrounds the cases of a study. Can be edited while it is a draft; 0 means that a limit is not set."""

    study = models.OneToOneField(Study, on_delete=models.CASCADE, related_name="conduct")
    profile_fields = models.JSONField(default=list, blank=True)
    prior_exposure = models.CharField(
        max_length=10, choices=PriorExposureRule.choices, default=PriorExposureRule.FLAG
    )
    records_environment = models.BooleanField(default=False)
    minimum_width = models.PositiveSmallIntegerField(default=1024, help_text="CSS pixels")
    minimum_height = models.PositiveSmallIntegerField(default=700, help_text="CSS pixels")
    break_after_cases = models.PositiveSmallIntegerField(default=50)
    break_after_minutes = models.PositiveSmallIntegerField(default=25)
    cases_per_day = models.PositiveSmallIntegerField(default=0)
    asks_attestation = models.BooleanField(default=True)
    attestation_en = models.TextField(default=ATTESTATION_EN)
    attestation_de = models.TextField(default=ATTESTATION_DE)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(prior_exposure__in=PriorExposureRule.values),
                name="rule_of_prior_exposure_is_known",
            )
        ]

    def __str__(self) -> str:
        return f"Conduct of {self.study}"


class ReaderProfile(AppendOnlyModel, PublicIdModel):
    """What a reader said of themselves before reading. Columns that the study does not ask for are empty."""

    is_bound = True

    enrolment = models.OneToOneField(Enrolment, on_delete=models.PROTECT, related_name="profile")
    board_certification = models.CharField(
        max_length=20, choices=BoardCertification.choices, blank=True
    )
    years_in_dermatology = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(70)]
    )
    years_of_dermoscopy = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(70)]
    )
    skin_checks_per_week = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(1000)]
    )
    ai_experience = models.CharField(max_length=20, choices=AiExperience.choices, blank=True)
    country = models.CharField(max_length=60, blank=True)
    colour_vision = models.CharField(max_length=20, choices=ColourVision.choices, blank=True)
    conflict_of_interest = models.CharField(max_length=500, blank=True)
    prior_exposure = models.BooleanField(null=True, blank=True)
    language = models.CharField(max_length=5)
    given_at = models.DateTimeField()

    class Meta:
        ordering = ["enrolment"]
        constraints = [
            models.CheckConstraint(
                condition=Q(years_in_dermatology__isnull=True) | Q(years_in_dermatology__lte=70),
                name="years_in_dermatology_are_at_most_70",
            ),
            models.CheckConstraint(
                condition=Q(years_of_dermoscopy__isnull=True) | Q(years_of_dermoscopy__lte=70),
                name="years_of_dermoscopy_are_at_most_70",
            ),
            models.CheckConstraint(
                condition=Q(skin_checks_per_week__isnull=True) | Q(skin_checks_per_week__lte=1000),
                name="skin_checks_per_week_are_at_most_1000",
            ),
        ]

    def __str__(self) -> str:
        return f"Profile of {self.enrolment}"


class Environment(AppendOnlyModel, PublicIdModel):
    """What a reader read on in one session of their browser. What a browser does not tell is empty."""

    is_bound = True

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="environments")
    viewport_width = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(20_000)]
    )
    viewport_height = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(20_000)]
    )
    device_pixel_ratio = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(0.1), MaxValueValidator(20)]
    )
    colour_gamut = models.CharField(max_length=10, choices=ColourGamut.choices, blank=True)
    device_class = models.CharField(max_length=10, choices=DeviceClass.choices, blank=True)
    pointer = models.CharField(max_length=10, choices=PointerKind.choices, blank=True)
    is_fullscreen = models.BooleanField(null=True, blank=True)
    room_light = models.CharField(max_length=10, choices=RoomLight.choices)
    browser = models.CharField(max_length=20, blank=True)
    browser_major = models.PositiveSmallIntegerField(null=True, blank=True)
    system = models.CharField(max_length=20, blank=True)
    system_major = models.PositiveIntegerField(null=True, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["enrolment", "recorded_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(room_light__in=RoomLight.values), name="light_of_the_room_is_known"
            ),
            models.CheckConstraint(
                condition=Q(viewport_width__isnull=True) | Q(viewport_width__range=(1, 20_000)),
                name="a_viewport_has_a_width",
            ),
            models.CheckConstraint(
                condition=Q(viewport_height__isnull=True) | Q(viewport_height__range=(1, 20_000)),
                name="a_viewport_has_a_height",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment} {self.viewport_width} × {self.viewport_height}"


class BreakEnd(AppendOnlyModel):
    """A break that was offered, and when the reader went on."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="breaks")
    cause = models.CharField(max_length=10, choices=Pause.choices)
    done = models.PositiveSmallIntegerField(help_text="How many cases were answered by then")
    since = models.DateTimeField(help_text="When the last answer before it was stored")
    ended_at = models.DateTimeField()
    was_skipped = models.BooleanField(help_text="The reader went on within a minute")

    class Meta:
        ordering = ["enrolment", "ended_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "done"], name="one_break_after_the_same_case"
            ),
            models.CheckConstraint(
                condition=Q(cause__in=[Pause.CASES, Pause.MINUTES]),
                name="a_break_comes_of_cases_or_minutes",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__gte=models.F("since")), name="a_break_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment} after {self.done}"


class Attestation(AppendOnlyModel, PublicIdModel):
    """A reader's signature under their own readings."""

    is_bound = True

    enrolment = models.OneToOneField(
        Enrolment, on_delete=models.PROTECT, related_name="attestation"
    )
    printed_name = models.CharField(max_length=150)
    language = models.CharField(max_length=5)
    text = models.TextField()
    text_sha256 = models.CharField(max_length=64)
    readings_sha256 = models.CharField(max_length=64)
    readings = models.PositiveIntegerField(help_text="How many readings are signed")
    signed_at = models.DateTimeField()

    class Meta:
        ordering = ["enrolment"]
        constraints = [
            models.CheckConstraint(condition=Q(readings__gte=1), name="something_is_signed")
        ]

    def __str__(self) -> str:
        return f"Attestation of {self.enrolment}"
