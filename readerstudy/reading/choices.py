from django.db import models
from django.utils.translation import gettext_lazy as _


class ManagementDecision(models.TextChoices):
    """The paper's question: what would you do with this lesion? The values are those of its data files."""

    BIOPSY = "biopsy / further treatment", _("Biopsy / further treatment")
    NONE = "no further treatment", _("No further treatment")


class NotAssessable(models.TextChoices):
    """Why a case cannot be assessed."""

    BLURRED = "blurred", _("The photograph is blurred")
    LIGHT = "light", _("Too dark, too bright or wrong in colour")
    NOT_SHOWN = "not_shown", _("The lesion is not shown, or not all of it")
    COVERED = "covered", _("Hair, ink, a plaster or a reflection covers the lesion")
    SEVERAL = "several", _("It cannot be told which lesion is meant")
    OTHER = "other", _("Another reason")


class InputDevice(models.TextChoices):
    KEYBOARD = "keyboard", _("Keyboard")
    MOUSE = "mouse", _("Mouse")
    TOUCH = "touch", _("Touch")
    PEN = "pen", _("Pen")
    IMPORTED = "imported", _("Imported")
    UNKNOWN = "", _("Unknown")


class TimingQuality(models.TextChoices):
    """What may have disturbed the durations of an answer: the gravest of what the browser saw."""

    OK = "ok", _("Undisturbed")
    HIDDEN = "hidden", _("The page was hidden or another window in front")
    IDLE = "idle", _("Nothing was touched for two minutes")
    RESUMED = "resumed", _("The case had been on the screen before, or the page was just opened")
    LATE_IMAGE = "late_image", _("The image came late")
    OFFLINE = "offline", _("Answered without a connection")
    UNKNOWN = "", _("Unknown")
