"""Pixels, and what is known of them that is not the truth."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from readerstudy.core.ids import PublicIdModel
from readerstudy.images.choices import Sex, View


class ImageSet(PublicIdModel):
    """A set of cases that studies can be made on."""

    name = models.CharField(max_length=200, unique=True)
    description = models.TextField(blank=True)
    is_synthetic = models.BooleanField(default=False)
    is_training_set = models.BooleanField(
        default=False, help_text="A CNN was trained on it: no study, but every import is compared"
    )
    source_name = models.CharField(
        max_length=255, help_text="File name of the archive; for admins only"
    )
    source_sha256 = models.CharField(max_length=64)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name


class Case(PublicIdModel):
    """One lesion; one or more images of it."""

    image_set = models.ForeignKey(ImageSet, on_delete=models.CASCADE, related_name="cases")
    patient_ref = models.CharField(
        max_length=100, blank=True, help_text="Name of the patient in the manifest; for admins only"
    )
    lesion_ref = models.CharField(
        max_length=100, blank=True, help_text="Name of the lesion in the manifest; for admins only"
    )
    age_years = models.PositiveSmallIntegerField(null=True, blank=True)
    sex = models.CharField(max_length=10, choices=Sex.choices, blank=True)
    site = models.CharField("anatomical site", max_length=60, blank=True)
    fitzpatrick = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        # The random id, not the row number: order of upload tells nothing on any page.
        ordering = ["public_id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(fitzpatrick__isnull=True) | Q(fitzpatrick__range=(1, 6)),
                name="fitzpatrick_type_is_1_to_6",
            ),
            models.CheckConstraint(
                condition=Q(age_years__isnull=True) | Q(age_years__lte=120),
                name="age_is_at_most_120",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class Image(PublicIdModel):
    """One photograph as stored: oriented, sRGB, without metadata, under an opaque name."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="images")
    ordinal = models.PositiveSmallIntegerField(default=1)
    view = models.CharField(max_length=20, choices=View.choices, default=View.CLOSE_UP)
    file = models.FileField(max_length=200)
    thumbnail = models.FileField(max_length=200)
    content_type = models.CharField(max_length=40)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, help_text="Of the stored file")
    pixels_sha256 = models.CharField(
        max_length=64, help_text="Of the decoded pixels, so that the same photograph is known again"
    )
    perceptual_hash = models.BigIntegerField(
        null=True,
        blank=True,
        help_text="64 bits as a signed number; near where photographs look alike",
    )
    original_name = models.CharField(max_length=255, help_text="For admins only")
    origin = models.JSONField(
        default=dict, blank=True, help_text="Facts of the uploaded file; for admins only"
    )
    licence = models.CharField(max_length=100, blank=True)
    attribution = models.TextField(blank=True)

    class Meta:
        ordering = ["case", "ordinal"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "ordinal"], name="one_image_per_place_in_its_case"
            ),
            models.CheckConstraint(
                condition=Q(width__gt=0) & Q(height__gt=0), name="an_image_has_pixels"
            ),
        ]
        indexes = [models.Index(fields=["pixels_sha256"], name="image_by_pixels")]

    def __str__(self) -> str:
        return self.public_id
