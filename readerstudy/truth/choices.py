from django.db import models
from django.utils.translation import gettext_lazy as _


class Feature(models.TextChoices):
    """What can be known of a photograph's file without looking at the lesion."""

    FORMAT = "format", _("File format")
    BYTES = "bytes", _("Size of the file in bytes")
    WIDTH = "width", _("Width in pixels")
    HEIGHT = "height", _("Height in pixels")
    ASPECT = "aspect", _("Width by height")
    QUALITY = "quality", _("JPEG quality")
    ICC = "icc", _("Colour profile in the file")
    ORIENTATION = "orientation", _("Orientation in the metadata")
    BRIGHTNESS = "brightness", _("Mean brightness")
    MEAN_RED = "mean_red", _("Mean red")
    MEAN_GREEN = "mean_green", _("Mean green")
    MEAN_BLUE = "mean_blue", _("Mean blue")
    BORDER = "border", _("Share of a plain border")
    POSITION = "position", _("Place in the order of upload")
    IMAGES = "images", _("Number of images of the case")


class Colour(models.TextChoices):
    """How strongly a feature goes with the truth."""

    NONE = "none", _("Nothing seen")
    AMBER = "amber", _("Amber: look at it")
    RED = "red", _("Red: fix or justify")
    UNKNOWN = "unknown", _("Not tested")


class HigherIn(models.TextChoices):
    """On which side the feature is higher, or the level more frequent."""

    MALIGNANT = "malignant", _("higher in malignant cases")
    BENIGN = "benign", _("higher in benign cases")
    NEITHER = "", ""


class Reason(models.TextChoices):
    """Why there is no test, or no interval."""

    NONE = "", ""
    NO_TRUTH = "no_truth", _("Not every case has a reference standard.")
    TOO_FEW = (
        "too_few",
        _(
            "At least 10 malignant and 10 benign cases are needed; with fewer, a single case would show through."
        ),
    )
    NOT_RECORDED = "not_recorded", _("Not recorded for these images.")
    CONSTANT = "constant", _("The same for all cases.")
    SEPARATED = "separated", _("Separates the classes perfectly; there is no interval.")
