from django.db import models
from django.utils.translation import gettext_lazy as _


class View(models.TextChoices):
    """What an image shows of its lesion."""

    CLOSE_UP = "close_up", _("Close-up")
    OVERVIEW = "overview", _("Overview")
    DERMOSCOPIC = "dermoscopic", _("Dermoscopic")


class Sex(models.TextChoices):
    FEMALE = "female", _("Female")
    MALE = "male", _("Male")
    OTHER = "other", _("Other")
    UNKNOWN = "", _("Not stated")
