"""A study: its protocol, its readers, their order, and its life cycle."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from readerstudy.core.ids import PublicIdModel
from readerstudy.core.models import AppendOnlyModel
from readerstudy.images.models import Case, ImageSet
from readerstudy.studies.choices import (
    ArmKind,
    EnrolmentState,
    StudyRole,
    StudyState,
)
from readerstudy.studies.copy_models import StudyCopy  # noqa: F401 (Django looks here)
from readerstudy.studies.design_models import Design, SessionOpening  # noqa: F401 (Django looks here)
from readerstudy.studies.former_member_models import FormerMember  # noqa: F401 (Django looks here)
from readerstudy.studies.practice_models import PracticeCase  # noqa: F401 (Django looks here)
from readerstudy.studies.privacy_models import StudyPrivacy  # noqa: F401 (Django looks here)
from readerstudy.studies.protocol_models import Protocol, Question  # noqa: F401 (Django looks here)


class Study(PublicIdModel):
    """A reader study on one image set."""

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    image_set = models.ForeignKey(ImageSet, on_delete=models.PROTECT, related_name="studies")
    state = models.CharField(max_length=20, choices=StudyState.choices, default=StudyState.DRAFT)
    seed = models.CharField(
        max_length=64, help_text="Hexadecimal; the reading orders are derived from it"
    )
    # Of the study itself, so that the database can hold it against the image set.
    practice_set = models.ForeignKey(
        ImageSet,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="practised_in",
        help_text="Cases that readers practise on, with feedback, before the study's own",
    )
    practice_pass_percent = models.PositiveSmallIntegerField(
        default=0, help_text="Right answers of a round that are needed to go on; 0: completing it"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "studies"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=StudyState.values), name="study_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(practice_set=None) | ~Q(practice_set=F("image_set")),
                name="practice_set_is_not_the_image_set",
            ),
            models.CheckConstraint(
                condition=Q(practice_pass_percent__lte=100),
                name="practice_asks_for_at_most_100_percent",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_synthetic(self) -> bool:
        return self.image_set.is_synthetic


class StudyMember(models.Model):
    """Somebody of the study's staff. Each has one role: who keeps the truth of a study is nothing else in it."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="study_memberships"
    )
    role = models.CharField(max_length=20, choices=StudyRole.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "user"], name="one_role_per_person_and_study"),
            models.CheckConstraint(
                condition=Q(role__in=StudyRole.values), name="study_role_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role} of {self.study}"


class ProtocolVersion(AppendOnlyModel, PublicIdModel):
    """The lock manifest: all that was fixed, and its hash (SHA-256 over canonical JSON)."""

    is_bound = True

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    manifest = models.JSONField()
    sha256 = models.CharField(max_length=64)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    locked_at = models.DateTimeField()
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["study", "version"]
        constraints = [
            models.UniqueConstraint(fields=["study", "version"], name="one_manifest_per_version")
        ]

    def __str__(self) -> str:
        return f"{self.study} v{self.version} {self.sha256[:12]}"


class Transition(AppendOnlyModel):
    """One step of a study's life."""

    is_bound = True

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="transitions")
    from_state = models.CharField(max_length=20, choices=StudyState.choices)
    to_state = models.CharField(max_length=20, choices=StudyState.choices)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "to_state"], name="a_study_enters_each_state_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.study}: {self.from_state} → {self.to_state}"


class RankGroup(models.Model):
    """A level of experience, such as resident or attending; named as the study names it."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="rank_groups")
    name = models.CharField(max_length=80)
    ordinal = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["study", "ordinal"]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "name"], name="rank_group_names_differ_in_a_study"
            ),
            models.UniqueConstraint(fields=["study", "ordinal"], name="rank_groups_have_an_order"),
        ]

    def __str__(self) -> str:
        return self.name


class Institution(models.Model):
    """Where readers of a study work."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="institutions")
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ["study", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "name"], name="institution_names_differ_in_a_study"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Enrolment(PublicIdModel):
    """A reader in a study. Results know the `code` alone."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="enrolments")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="enrolments"
    )
    code = models.CharField(max_length=12, help_text="Random pseudonym, such as R-7K2M")
    rank_group = models.ForeignKey(RankGroup, on_delete=models.PROTECT, related_name="enrolments")
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="enrolments"
    )
    years_of_experience = models.PositiveSmallIntegerField(null=True, blank=True)
    state = models.CharField(
        max_length=20, choices=EnrolmentState.choices, default=EnrolmentState.INVITED
    )
    enrolled_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    # Here and not in the audit trail, where nothing about a person could be erased.
    withdrawal_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["study", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "user"], name="a_person_is_enrolled_once_in_a_study"
            ),
            models.UniqueConstraint(
                fields=["study", "code"], name="reader_codes_differ_in_a_study"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Session(PublicIdModel):
    """One pass of the readers over their cases. The arm is that of all its positions, empty where they differ."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="sessions")
    number = models.PositiveSmallIntegerField(default=1)
    arm = models.CharField(
        max_length=10, choices=ArmKind.choices, default=ArmKind.UNAIDED, blank=True
    )

    class Meta:
        ordering = ["study", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "number"], name="sessions_are_numbered_in_a_study"
            )
        ]

    def __str__(self) -> str:
        return f"{self.study}, session {self.number}"


class StudyCase(PublicIdModel):
    """A case as it is part of a study, frozen at lock. Its public id, not the case's, is what readers see."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="study_cases")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="study_cases")
    # Frozen with the case: the orders were derived with it, and a later reader's must be too.
    patient = models.PositiveIntegerField(
        null=True, blank=True, help_text="Number of the patient; empty where there is no other case"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawal_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["study", "public_id"]
        constraints = [
            models.UniqueConstraint(fields=["study", "case"], name="a_case_is_once_in_a_study")
        ]

    def __str__(self) -> str:
        return self.public_id


class Position(PublicIdModel):
    """One row of a reader's order: which case comes when, in which arm. Stored once, never recomputed."""

    # No index of its own: the unique one begins with it.
    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, related_name="positions", db_index=False
    )
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="positions")
    study_case = models.ForeignKey(StudyCase, on_delete=models.PROTECT, related_name="positions")
    number = models.PositiveSmallIntegerField()
    arm = models.CharField(max_length=10, choices=ArmKind.choices, default=ArmKind.UNAIDED)
    block = models.PositiveSmallIntegerField(default=1)
    # One to one: a case is read again once. Readers are never shown it.
    repeat_of = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="repeat"
    )

    class Meta:
        ordering = ["enrolment", "session", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "session", "number"], name="one_case_per_place_in_an_order"
            ),
            models.UniqueConstraint(
                fields=["enrolment", "session", "study_case"],
                condition=Q(repeat_of=None),
                name="a_case_comes_once_in_an_order",
            ),
            models.UniqueConstraint(
                fields=["enrolment", "study_case", "arm"],
                condition=Q(repeat_of=None),
                name="a_case_is_first_read_once_in_each_arm",
            ),
            models.CheckConstraint(
                condition=Q(arm__in=ArmKind.values), name="position_has_a_known_arm"
            ),
            models.CheckConstraint(
                condition=Q(repeat_of=None) | Q(arm=ArmKind.UNAIDED), name="repeats_are_unaided"
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1), name="places_in_an_order_count_from_1"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment} {self.number}"
