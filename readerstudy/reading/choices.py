from django.db import models
from django.utils.translation import gettext_lazy as _


class ManagementDecision(models.TextChoices):
    """The paper's question: what would you do with this lesion? The values are those of its data files."""

    BIOPSY = "biopsy / further treatment", _("Biopsy / further treatment")
    NONE = "no further treatment", _("No further treatment")


class InputDevice(models.TextChoices):
    KEYBOARD = "keyboard", _("Keyboard")
    MOUSE = "mouse", _("Mouse")
    TOUCH = "touch", _("Touch")
    PEN = "pen", _("Pen")
    IMPORTED = "imported", _("Imported")
    UNKNOWN = "", _("Unknown")
